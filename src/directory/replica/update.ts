import type { BundleEntry } from '@medplum/fhirtypes';
import { writeJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { DirectoryChange, DirectoryEntry, Store } from '../../store/port.ts';
import { yieldToOthers } from '../../turns.ts';
import type { World } from '../../world.ts';
import { directoryEntries } from '../current/directory-log.ts';
import { adopt, localId } from './adopt.ts';
import type { HoldReason } from './fetch.ts';
import { type Fetching, readPages } from './pages.ts';
import { type DirectorySource, type ReplicatedType, replicatedTypes } from './source.ts';

/** The result of an update of one source. `held` states why it stopped; the replica is retained. */
export type UpdateResult = {
  readonly written: number;
  readonly deleted: number;
  /** Entries skipped because they are not a valid resource of their type. */
  readonly invalid: number;
  readonly held?: { readonly type: ReplicatedType; readonly because: HoldReason };
};

/** Whether a resource may be replicated: it must be valid FHIR R4. */
export type IsAcceptable = (resource: Resource) => boolean;

/**
 * The update client of IHE mCSD (ITI-91, https://profiles.ihe.net/ITI/mCSD/ITI-91.html, as profiled by the generic
 * function Adressering): first all resources of each type, page by page; afterwards `_history` since the last update.
 * Idempotent. All pages of a type are fetched before any is written.
 */
export async function updateFrom(
  source: DirectorySource,
  store: Store,
  by: Fetching,
  isAcceptable: IsAcceptable,
): Promise<UpdateResult> {
  let [written, deleted, invalid] = [0, 0, 0];
  for (const type of replicatedTypes) {
    const known = await directoryEntries(store, { source: source.id, type, latest: true });
    const since = watermarkOf(known);
    const start = since
      ? `${source.address}/${type}/_history?_since=${encodeURIComponent(since)}`
      : `${source.address}/${type}`;
    const pages = await readPages(source, start, by);
    if (pages.kind === 'held') return { written, deleted, invalid, held: { type, because: pages.because } };
    const content = await sourceContentOf(pages.entries, type, source, isAcceptable);
    invalid += content.invalid;
    const changes = changesOf(known, content.last, { source, type, whole: since === undefined });
    const gone = changes.filter(({ text }) => text === undefined).length;
    const present = known.filter(({ text }) => text !== undefined).length;
    if (gone > leastToHold && gone > present * source.largestShrink)
      return { written, deleted, invalid, held: { type, because: 'shrinks' } };
    await write(store, changes, by.world);
    written += changes.length - gone;
    deleted += gone;
  }
  return { written, deleted, invalid };
}

/** Up to this number of deletions is never rejected: a small directory may become empty. */
const leastToHold = 3;

/**
 * By the clock of the source, minus a minute: this includes resources that were being written during the previous
 * update.
 */
function watermarkOf(known: readonly DirectoryEntry[]): string | undefined {
  const last = known
    .flatMap(({ text }) => (text === undefined ? [] : (lastUpdatedIn(text) ?? [])))
    .reduce((latest, it) => Math.max(latest, it), 0);
  return last === 0 ? undefined : new Date(last - 60_000).toISOString();
}

/** Read without parsing the whole resource: meta is written first. */
function lastUpdatedIn(text: string): number | undefined {
  const found = /"meta":\{[^{}]*"lastUpdated":"([^"]+)"/.exec(text.slice(0, 2_000))?.[1];
  const time = found === undefined ? Number.NaN : Date.parse(found);
  return Number.isNaN(time) ? undefined : time;
}

type SourceContent = { readonly last: ReadonlyMap<string, string | undefined>; readonly invalid: number };

/**
 * The latest state of each resource in the source: its text, or undefined when deleted. A history is ordered newest
 * first.
 */
async function sourceContentOf(
  entries: readonly BundleEntry[],
  type: ReplicatedType,
  source: DirectorySource,
  isAcceptable: IsAcceptable,
): Promise<SourceContent> {
  const yieldIfDue = yieldToOthers();
  const last = new Map<string, string | undefined>();
  let invalid = 0;
  for (const { resource, request } of entries) {
    if (request?.method === 'DELETE') {
      const id = new RegExp(`(?:^|/)${type}/([A-Za-z0-9.-]{1,64})$`).exec(request.url ?? '')?.[1];
      if (id === undefined) invalid++;
      else if (!last.has(localId(source.id, id))) last.set(localId(source.id, id), undefined);
    } else if (resource?.resourceType !== type || !resource.id || !isAcceptable(resource)) invalid++;
    else {
      const own = adopt(resource as Resource & { readonly id: string }, source);
      if (!last.has(own.id)) last.set(own.id, textOf(own));
    }
    await yieldIfDue();
  }
  return { last, invalid };
}

/** With meta first, where the watermark is read. */
function textOf({ resourceType, id, meta, ...others }: Resource & { readonly id: string }): string {
  return writeJson({ resourceType, id, ...(meta ? { meta } : {}), ...others } as Resource);
}

function changesOf(
  known: readonly DirectoryEntry[],
  content: SourceContent['last'],
  { source, type, whole }: { readonly source: DirectorySource; readonly type: string; readonly whole: boolean },
): DirectoryChange[] {
  const before = new Map(known.map((it) => [it.id, it]));
  const of = (id: string) => ({ source: source.id, type, id, expect: before.get(id)?.version ?? 0 });
  const changes = [...content].flatMap(([id, text]): DirectoryChange[] => {
    if (text === before.get(id)?.text) return [];
    return [text === undefined ? of(id) : { ...of(id), text }];
  });
  const missing = whole ? known.filter(({ id, text }) => text !== undefined && !content.has(id)) : [];
  return [...changes, ...missing.map(({ id }) => of(id))];
}

/** Oldest first: after an interruption between batches the watermark is not later than the remaining changes. */
async function write(store: Store, unordered: readonly DirectoryChange[], world: World): Promise<void> {
  const age = new Map(unordered.map((it) => [it, (it.text && lastUpdatedIn(it.text)) || 0]));
  const changes = [...unordered].sort((a, b) => (age.get(a) ?? 0) - (age.get(b) ?? 0));
  for (let at = 0; at < changes.length; at += batch)
    await store.commit({ now: world.now(), directory: changes.slice(at, at + batch) });
}

const batch = 500;
