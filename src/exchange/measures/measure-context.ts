import { dayIn } from '../../directory/index.ts';
import { isWithin, type Period } from '../../measure/index.ts';
import type { StoredResource } from '../../store/port.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { municipalityLookUp } from './municipality.ts';

/** A look at the store for the figures of one period. */
export type MeasureContext = {
  readonly store: Gateway['store'];
  readonly network: Gateway['network'];
  readonly period: Period;
  /** The day (yyyy-mm-dd) where the network is. */
  readonly dayOf: (at: Date) => string;
  readonly isWithin: (at: Date) => boolean;
  /** Code of the municipality where a person (`Patient/<id>`) lives, or `outside`, or `unknown`. */
  readonly municipalityOf: (person: string | undefined) => Promise<string>;
};

export function measureContext({ store, network }: Pick<Gateway, 'store' | 'network'>, period: Period): MeasureContext {
  const days = new Map<number, string>();
  const dayOf = (at: Date): string => {
    // The hour decides: no time zone changes its day within one. A format of a date costs more than reading it.
    const hour = Math.floor(at.getTime() / 900_000);
    const known = days.get(hour);
    if (known !== undefined) return known;
    const day = dayIn(network.settings.timezone, at);
    days.set(hour, day);
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

/** One version of a resource, read. */
export type Version<T> = { readonly at: Date; readonly resource: T };

const pageSize = 100;
/** As much as is read before others get their turn: a store without I/O never lets go of the event loop by itself. */
const resourcesPerTurn = 5;

/**
 * Every resource of a type that was written to during the period or later, with its versions until the end of the period,
 * oldest first: what was written after it is as if it had not happened yet.
 */
export async function* resourcesInPeriod<T>(
  { store, period, dayOf }: MeasureContext,
  type: 'Task' | 'ServiceRequest' | 'Encounter',
): AsyncGenerator<{ readonly id: string; readonly versions: readonly Version<T>[] }> {
  // A day earlier: where the network is, the period began before it did in UTC, or after.
  const since = new Date(Date.parse(period.start) - 86_400_000).toISOString();
  const query = {
    criteria: [{ name: '_lastUpdated', values: [`ge${since}`] }],
    sort: '_lastUpdated',
    count: pageSize,
  } as const;
  let cursor: string | undefined;
  let read = 0;
  // What is changed meanwhile moves to the end of the order, and would be met again.
  const seen = new Set<string>();
  do {
    const found = await store.search(type, { ...query, ...(cursor ? { cursor } : {}) });
    if (found.kind !== 'found') throw new Error(`the store can not search ${type} by _lastUpdated`);
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

/** Nothing of it is given on that could lose digits, and there may be many: the quick way to read it. */
export const versionOf = <T>({ text, lastUpdated }: StoredResource): Version<T> => ({
  at: lastUpdated,
  resource: JSON.parse(text) as T,
});

/** A resource as it is now. */
export async function readCurrent<T>({ store }: MeasureContext, reference: string | undefined): Promise<T | undefined> {
  const [type = '', id = ''] = (reference ?? '').split('/').slice(-2);
  const stored = id ? await store.read(type, id) : undefined;
  return stored && versionOf<T>(stored).resource;
}

const maximumResults = 500;

/** Resources of a type whose parameter names one of the references. */
async function searchReferring(
  { store }: MeasureContext,
  type: 'Task' | 'ServiceRequest' | 'Encounter',
  name: string,
  references: readonly string[],
): Promise<readonly StoredResource[]> {
  if (references.length === 0) return [];
  const answer = await store.search(type, { criteria: [{ name, values: references }], count: maximumResults });
  if (answer.kind !== 'found') throw new Error(`the store can not search ${type} by ${name}`);
  return answer.resources;
}

/** References to those resources. */
export const referencesTo = async (...asked: Parameters<typeof searchReferring>): Promise<readonly string[]> =>
  (await searchReferring(...asked)).map(({ type, id }) => `${type}/${id}`);

/** Those resources with their versions, oldest first. */
export async function versionsReferringTo<T>(
  ...asked: Parameters<typeof searchReferring>
): Promise<readonly { readonly id: string; readonly versions: readonly Version<T>[] }[]> {
  const [{ store }] = asked;
  const all = [];
  for (const it of await searchReferring(...asked)) {
    const history = it.version === 1 ? [it] : (await store.history(it.type, it.id)).toReversed();
    all.push({ id: it.id, versions: history.map(versionOf<T>) });
  }
  return all;
}
