import { mgnNaming } from '../../fhir/canonical.ts';
import { writeJson } from '../../fhir/json.ts';
import type { AuditEvent, AuditQuery, AuditRow, Page } from '../port.ts';
import { type Database, number, text } from './database.ts';
import { pageOf, selectPage } from './page.ts';

/** The only writer of the audit trail, always inside a transaction: `seq` follows the order of writing. */
export function appendAudit(database: Database, events: readonly AuditEvent[]): void {
  for (const event of events) {
    const { key } = database.run(
      'insert into audit (request_id, correlation_id, trace_id, text) values (?, ?, ?, ?)',
      identifierOf(event, 'request-id'),
      identifierOf(event, 'correlation-id'),
      identifierOf(event, 'trace-id'),
      writeJson(event),
    );
    for (const reference of referencesOf(event))
      database.run('insert into audit_entity (reference, seq) values (?, ?)', reference, key);
  }
}

export function audit(database: Database, query: AuditQuery): Page<AuditRow> {
  const select =
    query.entity === undefined
      ? 'select a.seq, a.text from audit a'
      : 'select a.seq, a.text from audit_entity e join audit a on a.seq = e.seq';
  const key = query.entity === undefined ? 'a.seq' : 'e.seq';
  const rows = selectPage(database, select, query, key, {
    'a.request_id': query.requestId,
    'a.correlation_id': query.correlationId,
    'a.trace_id': query.traceId,
    'e.reference': query.entity,
  });
  const seqOf = (row: (typeof rows)[number]) => number(row.seq);
  return pageOf(rows, query.count, seqOf, (row) => ({ seq: seqOf(row), text: text(row.text) }));
}

const identifierOf = (event: AuditEvent, name: string): string | null =>
  event.entity?.find((it) => it.what?.identifier?.system === mgnNaming(name))?.what?.identifier?.value ?? null;

const referencesOf = (event: AuditEvent): ReadonlySet<string> =>
  new Set((event.entity ?? []).flatMap((it) => it.what?.reference ?? []));
