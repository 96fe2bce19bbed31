import type { Memory } from '../exchange/memory/memory.ts';
import { parseJson } from '../fhir/json.ts';
import type { Elements } from '../fhir/resource.ts';
import type { Query, SearchResult, Store, StoredResource } from '../store/port.ts';

/** Upper bound on the pages of a search; beyond it the result is incomplete. */
const mostPages = 20;
const pageSize = 100;

/** The memory of the gateway at a past moment, as far as the store can reconstruct it. */
export type PastMemory = Memory & {
  /** True when a search was incomplete. */
  readonly isCutOff: () => boolean;
};

/**
 * The store just before a moment: every resource in the version current then. Searches use the present index, except
 * for `status`, which changes often and is read from the version of that time. Access is as of today.
 */
export function memoryAt(store: Pick<Store, 'history' | 'search'>, moment: Date): PastMemory {
  let cutOff = false;
  const read = async (type: string, id: string, reader?: string): Promise<StoredResource | undefined> =>
    (await store.history(type, id, reader)).find(({ lastUpdated }) => lastUpdated < moment);

  const search = async (type: string, query: Query, reader?: string): Promise<SearchResult> => {
    const isStatus = ({ name, modifier }: Query['criteria'][number]) => name === 'status' && modifier === undefined;
    const statuses = query.criteria.filter(isStatus);
    const wide: Query = { ...query, criteria: query.criteria.filter((it) => !isStatus(it)), count: pageSize };
    const resources: StoredResource[] = [];
    let cursor = query.cursor;
    for (let page = 0; page < mostPages; page++) {
      const found = await store.search(type, { ...wide, ...(cursor ? { cursor } : {}) }, reader);
      if (found.kind !== 'found') return found;
      for (const { id } of found.resources) {
        const then = await read(type, id, reader);
        if (!then || !statuses.every(({ values }) => values.includes(statusOf(then)))) continue;
        resources.push(then);
        if (resources.length === query.count) return { kind: 'found', resources };
      }
      if (!found.next) return { kind: 'found', resources };
      cursor = found.next;
    }
    cutOff = true;
    return { kind: 'found', resources };
  };
  return { read, search, isCutOff: () => cutOff };
}

const statusOf = ({ text }: StoredResource): string => String((parseJson(text) as unknown as Elements).status);
