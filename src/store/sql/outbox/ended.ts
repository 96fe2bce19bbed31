import type { Claim, Delivery, Store } from '../../port.ts';
import type { Writing } from '../writing.ts';
import type { Held } from './claims.ts';
import { complete } from './complete.ts';
import { deadLetter, retryLater, withdraw } from './failed.ts';

/** What of a delivery its ending is written by: not its body. */
export type Ended = Pick<Delivery, 'id' | 'requestId' | 'traceId' | 'correlationId' | 'subscription' | 'aside'>;

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
  { id, requestId, traceId, correlationId, subscription, aside }: Delivery,
  ending: Parameters<Store[Kind]>[2],
): Ending =>
  ({
    kind,
    claim: { recipient, worker, fence },
    delivery: { id, requestId, traceId, correlationId, subscription, aside },
    ending,
  }) as Ending;

/**
 * Records the results of deliveries, in their order; whether each was recorded. Those that follow each other as delivered
 * are written together.
 */
export async function ended(w: Writing, endings: readonly Ending[]): Promise<readonly boolean[]> {
  const results: boolean[] = [];
  let delivered: Completed[] = [];
  const flush = async () => {
    if (delivered.length) results.push(...(await complete(w, delivered)));
    delivered = [];
  };
  for (const it of endings) {
    if (it.kind === 'complete') delivered.push(it);
    else {
      await flush();
      results.push(await fail(w, it));
    }
  }
  await flush();
  return results;
}

function fail(w: Writing, it: Exclude<Ending, Completed>): Promise<boolean> {
  switch (it.kind) {
    case 'retryLater':
      return retryLater(w, it.claim, it.delivery, it.ending);
    case 'deadLetter':
      return deadLetter(w, it.claim, it.delivery, it.ending);
    case 'withdraw':
      return withdraw(w, it.claim, it.delivery, it.ending);
  }
}
