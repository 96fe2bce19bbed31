import { canonicalJson } from '../../fhir/canonical-json.ts';
import { parseJson } from '../../fhir/json.ts';
import type { Criterion, Query, SearchResult, Store, StoredResource } from '../../store/port.ts';
import { indexOf } from '../../store/search-index.ts';

type Found = Extract<SearchResult, { kind: 'found' }>;
type Search = Store['search'];

/** A match on what the reader does not see is none, neither in the results nor in their number: it would reveal it. */
export const searchAsSeen =
  (search: Search, seen: (it: StoredResource) => StoredResource): Search =>
  async (type, query, reader) => {
    const names = type === 'Task' ? query.criteria.flatMap(namesOf).filter((it) => hideable.has(it)) : [];
    const visible = (it: StoredResource): readonly StoredResource[] => {
      const shown = seen(it);
      return shown === it || matchesAsShown(it, shown, names) ? [shown] : [];
    };
    if (names.length === 0) {
      const found = await search(type, query, reader);
      return found.kind === 'found' ? { ...found, resources: found.resources.map(seen) } : found;
    }
    const pages = (more: Partial<Query>) => pagesOf((cursor) => search(type, { ...query, ...more, ...cursor }, reader));
    return visiblePage(query, { visible, pages });
  };

/** Parameters whose values a reader may see other than as stored; all others are the same for every reader. */
const hideable: ReadonlySet<string> = new Set([
  ...['focus', 'part-of', 'part-of:identifier', 'based-on', 'patient', 'subject', 'identifier', 'code', '_source'],
  ...['requester', 'requester:identifier', 'owner:identifier', 'business-status'],
]);

const namesOf = ({ name, modifier, or = [] }: Criterion): readonly string[] => [
  modifier === 'identifier' ? `${name}:identifier` : name,
  ...or.flatMap(namesOf),
];

function matchesAsShown(stored: StoredResource, shown: StoredResource, names: readonly string[]): boolean {
  const [one, other] = [stored, shown].map(({ text }) => indexOf(parseJson(text), (value) => value).tokens);
  const of = (tokens: typeof one) => canonicalJson(tokens?.filter(({ parameter }) => names.includes(parameter)) ?? []);
  return of(one) === of(other);
}

type Visible = (it: StoredResource) => readonly StoredResource[];
type Pages = (more: Partial<Query>) => AsyncGenerator<SearchResult>;

/** Resources of one read of the store, and how many reads one search may take. */
const bounds = { page: 200, reads: 20 } as const;

async function* pagesOf(read: (cursor: { readonly cursor?: string }) => Promise<SearchResult>) {
  let cursor: { readonly cursor?: string } = {};
  for (let reads = 0; reads < bounds.reads; reads++) {
    const found = await read(cursor);
    yield found;
    if (found.kind !== 'found' || !found.next) return;
    cursor = { cursor: found.next };
  }
}

/** A page filled up with visible resources. `next` only where another visible one follows. */
async function visiblePage(
  query: Query,
  at: { readonly visible: Visible; readonly pages: Pages },
): Promise<SearchResult> {
  const { visible, pages } = at;
  const resources: StoredResource[] = [];
  let last: Found | undefined;
  for (let reads = 0, cursor = query.cursor; reads < bounds.reads; reads++) {
    const count = query.count === 0 ? 0 : query.count - resources.length;
    const more = { count, total: reads === 0 && query.total === true, ...(cursor ? { cursor } : {}) };
    const { value: found } = await pages(more).next();
    if (found?.kind !== 'found') return found ?? { kind: 'found', resources };
    last = { ...found, ...(last?.total === undefined ? {} : { total: last.total }) };
    resources.push(...found.resources.flatMap(visible));
    cursor = found.next;
    if (!cursor || resources.length >= query.count) break;
  }
  const next = last?.next && (await anotherAfter(last.next, at)) ? { next: last.next } : {};
  const total = last?.total === undefined ? undefined : await countVisible(last.total, at);
  return { kind: 'found', resources, ...(total === undefined ? {} : { total }), ...next };
}

async function anotherAfter(
  cursor: string,
  { visible, pages }: { readonly visible: Visible; readonly pages: Pages },
): Promise<boolean> {
  let isComplete = false;
  for await (const found of pages({ cursor, count: bounds.page, total: false })) {
    if (found.kind !== 'found') return false;
    if (found.resources.some((it) => visible(it).length > 0)) return true;
    isComplete = !found.next;
  }
  return !isComplete;
}

/** Undefined when there are too many to look at: no number rather than that of the stored ones. */
async function countVisible(
  stored: number,
  { visible, pages }: { readonly visible: Visible; readonly pages: Pages },
): Promise<number | undefined> {
  if (stored > bounds.page * bounds.reads) return undefined;
  let count = 0;
  for await (const found of pages({ count: bounds.page, total: false }))
    if (found.kind === 'found') count += found.resources.flatMap(visible).length;
  return count;
}
