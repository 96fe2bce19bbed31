import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Store } from '../store/port.ts';
import type { World } from '../world.ts';

/** Upper bound on the deliveries of one message, as a rule. */
const deliveriesOfMessage = 20;
/** Milliseconds: other processes add to the same queue. */
const maximumAge = 1_000;

/**
 * Overloaded while more than `waiting` dispatches wait, and then until a twentieth of that has been delivered: at the limit
 * itself the gateway would accept and refuse by turns. The queue is counted once in a second, or sooner when the messages
 * since could have filled it: near the limit at each message.
 */
export function admissionUpTo(waiting: number, { depth }: Pick<Store, 'depth'>, { now }: World): Gateway['admission'] {
  let counted = { at: Number.NEGATIVE_INFINITY, waiting: Number.POSITIVE_INFINITY };
  let since = 0;
  let overloaded = false;
  const below = waiting - Math.floor(waiting / 20);
  return {
    waiting,
    isOverloaded: async () => {
      since += deliveriesOfMessage;
      const at = now().getTime();
      const age = at - counted.at;
      if (!overloaded && age >= 0 && age < maximumAge && counted.waiting + since <= waiting) return false;
      counted = { at, waiting: (await depth()).waiting };
      since = 0;
      overloaded = counted.waiting > (overloaded ? below : waiting);
      return overloaded;
    },
  };
}
