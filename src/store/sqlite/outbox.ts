import type {
  Attempt,
  AttemptEnding,
  Claim,
  Delivery,
  Dispatch,
  DispatchStatus,
  OutboxDepth,
  Page,
  Store,
} from '../port.ts';
import { appendAudit } from './audit.ts';
import { type Database, date, number, optional, type Row, text } from './database.ts';
import { pageOf, selectPage } from './page.ts';
import { subscriptionDelivered, subscriptionFailed } from './subscriptions.ts';

/**
 * The outbox. Each state change is one statement guarded by the claim: a worker without the claim changes nothing.
 * `recipient.waiting` is maintained in the same transactions, so that depth and claims do not read the dispatches.
 */
export function insertDispatch(database: Database, it: Dispatch, now: Date): void {
  const { key } = database.run(
    `insert into dispatch (id, recipient, channel, kind, content_type, size, message_id, request_id, correlation_id,
       trace_id, created_at, queued_at, address, subscription)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
  );
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
    `select id, failures from recipient
     where waiting > 0 and not_before <= ?1 and (worker is null or claimed_until <= ?1)
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
    const rows = database.all(
      `select d.*, b.body from (
         select *, sum(size) over (order by key rows unbounded preceding) - size as before from (
           select * from dispatch where recipient = ? and state = 'waiting' order by key limit ?
         )
       ) d join dispatch_body b on b.dispatch = d.key where d.before < ? order by d.key`,
      recipient,
      failures ? 1 : batch,
      maximumClaimed,
    );
    const until = new Date(at + lease);
    return { recipient, worker, fence: number(claimed?.fence), until, failures, deliveries: rows.map(deliveryOf) };
  });
}

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
  const key = move(database, claim, delivery, "state = 'delivered', ended_at = ?, location = ?, because = null", [
    ending.at.getTime(),
    ending.location ?? null,
  ]);
  if (key === undefined) return false;
  settle(database, key, 'delivered', ending);
  subscriptionDelivered(database, delivery, ending.at);
  database.run('update recipient set waiting = waiting - 1, failures = 0 where id = ?', claim.recipient);
  return true;
}

export function retryLater(
  database: Database,
  claim: Claim,
  delivery: Delivery,
  ending: Parameters<Store['retryLater']>[2],
): boolean {
  const key = move(database, claim, delivery, 'failures = failures + 1, because = ?', [ending.because]);
  if (key === undefined) return false;
  settle(database, key, 'retry', ending);
  pause(database, claim.recipient, ending.until);
  return true;
}

export function deadLetter(
  database: Database,
  claim: Claim,
  delivery: Delivery,
  ending: Parameters<Store['deadLetter']>[2],
): boolean {
  const key = move(database, claim, delivery, "state = 'dead', ended_at = ?, failures = failures + 1, because = ?", [
    ending.at.getTime(),
    ending.because,
  ]);
  if (key === undefined) return false;
  settle(database, key, 'dead', ending);
  subscriptionFailed(database, delivery, ending.because, ending.at);
  database.run('update recipient set waiting = waiting - 1 where id = ?', claim.recipient);
  if (ending.until) pause(database, claim.recipient, ending.until);
  else if (ending.status !== undefined) database.run('update recipient set failures = 0 where id = ?', claim.recipient);
  return true;
}

export function requeue(database: Database, dispatchId: string, now: Date): boolean {
  const row = database.get(
    `update dispatch set state = 'waiting', queued_at = ?, failures = 0, ended_at = null
     where id = ? and state = 'dead' returning recipient`,
    now.getTime(),
    dispatchId,
  );
  if (!row) return false;
  database.run('update recipient set waiting = waiting + 1 where id = ?', row.recipient ?? null);
  return true;
}

/** Returns the key of the dispatch, or undefined when the claim was lost or the dispatch is no longer waiting. */
function move(
  database: Database,
  { recipient, worker, fence }: Claim,
  delivery: Delivery,
  set: string,
  values: readonly (string | number | null)[],
): number | undefined {
  const row = database.get(
    `update dispatch set attempts = attempts + 1, ${set} where id = ? and state = 'waiting'
       and exists (select 1 from recipient where id = ? and worker = ? and fence = ?)
     returning key`,
    ...values,
    delivery.id,
    recipient,
    worker,
    fence,
  );
  return row && number(row.key);
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

export function dispatches(database: Database, query: Parameters<Store['dispatches']>[0]): Page<DispatchStatus> {
  const rows = selectPage(database, `select ${statusColumns} from dispatch`, query, 'key', {
    message_id: query.messageId,
    trace_id: query.traceId,
    recipient: query.recipient,
    state: query.state,
  });
  return pageOf(rows, query.count, (row) => number(row.key), statusOf);
}

export function attempts(database: Database, dispatchId: string): readonly Attempt[] {
  const rows = database.all(
    'select a.* from dispatch d join attempt a on a.dispatch = d.key where d.id = ? order by a.key',
    dispatchId,
  );
  return rows.map((row) => ({
    dispatchId,
    at: date(row.at),
    outcome: text(row.outcome) as Attempt['outcome'],
    ...optional('status', row.status, Number),
    milliseconds: number(row.milliseconds),
    ...optional('because', row.because, String),
  }));
}

export function depth(database: Database): OutboxDepth {
  const rows = database.all(
    `select id, waiting, failures, not_before,
       (select created_at from dispatch where recipient = r.id and state = 'waiting' order by key limit 1) as oldest
     from recipient r where waiting > 0 order by id`,
  );
  return {
    waiting: rows.reduce((sum, row) => sum + number(row.waiting), 0),
    dead: number(database.get("select count(*) as n from dispatch where state = 'dead'")?.n),
    recipients: rows.map((row) => ({
      recipient: text(row.id),
      waiting: number(row.waiting),
      failures: number(row.failures),
      ...optional('notBefore', number(row.failures) ? row.not_before : null, (it) => new Date(Number(it))),
      ...optional('oldest', row.oldest, (it) => new Date(Number(it))),
    })),
  };
}

export function compact(database: Database, before: Date): number {
  return database.run(
    `delete from dispatch_body where dispatch in (
       select d.key from dispatch_body b join dispatch d on d.key = b.dispatch
       where d.state = 'delivered' and d.ended_at < ?
     )`,
    before.getTime(),
  ).changes;
}

const statusColumns =
  'key, id, recipient, channel, kind, address, subscription, content_type, message_id, request_id, correlation_id, trace_id, created_at, ' +
  'state, ended_at, because, location, attempts';

const headOf = (row: Row): Omit<Dispatch, 'body'> => ({
  id: text(row.id),
  recipient: text(row.recipient),
  channel: text(row.channel) as Dispatch['channel'],
  kind: text(row.kind),
  ...optional('address', row.address, String),
  ...optional('subscription', row.subscription, String),
  contentType: text(row.content_type),
  ...optional('messageId', row.message_id, String),
  requestId: text(row.request_id),
  ...optional('correlationId', row.correlation_id, String),
  traceId: text(row.trace_id),
});

const deliveryOf = (row: Row): Delivery => ({
  ...headOf(row),
  body: text(row.body),
  createdAt: date(row.created_at),
  queuedAt: date(row.queued_at),
  attempts: number(row.failures),
});

const statusOf = (row: Row): DispatchStatus => ({
  ...headOf(row),
  state: text(row.state) as DispatchStatus['state'],
  createdAt: date(row.created_at),
  ...optional('endedAt', row.ended_at, (it) => new Date(Number(it))),
  ...optional('because', row.because, String),
  ...optional('location', row.location, String),
  attempts: number(row.attempts),
});
