import type { Message, Page, Store } from '../port.ts';
import { type Database, date, number, optional, type Row, text } from './database.ts';
import { pageOf, selectPage } from './page.ts';

/** False, and nothing is written, when its sender used this request id before. */
export function insertMessage(database: Database, it: Message): boolean {
  const { changes } = database.run(
    `insert into message (id, partner, request_id, correlation_id, trace_id, body_digest, content_type, body, received_at,
       configuration, answer_status, answer_type, answer_body, record)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (partner, request_id) do nothing`,
    it.id,
    it.partner,
    it.requestId,
    it.correlationId ?? null,
    it.traceId,
    it.bodyDigest,
    it.contentType,
    it.body,
    it.receivedAt.getTime(),
    it.configuration,
    it.answer.status,
    it.answer.contentType,
    it.answer.body,
    it.messageLog,
  );
  return changes > 0;
}

export function messageByRequest(database: Database, partner: string, requestId: string): Message | undefined {
  const row = database.get('select * from message where partner = ? and request_id = ?', partner, requestId);
  return row && messageOf(row);
}

export function messageById(database: Database, id: string): Message | undefined {
  const row = database.get('select * from message where id = ?', id);
  return row && messageOf(row);
}

export function messages(database: Database, query: Parameters<Store['messages']>[0]): Page<Message> {
  const rows = selectPage(database, 'select * from message', query, 'key', {
    partner: query.partner,
    trace_id: query.traceId,
  });
  return pageOf(rows, query.count, (row) => number(row.key), messageOf);
}

const messageOf = (row: Row): Message => ({
  id: text(row.id),
  partner: text(row.partner),
  requestId: text(row.request_id),
  ...optional('correlationId', row.correlation_id, String),
  traceId: text(row.trace_id),
  bodyDigest: text(row.body_digest),
  contentType: text(row.content_type),
  body: row.body as Uint8Array,
  receivedAt: date(row.received_at),
  configuration: text(row.configuration),
  answer: {
    status: number(row.answer_status),
    contentType: text(row.answer_type),
    body: text(row.answer_body),
  },
  messageLog: text(row.record),
});
