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
import { isType, type Resource } from '../../fhir/resource.ts';
import { clinicalTypes } from '../../vocabulary/clinical-types.ts';
import { ownCode } from '../../vocabulary/concept.ts';
import type { Reading } from './as-seen.ts';
import { atGateway, find, type Memory, readAt } from './memory.ts';

type Limits = { readonly orders: number; readonly resources: number };

/** Upper bounds of a case that is shown: a journey has a handful of orders. */
const limits: Limits = { orders: 50, resources: 500 };

/** For who decides about rights: a right that ends, ends for everything. */
export const withoutLimits: Limits = { orders: Number.POSITIVE_INFINITY, resources: Number.POSITIVE_INFINITY };

/** What belongs to so many is read together. */
const ordersAtOnce = 100;

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
  const resources = await resourcesOfCase(store, first as ServiceRequest & Identified, { reader, base, most: limits });
  return {
    graph: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
    } as Bundle,
    timeline: await timelineOf(store, resources, reader),
  };
}

type CaseReading = { readonly reader: string; readonly base: string; readonly most: Limits };

/** The resources of the journey of an order, as this reader may read them, up to the limits. */
export async function resourcesOfCase(
  store: Memory,
  first: ServiceRequest & Identified,
  { reader, base, most }: CaseReading,
): Promise<readonly Identified[]> {
  const found = new Map<string, Identified>();
  const add = (it: Identified) => found.size < most.resources && found.set(`${it.resourceType}/${it.id}`, it);
  const orders = await ordersOf(store, first, { reader, most });
  for (let from = 0; from < orders.length && found.size < most.resources; from += ordersAtOnce) {
    const some = orders.slice(from, from + ordersAtOnce);
    for (const it of [...some, ...(await relatedTo(store, some, reader))]) add(it);
  }
  await addReferenced(store, found, { reader, base, most });
  return [...found.values()];
}

/** The order with the orders before and after it on the journey. */
export async function ordersOf(
  store: Memory,
  first: ServiceRequest & Identified,
  { reader, most = limits }: { readonly reader?: string; readonly most?: Limits } = {},
): Promise<readonly (ServiceRequest & Identified)[]> {
  const orders = new Map([[first.id, first]]);
  let open: readonly (ServiceRequest & Identified)[] = [first];
  while (open.length > 0 && orders.size < most.orders) {
    const before = [...new Set(open.flatMap(ordersNamedBy))].filter((it) => !orders.has(it.split('/')[1] ?? ''));
    const origins = open.map(({ id }) => `ServiceRequest/${id}`);
    const found = [
      ...(await Promise.all(before.map((it) => readAt(store, it, reader)))),
      ...(await find<ServiceRequest>(store, 'ServiceRequest', 'based-on', origins, { reader })),
      ...(await find<ServiceRequest>(store, 'ServiceRequest', 'replaces', origins, { reader })),
    ];
    const known = new Set(orders.keys());
    for (const it of found)
      if (isType(it, 'ServiceRequest') && it.id && !orders.has(it.id))
        orders.set(it.id, it as ServiceRequest & Identified);
    open = [...orders.values()].filter(({ id }) => !known.has(id));
  }
  return [...orders.values()];
}

const ordersNamedBy = ({ basedOn = [], replaces = [] }: ServiceRequest): readonly string[] =>
  [...basedOn, ...replaces].flatMap(({ reference }) => reference ?? []);

async function relatedTo(
  store: Memory,
  orders: readonly (ServiceRequest & Identified)[],
  reader: string,
): Promise<readonly Identified[]> {
  const references = orders.map(({ id }) => `ServiceRequest/${id}`);
  const persons = [...new Set(orders.map(({ subject }) => subject.reference ?? ''))];
  const tasks = await find<Task>(store, 'Task', 'focus', references, { reader });
  const encounters = await find<Encounter>(store, 'Encounter', 'based-on', references, { reader });
  const referencesTo = (of: readonly Identified[]) => of.map((it) => `${it.resourceType}/${it.id}`);
  const plans = await find<CarePlan>(store, 'CarePlan', 'encounter', referencesTo(encounters), { reader });
  return [
    ...tasks,
    ...(await find<Task>(store, 'Task', 'focus', referencesTo(plans), { reader })),
    ...(await find<Task>(store, 'Task', 'focus', referencesTo(tasks), { reader })),
    ...(await find<Appointment>(store, 'Appointment', 'based-on', references, { reader })),
    ...encounters,
    ...plans,
    ...(await find<Composition>(store, 'Composition', 'patient', persons, { reader })),
    ...(
      await Promise.all(clinicalTypes.map((type) => find(store, type as 'Observation', 'patient', persons, { reader })))
    ).flat(),
    ...(await find<RelatedPerson>(store, 'RelatedPerson', 'patient', persons, { reader })),
    ...(await find<Communication>(store, 'Communication', 'based-on', references, { reader })),
    ...(await find<EpisodeOfCare>(store, 'EpisodeOfCare', 'incoming-referral', references, { reader })),
  ];
}

/** Adds the referenced resources, transitively. */
async function addReferenced(
  store: Memory,
  found: Map<string, Identified>,
  { reader, base, most }: CaseReading,
): Promise<void> {
  const open = [...found.values()];
  const seen = new Set(found.keys());
  for (let next = open.pop(); next && found.size < most.resources; next = open.pop())
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
      .map(async (it) => (await versionsOf(store, it, reader)).map((version) => eventOf(it, version))),
  );
  // the sort is stable: of resources stored at the same moment the order stays before its Tasks
  return events.flat().sort((one, other) => one.at.localeCompare(other.at) || one.version - other.version);
}

type Version = { readonly version: number; readonly lastUpdated: Date; readonly resource: Resource };

/** Those that the reader may see. A resource in its first version has no other: it was read already. */
async function versionsOf(store: Reading, resource: Identified, reader: string): Promise<readonly Version[]> {
  const { resourceType, id, meta } = resource;
  if (meta?.versionId === '1' && meta.lastUpdated)
    return [{ version: 1, lastUpdated: new Date(meta.lastUpdated), resource }];
  const versions = await store.history(resourceType, id, reader);
  return versions.map(({ version, lastUpdated, text }) => ({ version, lastUpdated, resource: parseJson(text) }));
}

function eventOf({ resourceType, id }: Identified, { version, lastUpdated, resource }: Version): TimelineEvent {
  const { status, businessStatus } = resource as Task;
  const business = ownCode(businessStatus, 'business-status');
  return {
    at: lastUpdated.toISOString(),
    what: `${resourceType}/${id}`,
    version,
    status: String(status),
    ...(business ? { businessStatus: business } : {}),
  };
}
