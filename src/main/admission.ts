import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { OutboxDepth, Store } from '../store/port.ts';
import type { World } from '../world.ts';

/** Upper bound on the deliveries of one message, as a rule. */
const deliveriesOfMessage = 20;
/** Milliseconds: other processes add to the same queue. */
const maximumAge = 1_000;

/** What one partner that is away or held counts for at most, of the limit; and how many times the limit is the end in any case. */
const [shareOfAbsent, mostInAll] = [0.1, 10];

/**
 * Dispatches that wait because the gateway falls behind. The backlog of one partner that fails or is held says nothing of that: it
 * counts for a tenth of the limit, so that nobody else is refused because of it. All of it counts once the store holds ten
 * times the limit: a disk has an end.
 */
export function backlogOf({ waiting, recipients }: OutboxDepth, limit: number): number {
  if (waiting > limit * mostInAll) return waiting;
  const most = limit * shareOfAbsent;
  const absent = recipients.filter((it) => it.failures > 0 || it.isHeld);
  return waiting - absent.reduce((sum, it) => sum + Math.max(0, it.waiting - most), 0);
}

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
      counted = { at, waiting: backlogOf(await depth(), waiting) };
      since = 0;
      overloaded = counted.waiting > (overloaded ? below : waiting);
      return overloaded;
    },
  };
}
