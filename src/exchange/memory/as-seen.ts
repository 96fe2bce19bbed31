import type { Task } from '@medplum/fhirtypes';
import { mayPartner, type Relation } from '../../access/decide/index.ts';
import { type Network, type Partner, projectionsOf } from '../../directory/index.ts';
import {
  followedTask,
  isUnselected,
  isWithoutGround,
  ownTask,
  storedTaskForSocialDomain,
  taskForCandidate,
  taskWithoutGround,
} from '../../disclosure/index.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { parseJson, writeJson } from '../../fhir/json.ts';
import { type Elements, isType, type Resource } from '../../fhir/resource.ts';
import type { Criterion, Store, StoredResource } from '../../store/port.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { ownerOf } from './actors.ts';
import { searchAsSeen } from './search-as-seen.ts';

/** The reading side of the store. */
export type Reading = Pick<Store, 'read' | 'vread' | 'history' | 'search'>;

/**
 * The store as a partner sees it: each Task in the form of `resourceAsSeen`, in every version. `isReadable`: whether it may
 * still read what was disclosed to it.
 */
export function asSeenBy(
  { store, network }: { readonly store: Reading; readonly network: Network },
  partner: Partner,
  isReadable?: (it: StoredResource) => Promise<boolean>,
): Reading {
  // what the store returns to a reader was disclosed to it; of a Task its parties are told apart
  const mayReadRecords = mayPartner(network, partner, 'read', ['record', 'disclosed']).decision;
  const seen = (it: StoredResource): StoredResource | undefined => {
    if (it.type !== 'Task') return mayReadRecords ? it : undefined;
    const task = parseJson(it.text);
    const shown = taskAsSeen(network, task as Task, partner);
    return shown === task ? it : shown && { ...it, text: writeJson(shown) };
  };
  const maybe = async (it: Promise<StoredResource | undefined>) => {
    const found = await it;
    return found && (!isReadable || (await isReadable(found))) ? seen(found) : undefined;
  };
  return {
    read: (type, id, reader) => maybe(store.read(type, id, reader)),
    vread: (type, id, version, reader) => maybe(store.vread(type, id, version, reader)),
    history: async (type, id, reader) => {
      const versions = await store.history(type, id, reader);
      const [last] = versions;
      return last && (!isReadable || (await isReadable(last))) ? versions.flatMap((it) => seen(it) ?? []) : [];
    },
    search: searchAsSeen(store.search, {
      seen,
      reduced: partner.domain === 'social' ? everyTask : reducedTasks,
      isReadable,
    }),
  };
}

/** The Tasks that `asSeenByOwner` reduces are among these. */
const reducedTasks: readonly Criterion[] = [
  { name: 'code', values: ['request-fulfillment'] },
  { name: 'status', values: ['rejected', 'cancelled', 'entered-in-error'] },
];

const everyTask: readonly Criterion[] = [{ name: 'status', modifier: 'missing', values: ['false'] }];

/**
 * One resource as a partner sees it: the same object where the partner may read all of it. Each Task by a projection, that of its owner
 * too. Only the owner of a Task is
 * notified of a second referral for its person. A candidate that is not selected sees the Task by its own allow-list, and so does the owner of a Task
 * that ended without being carried out. A
 * requester in the social domain follows its Task, but may not read what
 * care writes in it (notes, outputs, text beside codes): it sees the Task by the allow-list.
 */
export function resourceAsSeen(network: Network, it: Resource, partner: Partner): Resource {
  if (!isType(it, 'Task')) return it;
  const shown = taskAsSeen(network, it, partner);
  if (!shown) throw new Error('a Task is shown to a partner that may not read it');
  return shown;
}

function taskAsSeen(network: Network, task: Task, partner: Partner): Task | undefined {
  const decided = mayPartner(network, partner, 'read', ['task', relationTo(network, task, partner)]);
  if (!decided.decision) return undefined;
  const projections = projectionsOf(network, partner);
  switch (decided.context.view) {
    case 'candidate':
      return taskForCandidate(task, projections);
    case 'without-ground':
      return taskWithoutGround(task, projections);
    case 'social':
      return storedTaskForSocialDomain(task, projections);
    case 'without-owner-marks':
      return followedTask(task, projections);
    case 'whole':
      return ownTask(task, projections);
    default:
      return undefined;
  }
}

/** What a partner, to which the Task was disclosed, is to it. Who sent a Task that it owns itself sees all of it. */
export function relationTo(network: Network, task: Task, partner: Pick<Partner, 'id'>): Relation {
  const isSender = isSentBy(task, partner.id);
  if (ownerOf(network, task) !== partner.id) return isSender ? 'sender' : 'disclosed';
  if (isSender) return 'owner';
  if (isUnselected(task)) return 'candidate';
  return isWithoutGround(task) ? 'ended' : 'owner';
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
