import { readCursor } from '../../cursor.ts';
import type { Page, RefusedMessage, Store } from '../../port.ts';
import { storeError } from '../../store-problem.ts';
import { pageOf } from '../page.ts';
import { all, piece, statement, value } from '../read/fragment.ts';
import { bytes, date, first, number, type Row, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import { decrypt, encrypt } from '../vault/ring.ts';
import { nobody } from '../vault/sealed.ts';
import type { Writing } from '../writing.ts';

/**
 * Whom a refused message is about is not known: it was not read, or not believed. It is encrypted under the key of texts about
 * nobody, and an erasure of anybody removes all of them (vault/erase.ts); its term is days.
 */
export async function retainRefused(
  { sql }: Writing,
  it: Parameters<Store['retainRefused']>[0],
  until: Date,
): Promise<void> {
  await sql.run('delete from refused_message where until <= ?1', it.receivedAt.getTime());
  const [partner, requestId, envelope] = [it.partner, it.requestId, it.envelope].map(storable) as [
    string,
    string,
    string,
  ];
  // sent again, or replayed, and refused again: it stays what it was, and so does its term
  const same = await sql.run(
    `update refused_message set codes = ?4, configuration = ?5 where partner = ?1 and request_id = ?2 and envelope = ?3`,
    partner,
    requestId,
    envelope,
    it.codes.join(' '),
    it.configuration,
  );
  if (same) return;
  await sql.run('delete from refused_message where partner = ?1 and request_id = ?2', partner, requestId);
  const { vault } = sql;
  if (vault) await vault.load(sql, [nobody]);
  if (vault && !vault.keyOf(nobody)) {
    vault.make(nobody);
    vault.write(sql);
  }
  const key = vault?.keyOf(nobody);
  const body = key ? encrypt(key, it.body, aboutOf(it.id)) : Buffer.from(it.body);
  await sql.run(
    `insert into refused_message
       (key, id, partner, request_id, trace_id, at, until, codes, content_type, configuration, envelope, is_sealed, body)
     values ((select coalesce(max(key), 0) + 1 from refused_message), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`,
    storable(it.id),
    partner,
    requestId,
    storable(it.traceId),
    it.receivedAt.getTime(),
    until.getTime(),
    it.codes.join(' '),
    storable(it.contentType),
    it.configuration,
    envelope,
    key ? 1 : 0,
    body,
  );
}

const aboutOf = (id: string): Buffer => Buffer.from(`refused message ${id}`);

const columns = 'key, id, partner, request_id, trace_id, at, codes, content_type, configuration, envelope';

const refusedOf = (row: Row): RefusedMessage => ({
  seq: number(row.key),
  id: text(row.id),
  partner: text(row.partner),
  requestId: text(row.request_id),
  traceId: text(row.trace_id),
  receivedAt: date(row.at),
  codes: text(row.codes).split(' ').filter(Boolean),
  contentType: text(row.content_type),
  configuration: text(row.configuration),
  envelope: text(row.envelope),
});

export async function refusedMessages(
  sql: Sql,
  { partner, traceId, since, until, now, cursor, count }: Parameters<Store['refusedMessages']>[0],
): Promise<Page<RefusedMessage>> {
  const start = cursor === undefined ? [Number.MAX_SAFE_INTEGER] : readCursor(cursor, 1);
  if (!start) return { items: [] };
  const rows = await sql.all(
    ...statement(
      piece`select ${columns} from refused_message where ${all([
        piece`key < ${value(start[0]!)} and until > ${value(now.getTime())}`,
        ...(partner === undefined ? [] : [piece`partner = ${value(storable(partner))}`]),
        ...(traceId === undefined ? [] : [piece`trace_id = ${value(storable(traceId))}`]),
        ...(since ? [piece`at >= ${value(since.getTime())}`] : []),
        ...(until ? [piece`at < ${value(until.getTime())}`] : []),
      ])} order by key desc limit ${value(count + 1)}`,
    ),
  );
  return pageOf(rows, count, (row) => number(row.key), refusedOf);
}

export async function refusedMessage(sql: Sql, id: string, now: Date): Promise<RefusedMessage | undefined> {
  const row = await first(
    sql.all('select * from refused_message where id = ?1 and until > ?2', storable(id), now.getTime()),
  );
  if (!row) return undefined;
  if (number(row.is_sealed) === 0) return { ...refusedOf(row), body: Uint8Array.from(bytes(row.body)) };
  const { vault } = sql;
  if (!vault) throw storeError('ERR_STORE_KEY_NEEDED', 'The store is encrypted, and no key ring was given.');
  await vault.load(sql, [nobody]);
  const key = vault.keyOf(nobody);
  const body = key && decrypt(key, bytes(row.body), aboutOf(text(row.id)));
  if (!body) throw storeError('ERR_STORE_DAMAGED', 'A refused message is damaged.');
  return { ...refusedOf(row), body: Uint8Array.from(body) };
}

export const removeRefused = ({ sql }: Writing, now: Date): Promise<number> =>
  sql.run('delete from refused_message where until <= ?1', now.getTime());
