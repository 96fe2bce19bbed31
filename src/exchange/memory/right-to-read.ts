import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import { isUnselected } from '../../disclosure/index.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Store } from '../../store/port.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { ownerOf, senderOf } from './actors.ts';
import { caseOf, ordersOf } from './case.ts';
import { find } from './memory.ts';

type Place = { readonly store: Store; readonly network: Network };

/** Statuses of a Task whose owner has no ground (any more) to read what it is about. */
const withoutGround: readonly string[] = ['rejected', 'cancelled', 'entered-in-error'];

/**
 * Whether a partner may read this journey on another ground than the Tasks in `ended`: it sent an order of the journey,
 * or owns another Task of it that goes on or was carried out.
 */
export async function hasOtherGround(
  { store, network }: Place,
  order: ServiceRequest & Identified,
  partner: string,
  ended: ReadonlySet<string | undefined>,
): Promise<boolean> {
  const orders = await ordersOf(store, order);
  if (orders.some((it) => senderOf(network, it) === partner)) return true;
  const focus = orders.map(({ id }) => `ServiceRequest/${id}`);
  const tasks = await find<Task>(store, 'Task', 'focus', focus);
  return tasks.some(
    (it) =>
      !ended.has(it.id) && ownerOf(network, it) === partner && !withoutGround.includes(it.status) && !isUnselected(it),
  );
}

/** Types about a person that a partner may have received with an order, which `$case` does not reach from it. */
const typesOfPerson = [
  'Goal',
  'Condition',
  'RelatedPerson',
  'Consent',
  'DocumentReference',
  'QuestionnaireResponse',
  'CareTeam',
] as const;

/**
 * All that this partner may read of the journey of an order, except Tasks and what it sent itself: what it can no longer
 * read when its ground ends.
 */
export async function contentReadBy(
  { store, network }: Place,
  order: ServiceRequest & Identified,
  partner: string,
): Promise<readonly Identified[]> {
  const found = await caseOf(store, order.id, partner, network.settings.baseUrl);
  const ofCase = found ? resourcesOf(found.graph) : [];
  const persons = ofCase.flatMap(({ resourceType, id }) => (resourceType === 'Patient' ? [`Patient/${id}`] : []));
  const ofPerson = await Promise.all(
    typesOfPerson.map((type) =>
      find<Resource & { resourceType: typeof type }>(store, type, 'patient', persons, partner),
    ),
  );
  return [...ofCase, ...(ofPerson.flat() as Identified[])].filter(
    (it) => it.resourceType !== 'Task' && !isSentBy(it, partner),
  );
}
