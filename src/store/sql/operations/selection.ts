import { readCursor, writeCursor } from '../../cursor.ts';
import type { DispatchFilter, DispatchState, DispatchStatus, MessageHead, Page, Store } from '../../port.ts';
import { bulkRead } from '../bulk.ts';
import type { EntryHead } from '../journal/entry.ts';
import { statusColumns, statusOf } from '../outbox/row.ts';
import { all, either, type Fragment, piece, statement, value, values } from '../read/fragment.ts';
import { number, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';

/** Dispatches that one statement looks at: it must not occupy the thread of the requests. */
const window = 4_000;
/** Statements of one page. */
const windowsOfPage = 5;

/**
 * The dispatches that a filter names, in the order of their commits. A page looks at a bounded number of dispatches: with few
 * hits it has fewer items than asked, and says where to continue.
 */
export async function selectDispatches(
  sql: Sql,
  filter: DispatchFilter,
  { cursor, count }: Parameters<Store['selectDispatches']>[1],
): Promise<Page<DispatchStatus>> {
  const start = cursor === undefined ? [0] : readCursor(cursor, 1);
  if (!start || isEmpty(filter)) return { items: [] };
  const items: DispatchStatus[] = [];
  let after = start[0]!;
  for (let windows = 0; windows < windowsOfPage; windows++) {
    const [end] = await sql.all(
      'select max(key) as last, count(*) as n from (select key from dispatch where key > ?1 order by key limit ?2) w',
      after,
      window,
    );
    if (!end || number(end.n) === 0) return { items };
    const last = number(end.last);
    const rows = await sql.all(
      ...statement(
        piece`select ${statusColumns} from dispatch d where d.key > ${value(after)} and d.key <= ${value(last)}
          and ${conditionsOf(filter)} order by d.key limit ${value(count - items.length + 1)}`,
      ),
    );
    const found = rows.slice(0, count - items.length);
    items.push(...found.map(statusOf));
    if (rows.length > found.length) return { items, next: writeCursor([number(found.at(-1)?.key ?? after)]) };
    after = last;
    if (number(end.n) < window) return { items };
    if (items.length === count) break;
  }
  return { items, next: writeCursor([after]) };
}

const isEmpty = ({ ids, messages, traces, recipients, senders, states, codes }: DispatchFilter): boolean =>
  [ids, messages, traces, recipients, senders, states, codes].some((it) => it?.length === 0);

const isState: Readonly<Record<DispatchState, string>> = {
  waiting: "d.state = 'waiting'",
  delivered: "d.state = 'delivered'",
  dead: "d.state = 'dead'",
  skipped: "d.state = 'skipped'",
  withdrawn: "d.state = 'withdrawn'",
};

/**
 * Copies that replays made are left out, or each replay would double what it sends: they are taken by their ids, and where none
 * of the originals, which have been delivered or skipped, is asked for, such as all dead letters.
 */
const takesCopies = ({ ids, states }: DispatchFilter): boolean =>
  ids !== undefined || (states !== undefined && !states.includes('delivered') && !states.includes('skipped'));

/** Copies were not marked at first; the replay that made one names it. */
const isNoUnmarkedCopy = piece`d.id not in (
  select i.dispatch from replay_item i where i.dispatch is not null and i.dispatch <> i.source)`;

function conditionsOf(it: DispatchFilter): Fragment {
  const among = (column: string, list: readonly string[] | undefined): Fragment[] =>
    list ? [piece`${column} in (${values(list.map(storable))})`] : [];
  return all([
    piece`d.subscription is null`,
    ...(takesCopies(it) ? [] : [piece`d.head not like ${value('%"replay":{"%')}`, isNoUnmarkedCopy]),
    ...among('d.id', it.ids),
    ...among('d.message_id', it.messages),
    ...among('d.trace_id', it.traces),
    ...among('d.recipient', it.recipients),
    ...(it.senders
      ? [
          piece`exists (select 1 from entry e where e.message = d.message_id
            and e.partner in (${values(it.senders.map(storable))}))`,
        ]
      : []),
    ...(it.states ? [either(it.states.map((state) => piece`${isState[state]}`))] : []),
    ...(it.codes
      ? [
          either(
            it.codes.map((code) => {
              const begins = storable(code);
              return piece`(d.because = ${value(begins)} or substr(d.because, 1, cast(${value(begins.length + 1)} as int)) in (${values([`${begins}:`, `${begins} `])}))`;
            }),
          ),
        ]
      : []),
    ...(it.since ? [piece`d.created_at >= ${value(it.since.getTime())}`] : []),
    ...(it.until ? [piece`d.created_at < ${value(it.until.getTime())}`] : []),
  ]);
}

export async function deliveriesOfMessages(sql: Sql, messages: readonly string[]): Promise<readonly DispatchStatus[]> {
  const rows = await bulkRead(
    sql,
    (rows) =>
      `select ${statusColumns} from ${rows} w join dispatch d on d.message_id = w.id
       where d.subscription is null order by d.key`,
    { id: 'text' },
    messages.map((id) => [id]),
  );
  return rows.map(statusOf);
}

/** Received messages without their texts, latest first. */
export async function messageHeads(
  sql: Sql,
  { cursor, count, partner, traceId }: Parameters<Store['messageHeads']>[0],
): Promise<Page<MessageHead>> {
  const start = cursor === undefined ? [Number.MAX_SAFE_INTEGER] : readCursor(cursor, 1);
  if (!start) return { items: [] };
  const [from, key] =
    traceId === undefined ? ['entry e', 'e.seq'] : ['mention m join entry e on e.seq = m.entry', 'm.entry'];
  const rows = await sql.all(
    ...statement(
      piece`select e.seq, e.message, e.partner, e.head from ${from} where ${all([
        piece`e.message is not null and ${key} < ${value(start[0]!)}`,
        ...(traceId === undefined ? [] : [piece`m.name = ${value(storable(traceId))}`]),
        ...(partner === undefined ? [] : [piece`e.partner = ${value(storable(partner))}`]),
      ])} order by ${key} desc limit ${value(count + 1)}`,
    ),
  );
  const page = rows.slice(0, count);
  const items = page.flatMap((row): readonly MessageHead[] => {
    const { message } = JSON.parse(text(row.head)) as EntryHead;
    if (!message) return [];
    const { requestId, traceId, configuration, receivedAt, answer } = message;
    return [
      {
        seq: number(row.seq),
        id: text(row.message),
        partner: text(row.partner),
        requestId,
        traceId,
        configuration,
        receivedAt: new Date(receivedAt),
        status: answer.status,
      },
    ];
  });
  const last = page.at(-1);
  return { items, ...(rows.length > count && last ? { next: writeCursor([number(last.seq)]) } : {}) };
}
