import { digestOf } from '../../fhir/digest.ts';
import { parseJson, writeJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { copyAvailability, type ReplicatedSource } from '../../routing/index.ts';
import type { DirectoryChange, DirectoryEntry, Store } from '../../store/port.ts';
import { yieldToOthers } from '../../turns.ts';
import type { Network } from '../network.ts';
import { availabilityReader } from '../waiting-times/availability.ts';
import { directoryEntries, directoryPages } from './directory-log.ts';
import { mergeReplica, type Replica, type Replicated } from './merge-replica.ts';

/** The network as it is now: its files, with the changes recorded in the directory log. */
export type CurrentNetwork = {
  /** An immutable snapshot. Read it once per decision: it changes between reads. */
  readonly current: () => Network;
  /** The latest version of a resource of the directory. */
  readonly version: (reference: string) => Version | undefined;
  /**
   * Applies changes written since, by this gateway or by another one on the same store. While another directory is
   * being replicated, its index is not rebuilt each time, but at `catchUp` or after enough time has passed.
   */
  readonly refresh: () => Promise<void>;
  readonly catchUp: () => Promise<void>;
  /** Records that another directory has been replicated completely up to this time. */
  readonly markUpdated: (source: string, at: Date) => void;
  /** Calls `listener` when `current` is another one. */
  readonly onChange: (listener: () => void) => void;
};

export type Version = { readonly version: number; readonly at: Date };

/** The source of the network's own resources in the directory log. */
export const ownSource = 'network';

/**
 * Writes changed files of the network to the directory log, and follows the log from then on. A file is authoritative
 * for its resource, except for waiting times and capacity: for these the log takes precedence once it has any.
 */
export async function openCurrentNetwork(files: Network, store: Store, now: Date): Promise<CurrentNetwork> {
  const log = await writeFiles(files, store, now);
  const { directorySources } = files.settings;
  const members = new Set(directorySources.flatMap((it) => (it.members ? [it.id] : [])));
  const versions = new Map<string, Version>();
  const changed = new Map<string, Resource>();
  const replicated = new Map<string, Replicated>();
  const updatedAt = new Map<string, Date | undefined>(directorySources.map(({ id }) => [id, undefined]));
  let sum = 0n;
  let last = 0;
  let network = files;
  let whole = files;
  let replica: Replica['entries'] = new Map();

  const replace = (reference: string, fresh: Replicated | undefined): void => {
    sum = BigInt.asUintN(256, sum - (replicated.get(reference)?.digest ?? 0n) + (fresh?.digest ?? 0n));
    if (fresh) replicated.set(reference, fresh);
    else replicated.delete(reference);
  };
  const noteUpdate = (source: string, at: Date): void => {
    const before = updatedAt.get(source);
    if (!before || before < at) updatedAt.set(source, at);
  };
  const replicatedSources = (): ReplicatedSource[] =>
    [...updatedAt].map(([source, at]) => ({ source, ...(at ? { heardAt: at.toISOString() } : {}) }));
  const listeners = new Set<() => void>();
  const publish = (): void => {
    network = withLogged(whole, new Map(changed), replica, replicatedSources());
    for (const listener of listeners) listener();
  };
  /** Applies one page of the log; true when it contains resources of another directory. */
  const applyPage = async (entries: readonly DirectoryEntry[]): Promise<boolean> => {
    const yieldIfDue = yieldToOthers();
    let isLarger = false;
    for (const it of entries) {
      last = Math.max(last, it.seq);
      const reference = referenceOf(it);
      versions.set(reference, { version: it.version, at: it.at });
      if (it.source !== ownSource) {
        // the log retains sources that are no longer configured
        if (!updatedAt.has(it.source)) continue;
        isLarger = true;
        noteUpdate(it.source, it.at);
        replace(reference, it.text === undefined ? undefined : replicatedOf(it, it.text));
      } else if (it.type === 'HealthcareService' && it.text) {
        // the content of the files is already loaded; only services can change afterwards
        changed.set(reference, parseJson(it.text));
      }
      await yieldIfDue();
    }
    return isLarger;
  };
  let isOld = false;
  let enlargeAgainAt = 0;
  const applyPages = async (pages: AsyncIterable<readonly DirectoryEntry[]>, patiently: boolean): Promise<void> => {
    let count = 0;
    for await (const page of pages) {
      count += page.length;
      if (await applyPage(page)) isOld = true;
    }
    const start = performance.now();
    if (isOld && (!patiently || start >= enlargeAgainAt)) {
      isOld = false;
      replica = new Map(replicated);
      whole = await mergeReplica(files, { entries: replica, sum }, members);
      // at most a tenth of the time is spent on indexing an incomplete replica
      enlargeAgainAt = performance.now() + 9 * (performance.now() - start);
      publish();
    } else if (count > 0) publish();
  };
  for (const { id: source } of directorySources)
    await applyPages(directoryPages(store, { latest: true, source }), true);
  await applyPage(log);
  await applyPages(noPages(), false);
  publish();
  // sequential: two concurrent updates would each apply half of the changes
  let queue = Promise.resolve();
  const next = (patiently: boolean): Promise<void> => {
    const mine = queue.then(() => applyPages(directoryPages(store, { after: last }), patiently));
    queue = mine.catch(() => undefined);
    return mine;
  };
  return {
    current: () => network,
    version: (reference) => versions.get(reference),
    refresh: () => next(true),
    catchUp: () => next(false),
    markUpdated: (source, at) => {
      noteUpdate(source, at);
      publish();
    },
    onChange: (listener) => void listeners.add(listener),
  };
}

async function* noPages(): AsyncGenerator<readonly DirectoryEntry[]> {}

const replicatedOf = ({ source }: DirectoryEntry, text: string): Replicated => ({
  resource: parseJson(text) as Replicated['resource'],
  source,
  digest: BigInt(`0x${digestOf(text)}`),
});

/** The network with the current state of the log. Writes nothing. */
export async function networkFromLog(files: Network, store: Store): Promise<Network> {
  const log = await directoryEntries(store, { latest: true, source: ownSource, type: 'HealthcareService' });
  const changed = log.flatMap((it): (readonly [string, Resource])[] => {
    const resource = files.resource(referenceOf(it));
    return resource ? [[referenceOf(it), merged(resource, it)]] : [];
  });
  return withLogged(files, new Map(changed), new Map(), []);
}

const referenceOf = ({ type, id }: Pick<DirectoryEntry, 'type' | 'id'>): string => `${type}/${id}`;

function withLogged(
  network: Network,
  own: ReadonlyMap<string, Resource>,
  others: Replica['entries'],
  sources: readonly ReplicatedSource[],
): Network {
  const resource = (reference: string) =>
    own.get(reference) ?? network.resource(reference) ?? others.get(reference)?.resource;
  let all: readonly Resource[] | undefined;
  const availability = availabilityReader(resource);
  return {
    ...network,
    directory: {
      ...network.directory,
      availability,
      sources,
      digest: sources.length > 0 ? digestOf([network.directory.digest, sources]) : network.directory.digest,
    },
    resource,
    // computed on demand: a new waiting time must not iterate over a whole country
    get resources() {
      all ??= network.resources.map((it) => own.get(`${it.resourceType}/${it.id}`) ?? it);
      return all;
    },
    availability,
  };
}

/** Writes the differences between files and log to the log, and returns the latest version of everything. */
async function writeFiles(files: Network, store: Store, now: Date): Promise<readonly DirectoryEntry[]> {
  for (;;) {
    const log = await directoryEntries(store, { latest: true, source: ownSource });
    const changes = differences(files, log);
    if (changes.length === 0) return log;
    // a stale version means that another gateway on this store is doing the same: retry
    for (let at = 0; at < changes.length; at += batch) {
      const committed = await store.commit({ now, directory: changes.slice(at, at + batch) });
      if (committed.kind !== 'committed') break;
    }
  }
}

const batch = 500;

function differences(files: Network, log: readonly DirectoryEntry[]): DirectoryChange[] {
  const known = new Map(log.map((it) => [referenceOf(it), it]));
  const changes: DirectoryChange[] = [];
  for (const resource of files.resources) {
    const { resourceType: type, id = '' } = resource;
    const before = known.get(`${type}/${id}`);
    known.delete(`${type}/${id}`);
    const text = writeJson(merged(resource, before));
    if (text !== before?.text) changes.push({ source: ownSource, type, id, text, expect: before?.version ?? 0 });
  }
  for (const { type, id, version, text } of known.values())
    if (text !== undefined) changes.push({ source: ownSource, type, id, expect: version });
  return changes;
}

function merged(resource: Resource, before: DirectoryEntry | undefined): Resource {
  if (!isType(resource, 'HealthcareService')) return resource;
  const logged = before?.text ? parseJson(before.text) : undefined;
  return copyAvailability(resource, isType(logged, 'HealthcareService') ? logged : resource);
}
