import type { Message, Page, Store, UnknownCode, UnknownCodeSeen } from '../port.ts';
import { type Database, date, number, optional, type Row, text } from './database.ts';
import { pageOf, selectPage } from './page.ts';

/** Tables of unknown codes, filled from the logs of earlier messages (which lack the map). */
export const unknownCodesSchema = `
  create table unknown_code (
    key integer primary key,
    map text not null,
    name text not null,
    system text not null,
    code text not null,
    handling text not null,
    count integer not null,
    first_seen integer not null,
    last_seen integer not null,
    unique (map, name, system, code)
  );
  create table unknown_code_message (
    unknown_code integer not null,
    at integer not null,
    message text not null,
    primary key (unknown_code, at, message)
  ) without rowid;
  insert into unknown_code (map, name, system, code, handling, count, first_seen, last_seen)
    select '', it.value ->> 'table', coalesce(it.value ->> 'system', ''), substr(it.value ->> 'code', 1, 500),
      max(it.value ->> 'handling'), count(distinct m.id), min(m.received_at), max(m.received_at)
    from message m, json_each(m.record, '$.unmapped') it group by 2, 3, 4 order by min(m.key);
  insert or ignore into unknown_code_message (unknown_code, at, message)
    select u.key, m.received_at, m.id from message m, json_each(m.record, '$.unmapped') it
    join unknown_code u on u.name = it.value ->> 'table' and u.system = coalesce(it.value ->> 'system', '')
      and u.code = substr(it.value ->> 'code', 1, 500);
  `;

/** Longer values are not codes and are cut off. */
const longestCode = 500;
/** Upper bound on the messages listed per code. */
const mostMessages = 20;

/** Counts each code once per message. */
export function writeUnknownCodes(
  database: Database,
  message: Pick<Message, 'id' | 'receivedAt'>,
  seen: readonly UnknownCodeSeen[],
): void {
  const at = message.receivedAt.getTime();
  for (const { map, table, system = '', code, handling } of distinct(seen)) {
    const row = database.get(
      `insert into unknown_code (map, name, system, code, handling, count, first_seen, last_seen)
       values (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)
       on conflict (map, name, system, code) do update set handling = ?5, count = count + 1,
         first_seen = min(first_seen, ?6), last_seen = max(last_seen, ?6)
       returning key`,
      map,
      table,
      system,
      code,
      handling,
      at,
    );
    database.run(
      'insert into unknown_code_message (unknown_code, at, message) values (?, ?, ?)',
      number(row?.key),
      at,
      message.id,
    );
  }
}

const distinct = (seen: readonly UnknownCodeSeen[]): Iterable<UnknownCodeSeen> =>
  new Map(
    seen
      .map((it) => ({ ...it, code: it.code.slice(0, longestCode) }))
      .map((it) => [JSON.stringify([it.map, it.table, it.system, it.code]), it]),
  ).values();

export function unknownCodes(database: Database, query: Parameters<Store['unknownCodes']>[0]): Page<UnknownCode> {
  const rows = selectPage(database, 'select * from unknown_code', query, 'key', {});
  return pageOf(
    rows,
    query.count,
    (row) => number(row.key),
    (row) => unknownCodeOf(database, row),
  );
}

const unknownCodeOf = (database: Database, row: Row): UnknownCode => ({
  map: text(row.map),
  table: text(row.name),
  ...optional('system', row.system || null, String),
  code: text(row.code),
  handling: text(row.handling) as UnknownCode['handling'],
  count: number(row.count),
  firstSeen: date(row.first_seen),
  lastSeen: date(row.last_seen),
  messages: database
    .all(
      'select message from unknown_code_message where unknown_code = ? order by at desc, message desc limit ?',
      number(row.key),
      mostMessages,
    )
    .map((it) => text(it.message)),
});
