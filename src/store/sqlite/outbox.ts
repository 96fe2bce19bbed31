import type { Attempt, AttemptEnding, Claim, Delivery, Dispatch, DispatchState, Store } from '../port.ts';
import { appendAudit } from './audit.ts';
import { type Database, number, text } from './database.ts';
import {
  holdJourney,
  isAsideStill,
  isNotBehind,
  journeyOf,
  leaveJourney,
  nameSubjects,
  setSuspectsAside,
} from './journeys.ts';
import { deliveryOf } from './outbox-lists.ts';
import { subscriptionDelivered, subscriptionFailed } from './subscriptions.ts';

/**
 * The outbox. Each state change is one statement guarded by the claim: a worker without the claim changes nothing.
 * `recipient.waiting` is maintained in the same transactions, so that depth and claims do not read the dispatches.
 */
export function insertDispatch(database: Database, it: Dispatch, now: Date): void {
  const { key } = database.run(
    `insert into dispatch (id, recipient, channel, kind, content_type, size, message_id, request_id, correlation_id,
       trace_id, created_at, queued_at, address, subscription, journey, about, task)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    it.id,
    it.recipient,
    it.channel,
    it.kind,
    it.contentType,
    it.body.length,
    it.messageId ?? null,
    it.requestId,
    it.correlationId ?? null,
    it.traceId,
    now.getTime(),
    now.getTime(),
    it.address ?? null,
    it.subscription ?? null,
    journeyOf(database, it),
    it.about ? JSON.stringify(it.about) : null,
    it.about?.find((name) => name.startsWith('Task/')) ?? null,
  );
  nameSubjects(database, key, it);
  database.run('insert into dispatch_body (dispatch, body) values (?, ?)', key, it.body);
  database.run(
    'insert into recipient (id, waiting) values (?, 1) on conflict (id) do update set waiting = waiting + 1',
    it.recipient,
  );
}

/** In characters; a claim ends with the dispatch that exceeds it. Letters with scans must not fill the memory. */
const maximumClaimed = 1_000_000;

export function claim(
  database: Database,
  { worker, now, lease, recipients, batch }: Parameters<Store['claim']>[0],
): readonly Claim[] {
  const at = now.getTime();
  const free = database.all(
    `select id, failures, refusals from recipient
     where waiting > 0 and not_before <= ?1 and (worker is null or claimed_until <= ?1)
       and exists (select 1 from dispatch d where d.recipient = recipient.id and d.state = 'waiting'
         and ${isNotBehind} and not ${isAsideStill})
     order by claimed_until limit ?2`,
    at,
    recipients,
  );
  return free.map((row) => {
    const [recipient, failures] = [text(row.id), number(row.failures)];
    const claimed = database.get(
      'update recipient set worker = ?, claimed_until = ?, fence = fence + 1 where id = ? returning fence',
      worker,
      at + lease,
      recipient,
    );
    const rows = failures ? probe(database, recipient, at) : oldest(database, recipient, at, batch);
    return {
      recipient,
      worker,
      fence: number(claimed?.fence),
      until: new Date(at + lease),
      failures,
      refusals: number(row.refusals),
      deliveries: rows.map(deliveryOf),
    };
  });
}

const oldest = (database: Database, recipient: string, at: number, batch: number) =>
  database.all(
    `select d.*, b.body, exists (select 1 from hold where dispatch = d.key) as aside from (
       select *, sum(size) over (order by key rows unbounded preceding) - size as before from (
         select * from dispatch d where recipient = ?2 and state = 'waiting' and ${isNotBehind} and not ${isAsideStill}
         order by key limit ?3
       )
     ) d join dispatch_body b on b.dispatch = d.key where d.before < ?4 order by d.key`,
    at,
    recipient,
    batch,
    maximumClaimed,
  );

export function pending(
  database: Database,
  { recipient, worker, fence }: Claim,
  { now, batch }: Parameters<Store['pending']>[1],
): readonly Delivery[] {
  const isClaimed = database.get(
    'select 1 from recipient where id = ? and worker = ? and fence = ?',
    recipient,
    worker,
    fence,
  );
  return isClaimed ? oldest(database, recipient, now.getTime(), batch).map(deliveryOf) : [];
}

/** Who failed already is tried after those that did not, and of those who did the one that was tried longest ago. */
const probe = (database: Database, recipient: string, at: number) =>
  database.all(
    `select d.*, b.body, own.kind = 'aside' as aside
     from dispatch d join dispatch_body b on b.dispatch = d.key left join hold own on own.dispatch = d.key
     where d.recipient = ?2 and d.state = 'waiting' and ${isNotBehind} and not ${isAsideStill}
     order by case own.kind when 'suspect' then 1 when 'aside' then 2 else 0 end, own.tried, d.key limit 1`,
    at,
    recipient,
  );

export function renew(
  database: Database,
  { recipient, worker, fence }: Claim,
  { now, lease }: Parameters<Store['renew']>[1],
): Pick<Claim, 'until'> | undefined {
  const until = now.getTime() + lease;
  const { changes } = database.run(
    'update recipient set claimed_until = ? where id = ? and worker = ? and fence = ?',
    until,
    recipient,
    worker,
    fence,
  );
  return changes ? { until: new Date(until) } : undefined;
}

export function release(database: Database, { recipient, worker, fence }: Claim): void {
  database.run(
    'update recipient set worker = null where id = ? and worker = ? and fence = ?',
    recipient,
    worker,
    fence,
  );
}

export function complete(
  database: Database,
  claim: Claim,
  delivery: Delivery,
  ending: AttemptEnding & { readonly location?: string },
): boolean {
  const ended = move(database, claim, delivery, ['waiting', 'withdrawn'], {
    set: "state = 'delivered', ended_at = ?, location = ?, because = null",
    values: [ending.at.getTime(), ending.location ?? null],
  });
  if (!ended) return false;
  settle(database, ended.key, 'delivered', ending);
  subscriptionDelivered(database, delivery, ending.at);
  if (ended.was === 'waiting') leaveQueue(database, claim.recipient, ended.key);
  answered(database, claim.recipient);
  database.run('update recipient set refusals = 0 where id = ? and refusals > 0', claim.recipient);
  return true;
}

/** The recipient answered: whatever failed before did so by itself. */
function answered(database: Database, recipient: string): void {
  const { changes } = database.run('update recipient set failures = 0 where id = ? and failures > 0', recipient);
  if (changes) setSuspectsAside(database, recipient);
}

function leaveQueue(database: Database, recipient: string, key: number): void {
  leaveJourney(database, key);
  database.run('update recipient set waiting = waiting - 1 where id = ?', recipient);
}

export function retryLater(
  database: Database,
  claim: Claim,
  delivery: Delivery,
  ending: Parameters<Store['retryLater']>[2],
): boolean {
  const failed = move(database, claim, delivery, ['waiting', 'withdrawn'], {
    set: "failures = failures + 1, because = iif(state = 'waiting', ?, because)",
    values: [ending.because],
  });
  if (!failed) return false;
  settle(database, failed.key, 'retry', ending);
  const { waits = 'recipient', until: notBefore, at: tried } = ending;
  if (failed.was === 'waiting' && (waits === 'suspect' || delivery.aside))
    holdJourney(database, failed.key, { kind: delivery.aside ? 'aside' : 'suspect', notBefore, tried });
  if (waits !== 'journey') pause(database, claim.recipient, notBefore);
  return true;
}

export function deadLetter(
  database: Database,
  claim: Claim,
  delivery: Delivery,
  ending: Parameters<Store['deadLetter']>[2],
): boolean {
  const ended = move(database, claim, delivery, ['waiting', 'withdrawn'], {
    set: `state = iif(state = 'waiting', 'dead', state), ended_at = iif(state = 'waiting', ?, ended_at),
      failures = failures + 1, because = iif(state = 'waiting', ?, because)`,
    values: [ending.at.getTime(), ending.because],
  });
  if (!ended) return false;
  settle(database, ended.key, 'dead', ending);
  if (ended.was === 'waiting') {
    subscriptionFailed(database, delivery, ending.because, ending.at);
    holdJourney(database, ended.key, { kind: 'dead', tried: ending.at });
    database.run('update recipient set waiting = waiting - 1 where id = ?', claim.recipient);
  }
  database.run('update recipient set refusals = refusals + 1 where id = ?', claim.recipient);
  if (ending.until) pause(database, claim.recipient, ending.until);
  else if (ending.status !== undefined) answered(database, claim.recipient);
  return true;
}

export function withdraw(
  database: Database,
  claim: Claim,
  delivery: Delivery,
  ending: AttemptEnding & { readonly because: string },
): boolean {
  const ended = move(database, claim, delivery, ['waiting'], {
    set: "state = 'withdrawn', ended_at = ?, because = ?",
    values: [ending.at.getTime(), ending.because],
  });
  if (!ended) return false;
  settle(database, ended.key, 'withdrawn', ending);
  subscriptionFailed(database, delivery, ending.because, ending.at);
  leaveQueue(database, claim.recipient, ended.key);
  return true;
}

export const isDeliverable = (database: Database, { id }: Delivery): boolean =>
  database.get(`select 1 from dispatch d where id = ? and state = 'waiting' and ${isNotBehind}`, id) !== undefined;

/**
 * The dispatch with the state that it had; undefined when the claim was lost or it is in none of the states `from`. In
 * SQLite the expressions of an update and of its `returning` see the row before and after it, so the state is read first:
 * both are in one transaction.
 */
function move(
  database: Database,
  { recipient, worker, fence }: Claim,
  delivery: Delivery,
  from: readonly DispatchState[],
  { set, values }: { readonly set: string; readonly values: readonly (string | number | null)[] },
): { readonly key: number; readonly was: DispatchState } | undefined {
  const row = database.get(
    `select key, state from dispatch where id = ?
       and exists (select 1 from recipient where id = ? and worker = ? and fence = ?)`,
    delivery.id,
    recipient,
    worker,
    fence,
  );
  const was = text(row?.state) as DispatchState;
  if (!row || !from.includes(was)) return undefined;
  const key = number(row.key);
  database.run(`update dispatch set attempts = attempts + 1, ${set} where key = ?`, ...values, key);
  return { key, was };
}

function settle(
  database: Database,
  dispatch: number,
  outcome: Attempt['outcome'],
  ending: AttemptEnding & { readonly because?: string },
): void {
  database.run(
    'insert into attempt (dispatch, at, outcome, status, milliseconds, because) values (?, ?, ?, ?, ?, ?)',
    dispatch,
    ending.at.getTime(),
    outcome,
    ending.status ?? null,
    Math.round(ending.milliseconds),
    ending.because ?? null,
  );
  appendAudit(database, ending.audit ?? []);
}

function pause(database: Database, recipient: string, until: Date): void {
  database.run(
    'update recipient set failures = failures + 1, not_before = ?, worker = null where id = ?',
    until.getTime(),
    recipient,
  );
}

export function compact(database: Database, before: Date): number {
  return database.run(
    `delete from dispatch_body where dispatch in (
       select d.key from dispatch_body b join dispatch d on d.key = b.dispatch
       where d.state in ('delivered', 'skipped', 'withdrawn') and d.ended_at < ?
     )`,
    before.getTime(),
  ).changes;
}
