import type {
  Appointment,
  Bundle,
  CarePlan,
  Communication,
  Composition,
  Encounter,
  EpisodeOfCare,
  RelatedPerson,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import { clinicalTypes } from '../../vocabulary/clinical-types.ts';
import { ownCode } from '../../vocabulary/concept.ts';
import type { Reading } from './as-seen.ts';
import { atGateway, find, type Memory, readAt } from './memory.ts';

/** Upper bounds of a case: a journey has a handful of orders. */
const limits = { orders: 50, resources: 500 } as const;

/** One version of a resource on the timeline of a case. */
export type TimelineEvent = {
  readonly at: string;
  /** `Type/id` */
  readonly what: string;
  readonly version: number;
  readonly status: string;
  readonly businessStatus?: string;
};

/** One journey (casus): an order, the orders before and after it, all that belongs to them, and the timeline. */
export type Case = { readonly graph: Bundle; readonly timeline: readonly TimelineEvent[] };

/**
 * The journey of an order, as this partner may see it: each resource is read with the rights of the partner, so a case
 * discloses no more than reading each resource. Undefined when the partner may not read the order.
 */
export async function caseOf(store: Reading, id: string, reader: string, base: string): Promise<Case | undefined> {
  const first = await readAt(store, `ServiceRequest/${id}`, reader);
  if (!isType(first, 'ServiceRequest')) return undefined;
  const found = new Map<string, Identified>();
  const add = (it: Identified) => found.size < limits.resources && found.set(`${it.resourceType}/${it.id}`, it);
  const orders = await ordersOf(store, first as ServiceRequest & Identified, reader);
  for (const order of orders) {
    add(order);
    for (const it of await relatedTo(store, order, reader)) add(it);
  }
  await addReferenced(store, found, reader, base);
  const resources = [...found.values()];
  return {
    graph: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
    } as Bundle,
    timeline: await timelineOf(store, resources, reader),
  };
}

/** The order with all orders before and after it on the journey. */
export async function ordersOf(
  store: Memory,
  first: ServiceRequest & Identified,
  reader?: string,
): Promise<readonly (ServiceRequest & Identified)[]> {
  const orders = new Map([[first.id, first]]);
  const open = [first];
  for (let next = open.pop(); next && orders.size < limits.orders; next = open.pop()) {
    const before = await Promise.all(
      [...(next.basedOn ?? []), ...(next.replaces ?? [])].map(({ reference = '' }) => readAt(store, reference, reader)),
    );
    const origin = `ServiceRequest/${next.id}`;
    const after = [
      ...(await find<ServiceRequest>(store, 'ServiceRequest', 'based-on', [origin], { reader })),
      ...(await find<ServiceRequest>(store, 'ServiceRequest', 'replaces', [origin], { reader })),
    ];
    for (const it of [...before, ...after]) {
      if (!it || !isType(it, 'ServiceRequest') || orders.has(it.id ?? '')) continue;
      const order = it as ServiceRequest & Identified;
      orders.set(order.id, order);
      open.push(order);
    }
  }
  return [...orders.values()];
}

async function relatedTo(
  store: Reading,
  { id, subject }: ServiceRequest & Identified,
  reader: string,
): Promise<readonly Identified[]> {
  const order = `ServiceRequest/${id}`;
  const tasks = await find<Task>(store, 'Task', 'focus', [order], { reader });
  const encounters = await find<Encounter>(store, 'Encounter', 'based-on', [order], { reader });
  const referencesTo = (of: readonly Identified[]) => of.map((it) => `${it.resourceType}/${it.id}`);
  const plans = await find<CarePlan>(store, 'CarePlan', 'encounter', referencesTo(encounters), { reader });
  return [
    ...tasks,
    ...(await find<Task>(store, 'Task', 'focus', referencesTo(plans), { reader })),
    ...(await find<Task>(store, 'Task', 'focus', referencesTo(tasks), { reader })),
    ...(await find<Appointment>(store, 'Appointment', 'based-on', [order], { reader })),
    ...encounters,
    ...plans,
    ...(await find<Composition>(store, 'Composition', 'patient', [subject.reference ?? ''], { reader })),
    ...(
      await Promise.all(
        clinicalTypes.map((type) =>
          find(store, type as 'Observation', 'patient', [subject.reference ?? ''], { reader }),
        ),
      )
    ).flat(),
    ...(await find<RelatedPerson>(store, 'RelatedPerson', 'patient', [subject.reference ?? ''], { reader })),
    ...(await find<Communication>(store, 'Communication', 'based-on', [order], { reader })),
    ...(await find<EpisodeOfCare>(store, 'EpisodeOfCare', 'incoming-referral', [order], { reader })),
  ];
}

/** Adds the referenced resources, transitively. */
async function addReferenced(
  store: Reading,
  found: Map<string, Identified>,
  reader: string,
  base: string,
): Promise<void> {
  const open = [...found.values()];
  const seen = new Set(found.keys());
  for (let next = open.pop(); next && found.size < limits.resources; next = open.pop())
    for (const { text } of referencesIn(next)) {
      const reference = text === undefined ? undefined : atGateway(text, base);
      if (!reference || seen.has(reference)) continue;
      seen.add(reference);
      const resource = await readAt(store, reference, reader);
      if (!resource) continue;
      found.set(reference, resource);
      open.push(resource);
    }
}

/** Types whose versions are events of the timeline. */
const typesWithStatus: ReadonlySet<string> = new Set([
  'ServiceRequest',
  'Task',
  'Appointment',
  'Encounter',
  'CarePlan',
  'Communication',
  'EpisodeOfCare',
]);

async function timelineOf(store: Reading, resources: readonly Identified[], reader: string): Promise<TimelineEvent[]> {
  const events = await Promise.all(
    resources
      .filter(({ resourceType }) => typesWithStatus.has(resourceType))
      .map(async ({ resourceType, id }) => {
        const versions = await store.history(resourceType, id, reader);
        return versions.map(({ version, lastUpdated, text }): TimelineEvent => {
          const { status, businessStatus } = parseJson(text) as Task;
          const business = ownCode(businessStatus, 'business-status');
          return {
            at: lastUpdated.toISOString(),
            what: `${resourceType}/${id}`,
            version,
            status: String(status),
            ...(business ? { businessStatus: business } : {}),
          };
        });
      }),
  );
  // the sort is stable: of resources stored at the same moment the order stays before its Tasks
  return events.flat().sort((one, other) => one.at.localeCompare(other.at) || one.version - other.version);
}
