import type { Attempt, Delivery, DispatchState, DispatchStatus, OutboxDepth, Page, Store } from '../../port.ts';
import type { EntryHead } from '../journal/entry.ts';
import { isNotHeld } from '../operations/holds.ts';
import { pageOf, selectPage } from '../page.ts';
import { date, first, number, optional, type Row, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import { isNotBehind } from './journeys.ts';
import { headOf, statusColumns, statusOf } from './row.ts';

export async function dispatches(sql: Sql, query: Parameters<Store['dispatches']>[0]): Promise<Page<DispatchStatus>> {
  const rows = await selectPage(
    sql,
    `select ${statusColumns} from dispatch d`,
    query,
    'd.key',
    {
      'd.message_id': stored(query.messageId),
      'd.recipient': stored(query.recipient),
      'd.task': stored(query.task),
    },
    [isInState(query.state), ofTrace(query.traceId)],
  );
  return pageOf(rows, query.count, (row) => number(row.key), statusOf);
}

const stored = (text: string | undefined): string | undefined => (text === undefined ? undefined : storable(text));

/** As a constant, so that an index of the dispatches in this state serves. */
const conditions: Readonly<Record<DispatchState, string>> = {
  waiting: "d.state = 'waiting'",
  delivered: "d.state = 'delivered'",
  dead: "d.state = 'dead'",
  skipped: "d.state = 'skipped'",
  withdrawn: "d.state = 'withdrawn'",
};

const isInState = (state: DispatchState | undefined) =>
  state === undefined ? undefined : { condition: () => conditions[state] };

/**
 * Of this trace: those of other causes than the message of their entry have it in an index of their own, the others are
 * found by that message.
 */
const ofTrace = (traceId: string | undefined) =>
  traceId === undefined
    ? undefined
    : {
        value: storable(traceId),
        condition: (trace: string) => `d.key in (
          select t.key from dispatch t where t.own = 0 and t.trace_id = ${trace}
          union all
          select o.key from mention m join entry e on e.seq = m.entry join dispatch o on o.message_id = e.message
          where m.name = ${trace} and e.message is not null and o.message_id is not null and o.own = 1
            and o.trace_id = ${trace})`,
      };

export async function dispatch(sql: Sql, id: string): Promise<DispatchStatus | undefined> {
  const row = await first(sql.all(`select ${statusColumns} from dispatch d where d.id = ?1`, storable(id)));
  return row && statusOf(row);
}

/** In the order of their commits. Without those that are only suspect: they wait as any other. */
export async function undelivered(sql: Sql, query: Parameters<Store['undelivered']>[0]): Promise<Page<DispatchStatus>> {
  const rows = await selectPage(
    sql,
    `select ${statusColumns} from hold b join dispatch d on d.key = b.dispatch`,
    query,
    'b.dispatch',
    { 'd.recipient': stored(query.recipient) },
    [{ condition: () => "b.kind <> 'suspect'" }, isInState(query.state)],
  );
  return pageOf(rows, query.count, (row) => number(row.key), statusOf);
}

/**
 * Whether a claimed dispatch still waits, and not behind another one of its journey that was set aside or given up
 * meanwhile.
 */
export const isDeliverable = async (sql: Sql, { id }: Pick<Delivery, 'id'>): Promise<boolean> =>
  (await first(
    sql.all(
      `select d.key from dispatch d where d.id = ?1 and d.state = 'waiting' and ${isNotBehind}
       and ${isNotHeld('d.recipient')}`,
      id,
    ),
  )) !== undefined;

/** Whether any waiting dispatch is not behind a dead letter. */
export const hasDeliverable = async (sql: Sql): Promise<boolean> =>
  (await first(
    sql.all(
      `select d.key from dispatch d where d.state = 'waiting' and not exists (
         select 1 from hold h where h.recipient = d.recipient and h.journey = d.journey and h.dispatch < d.key
           and h.kind = 'dead') and ${isNotHeld('d.recipient')} limit 1`,
    ),
  )) !== undefined;

export async function attempts(sql: Sql, dispatchId: string): Promise<readonly Attempt[]> {
  const rows = await sql.all(
    `select a.*, d.head, e.head as entry_head from dispatch d join attempt a on a.dispatch = d.key
     left join entry e on e.message = d.message_id where d.id = ?1 order by a.number`,
    storable(dispatchId),
  );
  return rows.map((row) => ({
    dispatchId,
    at: date(row.at),
    outcome: text(row.outcome) as Attempt['outcome'],
    ...optional('status', row.status, number),
    milliseconds: number(row.milliseconds),
    ...optional('because', row.because, text),
    ...configurationOf(row),
  }));
}

/** Of the attempt, or else of its dispatch, or else of the message that caused that. */
function configurationOf(row: Row): Pick<Attempt, 'configuration'> {
  const entry = row.entry_head === null ? undefined : (JSON.parse(text(row.entry_head)) as EntryHead);
  const found = row.configuration ?? headOf(row).configuration ?? entry?.message?.configuration ?? null;
  return optional('configuration', found, text);
}

export async function depth(sql: Sql): Promise<OutboxDepth> {
  const rows = await sql.all(
    `select r.id, r.waiting, r.failures, r.not_before,
       (select d.created_at from dispatch d where d.recipient = r.id and d.state = 'waiting'
        order by d.key limit 1) as oldest,
       (select held.at from held_partner held where held.partner = r.id) as held
     from recipient r where r.waiting > 0 order by r.id`,
  );
  const dead = await first(sql.all("select count(*) as n from dispatch where state = 'dead'"));
  return {
    waiting: rows.reduce((sum, row) => sum + number(row.waiting), 0),
    dead: number(dead?.n),
    recipients: rows.map((row) => ({
      recipient: text(row.id),
      waiting: number(row.waiting),
      failures: number(row.failures),
      ...optional('notBefore', number(row.failures) ? row.not_before : null, date),
      ...optional('oldest', row.oldest, date),
      ...optional('isHeld', row.held, () => true as const),
    })),
  };
}
