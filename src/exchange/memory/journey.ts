import type {
  Appointment,
  CodeableConcept,
  Consent,
  Encounter,
  RelatedPerson,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import type { OrderGraph } from '../../workflow/index.ts';
import { atGateway, find, type Memory, readAt } from './memory.ts';

/** An order with all its Tasks and what was planned for it, for the gateway's own eyes. `focus` is `ServiceRequest/<id>`. */
export async function orderGraphOf(memory: Memory, focus: string): Promise<OrderGraph> {
  const order = await readAt(memory, focus);
  const tasks = await find<Task>(memory, 'Task', 'focus', [focus]);
  const about = await find<Task>(
    memory,
    'Task',
    'focus',
    tasks.map(({ id }) => `Task/${id}`),
  );
  return {
    order: isType(order, 'ServiceRequest') ? order : undefined,
    tasks: [...tasks, ...about],
    // a consultation about the case says nothing of how the order itself stands
    encounters: (await find<Encounter>(memory, 'Encounter', 'based-on', [focus])).filter(
      ({ type = [] }) => !type.some(isOfConsultation),
    ),
    appointments: (await find<Appointment>(memory, 'Appointment', 'based-on', [focus])).filter(
      ({ serviceType = [] }) => !serviceType.some(isOfConsultation),
    ),
  };
}

export const isOfConsultation = (concept: CodeableConcept): boolean =>
  hasOwnCode(concept, 'use-case', 'case-consultation');

/** What the Task moves around: its order, of an `abort` that of the Task which should stop. */
export async function focusOf(memory: Memory, task: Task): Promise<string> {
  const focus = task.focus?.reference ?? '';
  if (!focus.startsWith('Task/')) return focus;
  const stopped = await readAt(memory, focus);
  return isType(stopped, 'Task') ? (stopped.focus?.reference ?? '') : '';
}

/** Orders lead to the one that they follow from; nobody goes on for ever. */
const maximumDepth = 5;

/** The order with those it follows from, the first of the journey last. */
export async function ordersBefore(memory: Memory, order: ServiceRequest): Promise<readonly ServiceRequest[]> {
  const found = [order];
  for (let next: ServiceRequest | undefined = order; next && found.length < maximumDepth; ) {
    const before: Identified | undefined = await readAt(memory, next.basedOn?.[0]?.reference ?? '');
    next = before && isType(before, 'ServiceRequest') ? before : undefined;
    if (next) found.push(next);
  }
  return found;
}

/** The orders that follow from this one, and from those in turn. */
export async function ordersAfter(memory: Memory, order: ServiceRequest): Promise<readonly ServiceRequest[]> {
  const found = new Map<string, ServiceRequest>();
  let open = [`ServiceRequest/${order.id}`];
  for (let depth = 0; open.length > 0 && depth < maximumDepth; depth++) {
    const next = await find<ServiceRequest>(memory, 'ServiceRequest', 'based-on', open);
    open = next.filter(({ id }) => !found.has(id)).map(({ id }) => `ServiceRequest/${id}`);
    for (const it of next) found.set(it.id, it);
  }
  return [...found.values()];
}

/** What may go along with an order; other orders, Tasks and reports that it refers to are other messages. */
export const partsOfOrder: ReadonlySet<string> = new Set([
  'Patient',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'HealthcareService',
  'Location',
  'Condition',
  'Composition',
  'DocumentReference',
  'Consent',
]);

/** The order as it was sent: itself, what it leads to, and the people close to its person. */
export async function wholeOrder(memory: Memory, order: ServiceRequest, base: string): Promise<readonly Identified[]> {
  const found = new Map<string, Identified>([[`ServiceRequest/${order.id}`, order as Identified]]);
  const person = [order.subject.reference ?? ''];
  const around: readonly Identified[] = [
    ...(await find<RelatedPerson>(memory, 'RelatedPerson', 'patient', person)),
    // what the person allows or refuses counts, wherever it is referred to from
    ...(await find<Consent>(memory, 'Consent', 'patient', person)),
  ];
  const open: Identified[] = [order as Identified, ...around];
  for (const it of around) found.set(`${it.resourceType}/${it.id}`, it);
  for (let next = open.pop(); next; next = open.pop())
    for (const { text } of referencesIn(next)) {
      const reference = text === undefined ? undefined : atGateway(text, base);
      if (!reference || found.has(reference) || !partsOfOrder.has(reference.split('/')[0] ?? '')) continue;
      const resource = await readAt(memory, reference);
      if (!resource) continue;
      found.set(reference, resource);
      open.push(resource);
    }
  return [...found.values()];
}
