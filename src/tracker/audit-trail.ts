import type { AuditQuery, AuditRow, Store } from '../store/port.ts';
import { type AuditLine, auditLineOf } from './audit-event.ts';

export type AuditFilter = {
  /** Recorded at or after this time. */
  readonly since?: Date;
  /** Recorded before this time. */
  readonly until?: Date;
  /** Id of a partner that sent or received. */
  readonly partner?: string;
  readonly outcome?: AuditLine['outcome'];
  /** Name of the interaction: `read`, `accept`, `deliver`. */
  readonly interaction?: string;
  /** Events that any of these finds; absent: all events. */
  readonly among?: readonly AuditSource[];
};

/** An index of the trail. */
export type AuditSource = Pick<AuditQuery, 'requestId' | 'correlationId' | 'traceId' | 'entity'>;

const pageSize = 500;

/** The events that pass the filter, in the order of writing. The trail is read page by page. */
export async function* auditTrail(store: Pick<Store, 'audit'>, filter: AuditFilter): AsyncGenerator<AuditLine> {
  for await (const { line } of auditRows(store, filter)) yield line;
}

/** The same, each with its AuditEvent as JSON. */
export async function* auditRows(
  store: Pick<Store, 'audit'>,
  filter: AuditFilter,
): AsyncGenerator<{ readonly line: AuditLine; readonly text: string }> {
  for await (const row of merged((filter.among ?? [{}]).map((source) => rowsOf(store, source)))) {
    const line = auditLineOf(row);
    if (passes(line, filter)) yield { line, text: row.text };
  }
}

/** Events that waited for a full disk are written later than they were recorded: the time does not follow the order. */
function passes(line: AuditLine, { since, until, partner, outcome, interaction }: AuditFilter): boolean {
  const at = Date.parse(line.at);
  return (
    (since === undefined || at >= since.getTime()) &&
    (until === undefined || at < until.getTime()) &&
    (partner === undefined || line.partner === partner || line.recipient === partner) &&
    (outcome === undefined || line.outcome === outcome) &&
    (interaction === undefined || line.interaction === interaction)
  );
}

async function* rowsOf(store: Pick<Store, 'audit'>, source: AuditSource): AsyncGenerator<AuditRow> {
  for (let cursor: string | undefined; ; ) {
    const page = await store.audit({ ...source, count: pageSize, ...(cursor ? { cursor } : {}) });
    yield* page.items;
    if (!page.next) return;
    cursor = page.next;
  }
}

/** Rows of several sources in the order of writing, each once. */
async function* merged(sources: readonly AsyncGenerator<AuditRow>[]): AsyncGenerator<AuditRow> {
  const heads = new Map<AsyncGenerator<AuditRow>, AuditRow>();
  const advance = async (source: AsyncGenerator<AuditRow>) => {
    const next = await source.next();
    if (next.done) heads.delete(source);
    else heads.set(source, next.value);
  };
  for (const source of sources) await advance(source);
  while (heads.size > 0) {
    const [first] = [...heads.values()].sort((one, other) => one.seq - other.seq);
    if (!first) return;
    yield first;
    for (const [source, { seq }] of [...heads]) if (seq === first.seq) await advance(source);
  }
}
