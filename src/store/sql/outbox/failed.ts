import type { Store } from '../../port.ts';
import { storable } from '../storable.ts';
import { subscriptionFailed } from '../subscriptions.ts';
import type { Writing } from '../writing.ts';
import { type Attempted, attempted, recordAttempts } from './attempts.ts';
import type { Held } from './claims.ts';
import type { Ended } from './ending.ts';
import { freeJourneys, holdJourney, leaveJourneys, setSuspectsAside } from './journeys.ts';

/** One that was withdrawn meanwhile stays withdrawn: only the attempt is recorded. */
export async function retryLater(
  w: Writing,
  claim: Held,
  delivery: Ended,
  ending: Parameters<Store['retryLater']>[2],
): Promise<boolean> {
  const before = await stillOpen(w, claim, delivery);
  if (!before) return false;
  const { waits = 'recipient', until: notBefore, at: tried, because } = ending;
  await w.sql.run(
    `update dispatch set attempts = attempts + 1, failures = failures + 1,
       because = case when state = 'waiting' then cast(?1 as text) else because end where key = ?2`,
    storable(because),
    before.key,
  );
  recordAttempts(w, [{ before, delivery, outcome: 'retry', ending }]);
  if (before.was === 'waiting' && (waits === 'suspect' || delivery.aside))
    await holdJourney(w.sql, before.key, { kind: delivery.aside ? 'aside' : 'suspect', notBefore, tried });
  if (waits !== 'journey') await pause(w, claim.recipient, notBefore);
  return true;
}

export async function deadLetter(
  w: Writing,
  claim: Held,
  delivery: Ended,
  ending: Parameters<Store['deadLetter']>[2],
): Promise<boolean> {
  const before = await stillOpen(w, claim, delivery);
  if (!before) return false;
  const { recipient } = claim;
  const isWaiting = before.was === 'waiting';
  if (isWaiting)
    await w.sql.run(
      `update dispatch set attempts = attempts + 1, failures = failures + 1, state = 'dead', ended_at = ?1,
         because = ?2 where key = ?3`,
      ending.at.getTime(),
      storable(ending.because),
      before.key,
    );
  else
    await w.sql.run('update dispatch set attempts = attempts + 1, failures = failures + 1 where key = ?1', before.key);
  recordAttempts(w, [{ before, delivery, outcome: 'dead', ending }]);
  if (isWaiting) {
    await subscriptionFailed(w, { dispatch: delivery, because: ending.because, at: ending.at });
    await holdJourney(w.sql, before.key, { kind: 'dead', tried: ending.at });
  }
  await w.sql.run(
    'update recipient set waiting = waiting - ?1, refusals = refusals + 1 where id = ?2',
    isWaiting ? 1 : 0,
    recipient,
  );
  if (ending.until) await pause(w, recipient, ending.until);
  else if (ending.status !== undefined && before.failures > 0) {
    // the recipient answered: whatever failed before did so by itself
    await w.sql.run('update recipient set failures = 0 where id = ?1', recipient);
    setSuspectsAside(w.sql, [recipient]);
  }
  return true;
}

export async function withdraw(
  w: Writing,
  claim: Held,
  delivery: Ended,
  ending: Parameters<Store['withdraw']>[2],
): Promise<boolean> {
  const before = await stillOpen(w, claim, delivery);
  if (before?.was !== 'waiting') return false;
  await w.sql.run(
    `update dispatch set attempts = attempts + 1, state = 'withdrawn', ended_at = ?1, because = ?2 where key = ?3`,
    ending.at.getTime(),
    storable(ending.because),
    before.key,
  );
  recordAttempts(w, [{ before, delivery, outcome: 'withdrawn', ending }]);
  await subscriptionFailed(w, { dispatch: delivery, because: ending.because, at: ending.at });
  leaveJourneys(w.sql, [before.key]);
  freeJourneys(w.sql, [before.key]);
  await w.sql.run('update recipient set waiting = waiting - 1 where id = ?1', claim.recipient);
  return true;
}

/** Undefined when the claim was lost, or the dispatch neither waits nor was withdrawn while it was sent. */
async function stillOpen(w: Writing, claim: Held, delivery: Ended): Promise<Attempted | undefined> {
  const before = (await attempted(w.sql, [{ claim, delivery }])).get(0);
  return before && ['waiting', 'withdrawn'].includes(before.was) ? before : undefined;
}

async function pause({ sql }: Writing, recipient: string, until: Date): Promise<void> {
  await sql.run(
    'update recipient set failures = failures + 1, not_before = ?1, worker = null where id = ?2',
    until.getTime(),
    recipient,
  );
}
