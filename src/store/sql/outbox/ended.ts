import type { Sql } from '../sql.ts';
import type { Writing } from '../writing.ts';
import { type AttemptedByPlace, attempted } from './attempts.ts';
import { complete } from './complete.ts';
import type { Completed, Ending } from './ending.ts';
import { deadLetter, retryLater, withdraw } from './failed.ts';

/** What results are recorded on, when all of them are deliveries: otherwise each depends on those before it. */
export async function attemptedBefore(sql: Sql, endings: readonly Ending[]): Promise<AttemptedByPlace | undefined> {
  const completed = endings.filter((it) => it.kind === 'complete');
  return completed.length < endings.length ? undefined : attempted(sql, completed);
}

/**
 * Records the results of deliveries, in their order; whether each was recorded. Those that follow each other as delivered
 * are written together. `known`: of `attemptedBefore`.
 */
export async function ended(
  w: Writing,
  endings: readonly Ending[],
  known?: AttemptedByPlace,
): Promise<readonly boolean[]> {
  const results: boolean[] = [];
  let delivered: Completed[] = [];
  const flush = async () => {
    if (delivered.length) results.push(...(await complete(w, delivered, known)));
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
