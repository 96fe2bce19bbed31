import type {
  Appointment,
  CarePlan,
  CodeableConcept,
  Consent,
  Encounter,
  RelatedPerson,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { parseJson } from '../../fhir/json.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import type { Store } from '../../store/port.ts';
import { clinicalDetails, clinicalTypes } from '../../vocabulary/clinical-types.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import type { OrderGraph } from '../../workflow/index.ts';
import { consentsOf } from './consents.ts';
import { atGateway, find, findBy, type Memory, readAt } from './memory.ts';

/** An order with its Tasks, Encounters and Appointments, read without a reader. `focus` is `ServiceRequest/<id>`. */
export async function orderGraphOf(memory: Memory, focus: string): Promise<OrderGraph> {
  const order = await readAt(memory, focus);
  const tasks = await find<Task>(memory, 'Task', 'focus', [focus]);
  const tasksOnTasks = await find<Task>(
    memory,
    'Task',
    'focus',
    tasks.map(({ id }) => `Task/${id}`),
  );
  return {
    order: isType(order, 'ServiceRequest') ? order : undefined,
    tasks: [...tasks, ...tasksOnTasks],
    // a case consultation (casusoverleg) does not change the state of the order
    encounters: (await find<Encounter>(memory, 'Encounter', 'based-on', [focus])).filter(
      ({ type = [] }) => !type.some(isOfConsultation),
    ),
    appointments: (await find<Appointment>(memory, 'Appointment', 'based-on', [focus])).filter(
      ({ serviceType = [] }) => !serviceType.some(isOfConsultation),
    ),
  };
}

/** Whether the type of an Encounter or Appointment is a case consultation (casusoverleg). */
export const isOfConsultation = (concept: CodeableConcept): boolean =>
  hasOwnCode(concept, 'use-case', 'case-consultation');

/**
 * The order of a Task, `ServiceRequest/<id>`; of an `abort` the order of the Task to stop. Empty when there is none.
 */
export async function focusOf(memory: Memory, task: Task): Promise<string> {
  const focus = task.focus?.reference ?? '';
  if (!focus.startsWith('Task/')) return focus;
  const target = await readAt(memory, focus);
  return isType(target, 'Task') ? (target.focus?.reference ?? '') : '';
}

/** The order whose conversation made a plan, `CarePlan/<id>`. */
export async function orderOfPlan(memory: Memory, plan: string | undefined): Promise<ServiceRequest | undefined> {
  const found = plan?.startsWith('CarePlan/') ? await readAt(memory, plan) : undefined;
  if (!isType(found, 'CarePlan')) return undefined;
  const conversation = await readAt(memory, (found as CarePlan).encounter?.reference ?? '');
  if (!isType(conversation, 'Encounter')) return undefined;
  const order = await readAt(memory, (conversation as Encounter).basedOn?.[0]?.reference ?? '');
  return isType(order, 'ServiceRequest') ? (order as ServiceRequest) : undefined;
}

/** Upper bound on the chain of orders that are based on each other. */
const maximumDepth = 5;

/** The order with the orders on which it is based, the first of the journey last. */
export async function ordersBefore(memory: Memory, order: ServiceRequest): Promise<readonly ServiceRequest[]> {
  const found = [order];
  for (let next: ServiceRequest | undefined = order; next && found.length < maximumDepth; ) {
    const before: Identified | undefined = await readAt(memory, next.basedOn?.[0]?.reference ?? '');
    next = before && isType(before, 'ServiceRequest') ? before : undefined;
    if (next) found.push(next);
  }
  return found;
}

/** The orders based on this one, directly or through others. */
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

/** Types that belong to an order. Other orders, Tasks and reports that it refers to are other messages. */
export const partsOfOrder: ReadonlySet<string> = new Set([
  'Patient',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'HealthcareService',
  'Location',
  'Composition',
  'Consent',
  ...clinicalTypes,
  ...clinicalDetails,
]);

/**
 * The complete order: itself, what it refers to, the RelatedPersons of its person, the Consents (toestemming) and the
 * clinical data about the person that was sent with it; with these Consents left out, which are judged in another form.
 */
export async function wholeOrder(
  memory: Memory & Pick<Store, 'vread'>,
  order: ServiceRequest,
  base: string,
  instead: readonly (Consent & { readonly id: string })[] = [],
): Promise<readonly Identified[]> {
  const found = new Map<string, Identified>([[`ServiceRequest/${order.id}`, order as Identified]]);
  const person = [order.subject.reference ?? ''];
  const ofPerson: readonly Identified[] = [
    ...(await find<RelatedPerson>(memory, 'RelatedPerson', 'patient', person)),
    // a Consent applies also when no resource refers to it
    ...(await consentsOf(memory, person, instead)),
    ...(await sentWith(memory, order)),
  ];
  const open: Identified[] = [order as Identified, ...ofPerson];
  for (const it of ofPerson) found.set(`${it.resourceType}/${it.id}`, it);
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

/** Clinical data about the person that was stored in the same commit as the order. It is never changed afterwards. */
async function sentWith(memory: Memory & Pick<Store, 'vread'>, { id, subject }: ServiceRequest): Promise<Identified[]> {
  const first = await memory.vread('ServiceRequest', id ?? '', 1);
  const { source, lastUpdated } = ((first && parseJson(first.text)) as Identified | undefined)?.meta ?? {};
  if (!lastUpdated || !subject.reference) return [];
  const found = await Promise.all(
    clinicalTypes.map((type) => foundAt(memory, type, subject.reference ?? '', lastUpdated)),
  );
  return found.flat().filter(({ meta }) => meta?.source === source && meta?.lastUpdated === lastUpdated);
}

/** What is stored of a person at a time: not all that was ever sent about it. */
async function foundAt(memory: Memory, type: string, patient: string, time: string): Promise<Identified[]> {
  const criteria = [
    { name: 'patient', values: [patient] },
    { name: '_lastUpdated', values: [time] },
  ];
  return (await findBy(memory, type, criteria)) as Identified[];
}
