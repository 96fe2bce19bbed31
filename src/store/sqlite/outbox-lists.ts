import type { Attempt, Delivery, Dispatch, DispatchStatus, OutboxDepth, Page, Store } from '../port.ts';
import { type Database, date, number, optional, type Row, text } from './database.ts';
import { pageOf, selectPage } from './page.ts';

export function dispatches(database: Database, query: Parameters<Store['dispatches']>[0]): Page<DispatchStatus> {
  const rows = selectPage(database, `select ${statusColumns} from ${statuses}`, query, 'key', {
    message_id: query.messageId,
    trace_id: query.traceId,
    recipient: query.recipient,
    state: query.state,
    task: query.task,
  });
  return pageOf(rows, query.count, (row) => number(row.key), statusOf);
}

export function dispatch(database: Database, id: string): DispatchStatus | undefined {
  const row = database.get(`select ${statusColumns} from ${statuses} where id = ?`, id);
  return row && statusOf(row);
}

/** In the order of their commits. Without those that are only suspect: they wait as any other. */
export function undelivered(database: Database, query: Parameters<Store['undelivered']>[0]): Page<DispatchStatus> {
  const held = `${statuses} join (select dispatch from hold where kind <> 'suspect') h on h.dispatch = key`;
  const rows = selectPage(database, `select ${statusColumns} from ${held}`, query, 'key', {
    recipient: query.recipient,
    state: query.state,
  });
  return pageOf(rows, query.count, (row) => number(row.key), statusOf);
}

/** Whether any waiting dispatch is not behind a dead letter. */
export const hasDeliverable = (database: Database): boolean =>
  database.get(
    `select 1 from dispatch d where state = 'waiting' and not exists (
       select 1 from hold h where h.recipient = d.recipient and h.journey = d.journey and h.dispatch < d.key
         and h.kind = 'dead') limit 1`,
  ) !== undefined;

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

export const statusColumns =
  'key, id, recipient, channel, kind, address, subscription, content_type, message_id, request_id, correlation_id, ' +
  'trace_id, about, created_at, queued_at, state, ended_at, because, location, attempts, retry_at';

/** Dispatches, with the time of the next attempt of those that are set aside. */
export const statuses = `(select *, (
  select max(not_before, queued_at) from hold where dispatch = dispatch.key and kind = 'aside') as retry_at from dispatch)`;

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
  ...optional('about', row.about, (it) => JSON.parse(String(it)) as readonly string[]),
});

export const deliveryOf = (row: Row): Delivery => ({
  ...headOf(row),
  body: text(row.body),
  createdAt: date(row.created_at),
  queuedAt: date(row.queued_at),
  attempts: number(row.failures),
  journey: text(row.journey),
  ...(row.aside ? { aside: true as const } : {}),
});

export const statusOf = (row: Row): DispatchStatus => ({
  ...headOf(row),
  state: text(row.state) as DispatchStatus['state'],
  createdAt: date(row.created_at),
  queuedAt: date(row.queued_at),
  ...optional('aside', row.retry_at, (it) => ({ retryAt: new Date(Number(it)) })),
  ...optional('endedAt', row.ended_at, (it) => new Date(Number(it))),
  ...optional('because', row.because, String),
  ...optional('location', row.location, String),
  attempts: number(row.attempts),
});
