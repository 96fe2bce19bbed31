import { parseJson } from '../../fhir/json.ts';
import type { Criterion, Query, SearchResult, Store, StoredResource } from '../../store/port.ts';
import { isMetByAbsence, meetsAsShown } from './meets-criterion.ts';

type Found = Extract<SearchResult, { kind: 'found' }>;
type Search = Store['search'];

/** How a reader sees what the store has. */
export type Seeing = {
  /** Undefined for what the reader may not read at all. */
  readonly seen: (it: StoredResource) => StoredResource | undefined;
  /** What the reader may see in another form than stored is among the resources that meet one of these. */
  readonly reduced: readonly Criterion[];
  /** Whether the reader may read what is no Task now; absent: all that was disclosed to it. */
  readonly isReadable?: ((it: StoredResource) => Promise<boolean>) | undefined;
};

/**
 * A search is answered by what its reader sees: a match on anything else is none, neither in the results nor in their
 * number, and an element that is withheld is an absent one. Either would reveal it.
 */
export const searchAsSeen =
  (search: Search, { seen, reduced, isReadable }: Seeing): Search =>
  async (type, query, reader) => {
    if (type !== 'Task' && isReadable) {
      const pages = (more: Partial<Query>) =>
        pagesOf((cursor) => search(type, { ...query, ...more, ...cursor }, reader));
      return visiblePage(query, {
        visible: async (it) => ((await isReadable(it)) ? [seen(it) ?? []].flat() : []),
        pages,
      });
    }
    const criteria = type === 'Task' ? query.criteria.filter((it) => !isSameForAll(it)) : [];
    if (criteria.length === 0) {
      const found = await search(type, query, reader);
      return found.kind === 'found' ? { ...found, resources: found.resources.flatMap((it) => seen(it) ?? []) } : found;
    }
    const widened = new Set(criteria.filter(isMetByAbsence));
    const asked: Query = {
      ...query,
      criteria: query.criteria.map((it) => (widened.has(it) ? withOthers(it, reduced) : it)),
    };
    const visible = async (it: StoredResource): Promise<readonly StoredResource[]> => {
      const shown = seen(it);
      if (!shown) return [];
      if (shown === it && widened.size === 0) return [it];
      const both = { stored: parseJson(it.text), shown: parseJson(shown.text) };
      for (const criterion of criteria) {
        const judged = { ...both, criterion, isWidened: widened.has(criterion) };
        if (!(await meetsAsShown(judged, { search, reader, now: query.now }))) return [];
      }
      return [shown];
    };
    const pages = (more: Partial<Query>) => pagesOf((cursor) => search(type, { ...asked, ...more, ...cursor }, reader));
    return visiblePage(query, { visible, pages });
  };

const withOthers = (criterion: Criterion, others: readonly Criterion[]): Criterion => ({
  ...criterion,
  or: [...(criterion.or ?? []), ...others],
});

/** Parameters of a Task whose value every reader sees as it is stored. */
const sameForAll: ReadonlySet<string> = new Set(['_id', '_lastUpdated', 'status', 'intent', 'authored-on', 'owner']);

const isSameForAll = ({ name, modifier, or = [] }: Criterion): boolean =>
  sameForAll.has(name) && modifier !== 'identifier' && or.every(isSameForAll);

type Visible = (it: StoredResource) => Promise<readonly StoredResource[]>;
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

const visibleOf = async (found: Found, visible: Visible): Promise<readonly StoredResource[]> =>
  (await Promise.all(found.resources.map(visible))).flat();

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
    resources.push(...(await visibleOf(found, visible)));
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
    if ((await visibleOf(found, visible)).length > 0) return true;
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
    if (found.kind === 'found') count += (await visibleOf(found, visible)).length;
  return count;
}
