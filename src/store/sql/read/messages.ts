import { readCursor, writeCursor } from '../../cursor.ts';
import type { KeyedMessage, Message, MessageKeys, Page, Store } from '../../port.ts';
import { entriesIn } from '../journal/entry.ts';
import { messageOf } from '../journal/message.ts';
import { first, number, type Row, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import { all, piece, statement, value } from './fragment.ts';

export async function messageById(sql: Sql, id: string): Promise<Message | undefined> {
  return messageIn(sql, await first(sql.all('select * from entry where message = ?1', storable(id))));
}

export async function messageByRequest(sql: Sql, partner: string, requestId: string): Promise<Message | undefined> {
  const row = await first(
    sql.all(
      'select e.* from request q join entry e on e.seq = q.entry where q.request_id = ?1 and q.partner = ?2',
      storable(requestId),
      partner,
    ),
  );
  return messageIn(sql, row);
}

/** The first message of this partner with one of these keys. */
export async function messageByKeys(
  sql: Sql,
  partner: string,
  { keys, since }: Pick<MessageKeys, 'keys' | 'since'>,
): Promise<KeyedMessage | undefined> {
  for (const key of keys) {
    const row = await first(
      sql.all(
        `select e.*, k.content, k.location from message_key k join entry e on e.seq = k.entry
         where k.partner = ?1 and k.key = ?2`,
        partner,
        key,
      ),
    );
    const message = await messageIn(sql, row);
    if (row && message && !(since && message.receivedAt < since))
      return { message, content: text(row.content), location: text(row.location) };
  }
  return undefined;
}

export async function messages(sql: Sql, query: Parameters<Store['messages']>[0]): Promise<Page<Message>> {
  const { cursor, count, latestFirst = false, traceId } = query;
  const start = cursor === undefined ? [latestFirst ? Number.MAX_SAFE_INTEGER : 0] : readCursor(cursor, 1);
  if (!start) return { items: [] };
  const found: { readonly seq: number; readonly message: Message }[] = [];
  for (let after = start[0]!, more = true; more && found.length <= count; ) {
    const rows = await messagesAfter(sql, query, after);
    for (const entry of await entriesIn(sql, rows, 'now')) {
      const message = messageOf(entry);
      // the entry of a message mentions other traces too
      if (message && (traceId === undefined || message.traceId === traceId)) found.push({ seq: entry.seq, message });
    }
    after = number(rows.at(-1)?.seq);
    more = rows.length > count;
  }
  const items = found.slice(0, count);
  const last = items.at(-1);
  return {
    items: items.map(({ message }) => message),
    ...(found.length > count && last ? { next: writeCursor([last.seq]) } : {}),
  };
}

async function messagesAfter(
  sql: Sql,
  { partner, traceId, count, latestFirst }: Parameters<Store['messages']>[0],
  after: number,
): Promise<readonly Row[]> {
  const [from, key] =
    traceId === undefined ? ['entry e', 'e.seq'] : ['mention m join entry e on e.seq = m.entry', 'm.entry'];
  const [beyond, direction] = latestFirst ? ['<', ' desc'] : ['>', ''];
  const where = all([
    piece`e.message is not null and ${key} ${beyond} ${value(after)}`,
    ...(traceId === undefined ? [] : [piece`m.name = ${value(storable(traceId))}`]),
    ...(partner === undefined ? [] : [piece`e.partner = ${value(partner)}`]),
  ]);
  return sql.all(
    ...statement(piece`select e.* from ${from} where ${where} order by ${key}${direction} limit ${value(count + 1)}`),
  );
}

const messageIn = async (sql: Sql, row: Row | undefined): Promise<Message | undefined> =>
  row && (await entriesIn(sql, [row], 'now')).map(messageOf)[0];
