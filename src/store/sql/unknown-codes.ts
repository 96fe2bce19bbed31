import type { Message, Page, Store, UnknownCode, UnknownCodeSeen } from '../port.ts';
import { bulkSend } from './bulk.ts';
import { pageOf, selectPage } from './page.ts';
import { date, number, optional, type Row, type Sql, text } from './sql.ts';
import { storable } from './storable.ts';

/** Longer values are not codes and are cut off. */
const longestCode = 500;
/** Upper bound on the messages listed per code. */
const mostMessages = 20;

export type MessageWithCodes = {
  readonly message: Pick<Message, 'id' | 'receivedAt'>;
  readonly seen: readonly UnknownCodeSeen[];
};

type Names = readonly [map: string, table: string, system: string, code: string];
type Counted = { readonly names: Names; handling: string; count: number; first: number; last: number };

const nameColumns = { map: 'text', name: 'text', system: 'text', code: 'text' } as const;

/** Counts each code once per message: two statements, however many messages. */
export function writeUnknownCodes(sql: Sql, messages: readonly MessageWithCodes[]): void {
  const counted = new Map<string, Counted>();
  const uses: (readonly [...Names, number, string])[] = [];
  for (const { message, seen } of messages) {
    const at = message.receivedAt.getTime();
    for (const [key, { names, handling }] of distinct(seen)) {
      const known = counted.get(key) ?? { names, handling, count: 0, first: at, last: at };
      known.handling = handling;
      known.count += 1;
      known.first = Math.min(known.first, at);
      known.last = Math.max(known.last, at);
      counted.set(key, known);
      uses.push([...names, at, message.id]);
    }
  }
  bulkSend(
    sql,
    (rows) =>
      `insert into unknown_code (key, map, name, system, code, handling, count, first_seen, last_seen)
       select (select coalesce(max(key), 0) from unknown_code) + number, map, name, system, code, handling, count,
         first_seen, last_seen
       from ${rows} w where true
       on conflict (map, name, system, code) do update set handling = excluded.handling,
         count = unknown_code.count + excluded.count,
         first_seen = case when excluded.first_seen < unknown_code.first_seen then excluded.first_seen
           else unknown_code.first_seen end,
         last_seen = case when excluded.last_seen > unknown_code.last_seen then excluded.last_seen
           else unknown_code.last_seen end`,
    {
      number: 'integer',
      ...nameColumns,
      handling: 'text',
      count: 'integer',
      first_seen: 'integer',
      last_seen: 'integer',
    },
    [...counted.values()].map((it, index) => [index + 1, ...it.names, it.handling, it.count, it.first, it.last]),
  );
  bulkSend(
    sql,
    (rows) =>
      `insert into unknown_code_message (unknown_code, at, message)
       select u.key, w.at, w.message from ${rows} w
       join unknown_code u on u.map = w.map and u.name = w.name and u.system = w.system and u.code = w.code`,
    { ...nameColumns, at: 'integer', message: 'text' },
    uses,
  );
}

/** The codes of one message, by their names. */
const distinct = (
  seen: readonly UnknownCodeSeen[],
): ReadonlyMap<string, { readonly names: Names; readonly handling: string }> =>
  new Map(
    seen.map(({ map, table, system = '', code, handling }) => {
      const names: Names = [map, storable(table), storable(system), storable(code.slice(0, longestCode))];
      return [JSON.stringify(names), { names, handling }];
    }),
  );

export async function unknownCodes(sql: Sql, query: Parameters<Store['unknownCodes']>[0]): Promise<Page<UnknownCode>> {
  const rows = await selectPage(sql, 'select * from unknown_code', query, 'key', {});
  const shown = rows.slice(0, query.count).map((row) => number(row.key));
  const messages = new Map<number, readonly string[]>();
  for (const key of shown) messages.set(key, await latestMessages(sql, key));
  return pageOf(
    rows,
    query.count,
    (row) => number(row.key),
    (row) => unknownCodeOf(row, messages.get(number(row.key)) ?? []),
  );
}

async function latestMessages(sql: Sql, key: number): Promise<readonly string[]> {
  const rows = await sql.all(
    'select message from unknown_code_message where unknown_code = ?1 order by at desc, message desc limit ?2',
    key,
    mostMessages,
  );
  return rows.map((it) => text(it.message));
}

const unknownCodeOf = (row: Row, messages: readonly string[]): UnknownCode => ({
  map: text(row.map),
  table: text(row.name),
  ...optional('system', row.system || null, String),
  code: text(row.code),
  handling: text(row.handling) as UnknownCode['handling'],
  count: number(row.count),
  firstSeen: date(row.first_seen),
  lastSeen: date(row.last_seen),
  messages,
});
