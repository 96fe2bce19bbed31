import type { Task } from '@medplum/fhirtypes';
import type { Network, Partner } from '../../directory/index.ts';
import { storedTaskForSocialDomain } from '../../disclosure/index.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { parseJson, writeJson } from '../../fhir/json.ts';
import { type Elements, isType, type Resource } from '../../fhir/resource.ts';
import type { Store, StoredResource } from '../../store/port.ts';
import { ownerOf } from './actors.ts';

/** The reading side of the store. */
export type Reading = Pick<Store, 'read' | 'vread' | 'history' | 'search'>;

/**
 * The store as a partner sees it. A requester in the social domain follows its Task, but may not read what care writes
 * in it (notes, outputs, text beside codes): it sees the Task by the allow-list.
 */
export function asSeenBy(
  { store, network }: { readonly store: Reading; readonly network: Network },
  partner: Partner,
): Reading {
  if (partner.domain !== 'social') return store;
  const seen = (it: StoredResource): StoredResource => {
    if (it.type !== 'Task') return it;
    const task = parseJson(it.text);
    const shown = resourceAsSeen(network, task, partner);
    return shown === task ? it : { ...it, text: writeJson(shown) };
  };
  const maybe = async (it: Promise<StoredResource | undefined>) => {
    const found = await it;
    return found && seen(found);
  };
  return {
    read: (type, id, reader) => maybe(store.read(type, id, reader)),
    vread: (type, id, version, reader) => maybe(store.vread(type, id, version, reader)),
    history: async (type, id, reader) => (await store.history(type, id, reader)).map(seen),
    search: async (type, query, reader) => {
      const found = await store.search(type, query, reader);
      return found.kind === 'found' ? { ...found, resources: found.resources.map(seen) } : found;
    },
  };
}

/** One resource as a partner sees it: unchanged where the partner may read all of it. */
export function resourceAsSeen(network: Network, it: Resource, partner: Partner): Resource {
  if (partner.domain !== 'social' || !isType(it, 'Task') || ownerOf(network, it) === partner.id) return it;
  return storedTaskForSocialDomain(it);
}

/** Restores the elements of an updated Task that its sender does not see: those it returned as it saw them. */
export function withUnseen(network: Network, before: Task, after: Task, partner: Partner): Task {
  const [stored, updated] = [before, after] as unknown as [Elements, Elements];
  const shown = resourceAsSeen(network, before, partner) as unknown as Elements;
  const unchanged = Object.entries(stored).filter(
    ([name]) => canonicalJson(updated[name] ?? null) === canonicalJson(shown[name] ?? null),
  );
  return { ...after, ...Object.fromEntries(unchanged) } as Task;
}
