import type { Task } from '@medplum/fhirtypes';
import { type Network, type Partner, projectionsOf } from '../../directory/index.ts';
import {
  followedTask,
  isUnselected,
  isWithoutGround,
  type RecipientProjections,
  storedTaskForSocialDomain,
  taskForCandidate,
  taskWithoutGround,
} from '../../disclosure/index.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { parseJson, writeJson } from '../../fhir/json.ts';
import { type Elements, isType, type Resource } from '../../fhir/resource.ts';
import type { Store, StoredResource } from '../../store/port.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { ownerOf } from './actors.ts';
import { searchAsSeen } from './search-as-seen.ts';

/** The reading side of the store. */
export type Reading = Pick<Store, 'read' | 'vread' | 'history' | 'search'>;

/**
 * The store as a partner sees it: each Task in the form of `resourceAsSeen`, in every version.
 */
export function asSeenBy(
  { store, network }: { readonly store: Reading; readonly network: Network },
  partner: Partner,
): Reading {
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
    search: searchAsSeen(store.search, seen),
  };
}

/**
 * One resource as a partner sees it: the same object where the partner may read all of it. Only the owner of a Task is
 * notified of a second referral for its person. A candidate that is not selected sees the Task by its own allow-list, and so does the owner of a Task
 * that ended without being carried out. A
 * requester in the social domain follows its Task, but may not read what
 * care writes in it (notes, outputs, text beside codes): it sees the Task by the allow-list.
 */
export function resourceAsSeen(network: Network, it: Resource, partner: Partner): Resource {
  if (!isType(it, 'Task')) return it;
  const projections = projectionsOf(network, partner);
  if (ownerOf(network, it) === partner.id) return asSeenByOwner(it, projections, isSentBy(it, partner.id));
  if (partner.domain !== 'social') return followedTask(it, projections);
  return storedTaskForSocialDomain(it, projections);
}

function asSeenByOwner(task: Task, projections: RecipientProjections, isSender: boolean): Task {
  if (isSender) return task;
  if (isUnselected(task)) return taskForCandidate(task, projections);
  return isWithoutGround(task) ? taskWithoutGround(task, projections) : task;
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
