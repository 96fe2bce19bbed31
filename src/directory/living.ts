import { parseJson, writeJson } from '../fhir/json.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { withFigures } from '../routing/index.ts';
import type { DirectoryChange, DirectoryEntry, Store } from '../store/port.ts';
import { enlarge, type Replicated } from './enlarge.ts';
import { figuresFrom } from './figures.ts';
import { entriesOf } from './log.ts';
import type { Network } from './network.ts';

/** The network as it is now: its files, and what the log of the directory has come to tell since. */
export type LivingNetwork = {
  /** A snapshot that never changes; who decides something looks at one. */
  readonly current: () => Network;
  /** The last version of a resource of the directory. */
  readonly version: (reference: string) => Version | undefined;
  /** Takes over what was written since, by this gateway or by another one on the same store. */
  readonly refresh: () => Promise<void>;
};

export type Version = { readonly version: number; readonly at: Date };

/** The network's own part of the directory, as the log names its source. */
export const ownSource = 'network';

/**
 * Brings the log up to date with the network's files, and keeps to it from then on. A file decides everything about its
 * resource but waiting times and capacity: of these the log has the later ones, once there are any.
 */
export async function openLivingNetwork(files: Network, store: Store, now: Date): Promise<LivingNetwork> {
  const log = await writeFiles(files, store, now);
  const versions = new Map<string, Version>();
  const told = new Map<string, Resource>();
  const replicated = new Map<string, Replicated>();
  const members = new Set(files.settings.directorySources.flatMap((it) => (it.members ? [it.id] : [])));
  const sources = new Set(files.settings.directorySources.map(({ id }) => id));
  let last = 0;
  let network = files;
  let whole = files;
  const learn = (entries: readonly DirectoryEntry[]): void => {
    let isLarger = false;
    for (const it of entries) {
      last = Math.max(last, it.seq);
      const reference = referenceOf(it);
      versions.set(reference, { version: it.version, at: it.at });
      if (it.source !== ownSource) {
        // a source that is configured no more is not followed, though the log remembers it
        if (!sources.has(it.source)) continue;
        isLarger = true;
        if (it.text === undefined) replicated.delete(reference);
        else replicated.set(reference, replicatedOf(it, it.text));
      } else if (it.type === 'HealthcareService' && it.text) {
        // what the files say is known already, and shared; only services can be told anew
        told.set(reference, parseJson(it.text));
      }
    }
    if (isLarger) whole = enlarge(files, [...replicated.values()], members);
    if (entries.length > 0) network = withTold(whole, told, replicated);
  };
  for (const source of sources) learn(await entriesOf(store, { latest: true, source }));
  learn(log);
  return {
    current: () => network,
    version: (reference) => versions.get(reference),
    refresh: async () => learn(await entriesOf(store, { after: last })),
  };
}

const replicatedOf = ({ source }: DirectoryEntry, text: string): Replicated => ({
  resource: parseJson(text) as Replicated['resource'],
  source,
  text,
});

/** The network as the log has it at this moment. Writes nothing. */
export async function networkOnRecord(files: Network, store: Store): Promise<Network> {
  const log = await entriesOf(store, { latest: true, source: ownSource, type: 'HealthcareService' });
  const told = log.flatMap((it): (readonly [string, Resource])[] => {
    const resource = files.resource(referenceOf(it));
    return resource ? [[referenceOf(it), merged(resource, it)]] : [];
  });
  return withTold(files, new Map(told), new Map());
}

const referenceOf = ({ type, id }: Pick<DirectoryEntry, 'type' | 'id'>): string => `${type}/${id}`;

function withTold(
  network: Network,
  told: ReadonlyMap<string, Resource>,
  replicated: ReadonlyMap<string, Replicated>,
): Network {
  const [own, others] = [new Map(told), new Map(replicated)];
  const resource = (reference: string) =>
    own.get(reference) ?? network.resource(reference) ?? others.get(reference)?.resource;
  let all: readonly Resource[] | undefined;
  const figures = figuresFrom(resource);
  return {
    ...network,
    directory: { ...network.directory, figures },
    resource,
    // made when asked for: a new waiting time must not walk through a whole country
    get resources() {
      all ??= network.resources.map((it) => own.get(`${it.resourceType}/${it.id}`) ?? it);
      return all;
    },
    figures,
  };
}

/** Writes what the files say and the log does not, and answers with the last version of everything. */
async function writeFiles(files: Network, store: Store, now: Date): Promise<readonly DirectoryEntry[]> {
  for (;;) {
    const log = await entriesOf(store, { latest: true, source: ownSource });
    const changes = differences(files, log);
    if (changes.length === 0) return log;
    // a stale version means that another gateway on this store does the same at this moment: look again
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
  return withFigures(resource, isType(logged, 'HealthcareService') ? logged : resource);
}
