import type { Resource } from '../../../fhir/resource.ts';
import type { Dispatch } from '../../port.ts';
import { bulk } from '../../sql/bulk.ts';
import { resourceColumns, tokenColumns, versionColumns } from '../../sql/commit/write.ts';
import type { Indexing, IndexRows } from '../../sql/index/indexing.ts';
import { type EntryRow, insertEntries } from '../../sql/journal/append.ts';
import { outsideReferences } from '../../sql/journal/mentions.ts';
import { entryOfMessage } from '../../sql/journal/message.ts';
import { pack } from '../../sql/journal/payload.ts';
import { dispatchKey, numbersOf, referenceKey, resourceKey } from '../../sql/keys.ts';
import { newDispatchColumns } from '../../sql/outbox/insert.ts';
import { headText } from '../../sql/outbox/row.ts';
import { number, optional, type Row, type Sql, text } from '../../sql/sql.ts';
import type { OldEntry } from './entries.ts';
import { type NewKeys, newKey } from './new-keys.ts';
import type { OldDispatch, OldMessage, OldVersion } from './rows.ts';

type Cell = string | number | null;

/** Rows of the new layout, by table. */
type Rows = {
  readonly entries: EntryRow[];
  readonly requests: Cell[][];
  readonly resources: Cell[][];
  readonly versions: Cell[][];
  readonly tokens: Cell[][];
  readonly dispatches: Cell[][];
};

/**
 * Writes entries with the rows that lead to them: one statement a table. `first`: the number of the first entry. Returns
 * the number of the next one.
 */
export async function writeEntries(
  sql: Sql,
  entries: readonly OldEntry[],
  first: number,
  { indexing, keys }: { readonly indexing: Indexing; readonly keys: NewKeys },
): Promise<number> {
  const rows: Rows = { entries: [], requests: [], resources: [], versions: [], tokens: [], dispatches: [] };
  let next = first;
  for (const entry of entries) {
    addEntry(rows, entry, next, indexing, keys);
    const { versions, dispatches, events } = entry;
    next += numbersOf(Math.max(versions.length, dispatches.length, events.length));
  }
  insertEntries(sql, rows.entries);
  await bulk(
    sql,
    (it) =>
      `insert into request (request_id, partner, entry, digest) select request_id, partner, entry, digest from ${it} w`,
    { request_id: 'text', partner: 'text', entry: 'integer', digest: 'text' },
    rows.requests,
  );
  await insert(sql, 'resource', resourceColumns, rows.resources);
  await insert(sql, 'version', versionColumns, rows.versions);
  await insert(sql, 'token', tokenColumns, rows.tokens);
  await insert(sql, 'dispatch', dispatchColumns, rows.dispatches);
  return next;
}

const insert = (sql: Sql, table: string, columns: Readonly<Record<string, 'text' | 'integer'>>, rows: Cell[][]) => {
  const names = Object.keys(columns).join(', ');
  return bulk(sql, (it) => `insert into ${table} (${names}) select ${names} from ${it} w`, columns, rows);
};

function addEntry(rows: Rows, entry: OldEntry, seq: number, indexing: Indexing, keys: NewKeys): void {
  const { message, versions, dispatches, events } = entry;
  const written = message && entryOfMessage(message.message, versions.length);
  const firstBody = versions.length + (written?.texts.length ?? 0);
  for (const [part, it] of versions.entries()) addVersion(rows, it, { entry: seq, part }, indexing, keys);
  dispatches.forEach((it, position) => {
    const key = dispatchKey(seq, position);
    keys.dispatches[number(it.row.key)] = key;
    rows.dispatches.push(dispatchRow(it, { key, entry: seq, part: firstBody + position }, message));
  });
  const texts = [...versions.map((it) => it.text), ...(written?.texts ?? []), ...dispatches.map(({ body }) => body)];
  const { sizes, payload } = pack(texts);
  rows.entries.push({
    seq,
    at: message ? message.message.receivedAt.getTime() : ([...versions, ...dispatches, ...events][0]?.at ?? 0),
    sizes,
    ...(texts.length ? { payload } : {}),
    ...(message && written ? { id: message.message.id, partner: message.message.partner, message: written.head } : {}),
    facts: { texts: events.map((it) => it.text), names: namesOf(entry) },
  });
  if (!message) return;
  keys.messages[message.key] = seq;
  const { requestId, partner, bodyDigest } = message.message;
  rows.requests.push([requestId, partner, seq, bodyDigest]);
}

/** A version that is not the current one has no index of its own: all its references count. */
const notIndexed: IndexRows = { tokens: [], facets: '', low: null, high: null };

/** As a commit names its entry: without what other tables lead from. */
function namesOf({ message, versions, events }: OldEntry): readonly string[] {
  const names = new Set(events.flatMap((it) => it.names));
  if (message) {
    names.delete(message.message.requestId);
    names.add(message.message.traceId);
  }
  for (const { type, id } of versions) names.delete(referenceKey(`${type}/${id}`));
  const written = versions.map(({ type, id, text }) => ({ type, id, text, index: notIndexed }));
  for (const name of outsideReferences(written)) names.add(name);
  return [...names];
}

function addVersion(
  rows: Rows,
  it: OldVersion,
  { entry, part }: { readonly entry: number; readonly part: number },
  indexing: Indexing,
  keys: NewKeys,
): void {
  if (it.version === 1) keys.resources[it.resource] = resourceKey(entry, part);
  const key = newKey(keys.resources, it.resource, 'resource');
  if (!it.isCurrent) {
    rows.versions.push([key, it.version, it.at, entry, part]);
    return;
  }
  const index = indexing.of(JSON.parse(it.text) as Resource);
  rows.resources.push([key, it.type, it.id, it.version, it.at, entry, part, index.low, index.high, index.facets]);
  for (const { parameter, value, system } of index.tokens)
    rows.tokens.push([value, indexing.key(it.type, parameter), key, system]);
}

const dispatchColumns = {
  ...newDispatchColumns,
  state: 'text',
  attempts: 'integer',
  failures: 'integer',
  ended_at: 'integer',
  because: 'text',
  location: 'text',
} as const;

/** Columns of a dispatch that have the same name and meaning in both layouts. */
export const sameColumns = [
  'id',
  'recipient',
  'size',
  'message_id',
  'trace_id',
  'task',
  'subscription',
  'created_at',
  'queued_at',
  'state',
  'journey',
  'attempts',
  'failures',
  'ended_at',
  'because',
  'location',
] as const;

function dispatchRow(
  { row, body }: OldDispatch,
  place: { readonly key: number; readonly entry: number; readonly part: number },
  message: OldMessage | undefined,
): Cell[] {
  const cells: Record<string, Cell> = {
    ...place,
    ...Object.fromEntries(sameColumns.map((name) => [name, row[name] as Cell])),
    head: headText(dispatchOf(row, body)),
    own: message && isOwn(row, message) ? 1 : 0,
  };
  return Object.keys(dispatchColumns).map((name) => cells[name]!);
}

const isOwn = (row: Row, { message }: OldMessage): boolean =>
  row.message_id === message.id && row.correlation_id === message.requestId && row.trace_id === message.traceId;

const dispatchOf = (row: Row, body: string): Dispatch => ({
  id: text(row.id),
  recipient: text(row.recipient),
  channel: text(row.channel) as Dispatch['channel'],
  kind: text(row.kind),
  body,
  ...optional('address', row.address, text),
  contentType: text(row.content_type),
  requestId: text(row.request_id),
  ...optional('correlationId', row.correlation_id, text),
  traceId: text(row.trace_id),
  ...optional('about', row.about, (it) => JSON.parse(text(it)) as readonly string[]),
});
