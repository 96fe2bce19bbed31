import { dayIn } from '../../directory/index.ts';
import { isWithin, type Period } from '../../measure/index.ts';
import type { StoredResource } from '../../store/port.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { municipalityLookUp } from './municipality.ts';

/** Store, network and period of one evaluation of the measures. */
export type MeasureContext = {
  readonly store: Gateway['store'];
  readonly network: Gateway['network'];
  readonly period: Period;
  /** Day (yyyy-mm-dd) in the time zone of the network. */
  readonly dayOf: (at: Date) => string;
  readonly isWithin: (at: Date) => boolean;
  /** Code of the municipality of a person (`Patient/<id>`), or `outside`, or `unknown`. */
  readonly municipalityOf: (person: string | undefined) => Promise<string>;
};

export function measureContext({ store, network }: Pick<Gateway, 'store' | 'network'>, period: Period): MeasureContext {
  const days = new Map<number, string>();
  const dayOf = (at: Date): string => {
    // No time zone changes its day within a quarter of an quarter, and formatting a date costs more than reading it.
    const quarter = Math.floor(at.getTime() / 900_000);
    const cached = days.get(quarter);
    if (cached !== undefined) return cached;
    const day = dayIn(network.settings.timezone, at);
    days.set(quarter, day);
    return day;
  };
  return {
    store,
    network,
    period,
    dayOf,
    isWithin: (at) => isWithin(period, dayOf(at)),
    municipalityOf: municipalityLookUp(store, network),
  };
}

/** One parsed version of a resource. */
export type Version<T> = { readonly at: Date; readonly resource: T };

const pageSize = 100;
/** Resources per turn of the event loop: a store without I/O never yields by itself. */
const resourcesPerTurn = 5;

/**
 * Every resource of a type that was written during the period or later, with its versions until the end of the period,
 * the oldest first. Later versions are ignored.
 */
export async function* resourcesInPeriod<T>(
  { store, period, dayOf }: MeasureContext,
  type: 'Task' | 'ServiceRequest' | 'Encounter',
): AsyncGenerator<{ readonly id: string; readonly versions: readonly Version<T>[] }> {
  // A day earlier: the period of the network may start before the same day in UTC.
  const since = new Date(Date.parse(period.start) - 86_400_000).toISOString();
  const query = {
    criteria: [{ name: '_lastUpdated', values: [`ge${since}`] }],
    sort: '_lastUpdated',
    count: pageSize,
  } as const;
  let cursor: string | undefined;
  let read = 0;
  // A resource that changes meanwhile moves to the end of the order and would be read again.
  const seen = new Set<string>();
  do {
    const found = await store.search(type, { ...query, ...(cursor ? { cursor } : {}) });
    if (found.kind !== 'found') throw new Error(`the store can't search ${type} by _lastUpdated`);
    for (const stored of found.resources) {
      if (++read % resourcesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      if (seen.has(stored.id)) continue;
      seen.add(stored.id);
      const all = stored.version === 1 ? [stored] : (await store.history(type, stored.id)).toReversed();
      const versions = all.filter(({ lastUpdated }) => dayOf(lastUpdated) <= period.end).map(versionOf<T>);
      if (versions.length > 0) yield { id: stored.id, versions };
    }
    cursor = found.next;
  } while (cursor);
}

/** JSON.parse may lose digits of decimals, which measures do not use; it is faster than parseJson. */
export const versionOf = <T>({ text, lastUpdated }: StoredResource): Version<T> => ({
  at: lastUpdated,
  resource: JSON.parse(text) as T,
});

/** Current version of a resource. */
export async function readCurrent<T>({ store }: MeasureContext, reference: string | undefined): Promise<T | undefined> {
  const [type = '', id = ''] = (reference ?? '').split('/').slice(-2);
  const stored = id ? await store.read(type, id) : undefined;
  return stored && versionOf<T>(stored).resource;
}

const maximumResults = 500;

/** Resources of a type whose search parameter matches one of the references. */
async function searchReferring(
  { store }: MeasureContext,
  type: 'Task' | 'ServiceRequest' | 'Encounter',
  name: string,
  references: readonly string[],
): Promise<readonly StoredResource[]> {
  if (references.length === 0) return [];
  const answer = await store.search(type, { criteria: [{ name, values: references }], count: maximumResults });
  if (answer.kind !== 'found') throw new Error(`the store can't search ${type} by ${name}`);
  return answer.resources;
}

/** `Type/id` of those resources. */
export const referencesTo = async (...query: Parameters<typeof searchReferring>): Promise<readonly string[]> =>
  (await searchReferring(...query)).map(({ type, id }) => `${type}/${id}`);

/** Those resources with their versions, the oldest first. */
export async function versionsReferringTo<T>(
  ...query: Parameters<typeof searchReferring>
): Promise<readonly { readonly id: string; readonly versions: readonly Version<T>[] }[]> {
  const [{ store }] = query;
  const all = [];
  for (const it of await searchReferring(...query)) {
    const history = it.version === 1 ? [it] : (await store.history(it.type, it.id)).toReversed();
    all.push({ id: it.id, versions: history.map(versionOf<T>) });
  }
  return all;
}
