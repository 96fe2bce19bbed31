import type { Claim, Delivery, Store } from '../../port.ts';
import type { Held } from './claims.ts';

/** What of a delivery its ending is written by: not its body. */
export type Ended = Pick<Delivery, 'id' | 'traceId' | 'correlationId' | 'subscription' | 'aside'>;

type EndingOf<Kind extends keyof Store & ('complete' | 'retryLater' | 'deadLetter' | 'withdraw')> = {
  readonly kind: Kind;
  readonly claim: Held;
  readonly delivery: Ended;
  readonly ending: Parameters<Store[Kind]>[2];
};

export type Completed = EndingOf<'complete'>;
export type Ending = Completed | EndingOf<'retryLater'> | EndingOf<'deadLetter'> | EndingOf<'withdraw'>;

/** An ending as it is sent to the thread of the store. */
export const endingOf = <Kind extends Ending['kind']>(
  kind: Kind,
  { recipient, worker, fence }: Claim,
  { id, traceId, correlationId, subscription, aside }: Delivery,
  ending: Parameters<Store[Kind]>[2],
): Ending =>
  ({
    kind,
    claim: { recipient, worker, fence },
    delivery: { id, traceId, correlationId, subscription, aside },
    ending,
  }) as Ending;
