import type { EpisodeOfCare, Reference, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnProfile } from '../../fhir/canonical.ts';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import type { Change } from '../../store/port.ts';
import { resourceIdentifier } from '../../vocabulary/identifiers.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { type OrderGraph, ownTask } from '../../workflow/index.ts';
import { requesterOf } from '../disclose/disclosures.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { ordersAfter, ordersBefore } from '../memory/journey.ts';
import { find } from '../memory/memory.ts';
import type { VersionedEffect } from '../memory/versioned-effect.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Consequence, Moved } from './consequence.ts';

type Episode = EpisodeOfCare & { readonly id: string };
type Order = ServiceRequest & { readonly id: string };

/**
 * One journey is one EpisodeOfCare: it starts when the first order is accepted, refers to every accepted order of the
 * journey, and ends with the last of them: finished when any was completed, else cancelled.
 */
export const episodeAfter: Consequence = async (gateway, moved) =>
  success({ changes: await changesOf(gateway, moved) });

async function changesOf(gateway: Gateway, { graph, versioned, at }: Moved): Promise<readonly Change[]> {
  const { order, tasks } = graph;
  if (!order) return [];
  // acceptance by a candidate starts no episode: its selection does
  const accepted = versioned.find(
    ({ rule, resource }) =>
      rule === 'select' ||
      (rule === 'accept' && verbOf(resource as Task) === 'fulfill' && isAbout(resource as Task, order)),
  );
  const isEnd = versioned.some(({ resource }) => resource.id === order.id) || versioned.some(ends(order));
  if (!accepted && !isEnd) return [];
  const before = await ordersBefore(gateway.store, order);
  const first = before.at(-1) ?? order;
  const [episode] = await find<EpisodeOfCare>(gateway.store, 'EpisodeOfCare', 'incoming-referral', [
    `ServiceRequest/${first.id}`,
  ]);
  if (accepted)
    return startOrExtend(gateway, { episode, first, order: order as Order, at, task: accepted.resource as Task });
  if (episode?.status !== 'active') return [];
  const now = (it: ServiceRequest) =>
    (versioned.find(({ resource }) => resource.id === it.id)?.resource ?? it) as ServiceRequest;
  const orders = [first, ...(await ordersAfter(gateway.store, first))].map(now);
  const open = await Promise.all(orders.map((it) => isOpen(gateway, it, { order, tasks, versioned })));
  if (open.includes(true)) return [];
  const status = orders.some((it) => it.status === 'completed') ? 'finished' : 'cancelled';
  return [episodeChange({ ...episode, status, period: { ...episode.period, end: at.toISOString() } })];
}

const isAbout = (task: Task, { id }: ServiceRequest): boolean =>
  task.focus?.reference === `ServiceRequest/${id}` && !isConsultation(task) && verbOf(task) !== 'abort';

const ends =
  (order: ServiceRequest) =>
  ({ resource }: VersionedEffect): boolean =>
    isType(resource, 'Task') && isAbout(resource as Task, order) && endedStatuses.includes((resource as Task).status);

const endedStatuses: readonly string[] = ['completed', 'failed', 'rejected', 'cancelled', 'entered-in-error'];

/** An order is open while it is active and its own Task has not ended. */
async function isOpen(
  { store }: Pick<Gateway, 'store'>,
  it: ServiceRequest,
  { order, tasks, versioned }: Pick<OrderGraph, 'order' | 'tasks'> & { readonly versioned: readonly VersionedEffect[] },
): Promise<boolean> {
  if (it.status !== 'active') return false;
  const ofOrder = it.id === order?.id ? tasks : await find<Task>(store, 'Task', 'focus', [`ServiceRequest/${it.id}`]);
  const now = ofOrder.map(
    (task) => (versioned.find(({ resource }) => resource.id === task.id)?.resource ?? task) as Task,
  );
  const own = ownTask(now, it);
  return own !== undefined && !endedStatuses.includes(own.status);
}

type AcceptedOrder = {
  readonly episode: Episode | undefined;
  readonly first: ServiceRequest;
  readonly order: Order;
  readonly task: Task;
  readonly at: Date;
};

function startOrExtend(
  { network, world }: Pick<Gateway, 'network' | 'world'>,
  { episode, first, order, task, at }: AcceptedOrder,
): readonly Change[] {
  const reference = { reference: `ServiceRequest/${order.id}` };
  const owner = ownerOf(network, task);
  if (episode) {
    if (episode.referralRequest?.some((it) => it.reference === reference.reference)) return [];
    return [
      episodeChange(
        { ...episode, referralRequest: [...(episode.referralRequest ?? []), reference] },
        readersOf(network, order, owner),
      ),
    ];
  }
  const id = world.newId();
  const managing = owner ? requesterOf(network, owner) : undefined;
  const started: Episode = {
    resourceType: 'EpisodeOfCare',
    id,
    meta: { profile: [mgnProfile('episode')] },
    identifier: [resourceIdentifier(id)],
    status: 'active',
    patient: { reference: first.subject.reference ?? '' },
    ...(managing
      ? { managingOrganization: managing as Reference & NonNullable<EpisodeOfCare['managingOrganization']> }
      : {}),
    period: { start: at.toISOString() },
    referralRequest: [{ reference: `ServiceRequest/${first.id}` }, ...(first.id === order.id ? [] : [reference])],
  };
  return [{ resource: started, expect: 'new', readers: readersOf(network, order, owner) }];
}

/**
 * Parties of an order in care may read the episode; not the social domain: its period discloses the duration of the
 * care.
 */
const readersOf = (network: Gateway['network'], order: ServiceRequest, owner: string | undefined): string[] => [
  ...new Set(
    [senderOf(network, order), owner].flatMap((it) =>
      it && network.partners.get(it)?.domain !== 'social' ? [it] : [],
    ),
  ),
];

const episodeChange = (episode: Episode, readers: readonly string[] = []): Change => ({
  resource: episode,
  expect: { version: Number(episode.meta?.versionId) },
  readers,
});
