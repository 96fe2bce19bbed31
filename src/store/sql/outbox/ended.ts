import type { Writing } from '../writing.ts';
import { complete } from './complete.ts';
import type { Completed, Ending } from './ending.ts';
import { deadLetter, retryLater, withdraw } from './failed.ts';

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
