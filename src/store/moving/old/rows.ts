import { mgnNaming } from '../../../fhir/canonical.ts';
import type { AuditEvent, Message } from '../../port.ts';
import { factsOf } from '../../sql/journal/facts.ts';
import { bytes, date, number, optional, type Row, text } from '../../sql/sql.ts';
import type { OldStore } from './file.ts';
import { type Owned, type Stream, streamOf } from './stream.ts';

export type OldVersion = Owned & {
  readonly resource: number;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly isCurrent: boolean;
  readonly text: string;
};

export type OldDispatch = Owned & { readonly row: Row; readonly body: string };

export type OldEvent = Owned & { readonly text: string; readonly names: readonly string[] };

export type OldMessage = { readonly key: number; readonly message: Message };

/** The rows of the previous layout that become entries of the journal, each table in the order of its commits. */
export type OldRows = {
  readonly messages: Iterable<OldMessage>;
  readonly versions: Stream<OldVersion>;
  readonly dispatches: Stream<OldDispatch>;
  readonly events: Stream<OldEvent>;
};

export const oldRows = (old: OldStore): OldRows => ({
  messages: messagesOf(old),
  versions: streamOf(versionsOf(old)),
  dispatches: streamOf(dispatchesOf(old)),
  events: streamOf(eventsOf(old)),
});

export function* messagesOf(old: OldStore): Generator<OldMessage> {
  for (const row of old.rows('select * from message order by key'))
    yield {
      key: number(row.key),
      message: {
        id: text(row.id),
        partner: text(row.partner),
        requestId: text(row.request_id),
        ...optional('correlationId', row.correlation_id, text),
        traceId: text(row.trace_id),
        bodyDigest: text(row.body_digest),
        contentType: text(row.content_type),
        body: bytes(row.body),
        receivedAt: date(row.received_at),
        configuration: text(row.configuration),
        answer: { status: number(row.answer_status), contentType: text(row.answer_type), body: text(row.answer_body) },
        messageLog: text(row.record),
      },
    };
}

export function* versionsOf(old: OldStore): Generator<OldVersion> {
  const select = `select v.resource, v.version, v.last_updated, v.text, r.type, r.id, r.version as current, m.key as owner
    from version v join resource r on r.key = v.resource left join message m on m.id = v.message order by v.rowid`;
  for (const row of old.rows(select))
    yield {
      owner: ownerOf(row),
      at: number(row.last_updated),
      resource: number(row.resource),
      type: text(row.type),
      id: text(row.id),
      version: number(row.version),
      isCurrent: number(row.current) === number(row.version),
      text: text(row.text),
    };
}

/** A body that was deleted after its delivery is empty. */
export function* dispatchesOf(old: OldStore): Generator<OldDispatch> {
  const select = `select d.*, b.body, m.key as owner from dispatch d left join dispatch_body b on b.dispatch = d.key
    left join message m on m.id = d.message_id order by d.key`;
  for (const row of old.rows(select))
    yield { owner: ownerOf(row), at: number(row.created_at), row, body: row.body === null ? '' : text(row.body) };
}

function* eventsOf(old: OldStore): Generator<OldEvent> {
  const messageOf = 'select key from message where partner = ? and request_id = ?';
  let last = 0;
  for (const row of old.rows('select request_id, text from audit order by seq')) {
    const event = JSON.parse(text(row.text)) as AuditEvent;
    const partner = row.request_id === null ? undefined : partnerOf(event);
    const owner = partner === undefined ? undefined : old.get(messageOf, partner, text(row.request_id));
    last = Date.parse(event.recorded ?? '') || last;
    yield {
      owner: owner && number(owner.key),
      at: last,
      text: text(row.text),
      names: factsOf([event]).names,
    };
  }
}

const ownerOf = (row: Row): number | undefined => (row.owner === null ? undefined : number(row.owner));

const partnerSystem = mgnNaming('partner');

const partnerOf = ({ agent }: AuditEvent): string | undefined =>
  agent.find(({ requestor }) => requestor)?.who?.identifier?.system === partnerSystem
    ? agent.find(({ requestor }) => requestor)?.who?.identifier?.value
    : undefined;
