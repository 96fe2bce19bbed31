import type {
  Appointment,
  Bundle,
  CarePlan,
  Composition,
  Consent,
  Patient,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import { mgnNaming } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { isPreparationOf } from '../../workflow/index.ts';
import { ordersOf } from '../memory/case.ts';
import { consentsOf } from '../memory/consents.ts';
import { isOfConsultation, orderOfPlan } from '../memory/journey.ts';
import { atGateway, find, type Memory, readAt } from '../memory/memory.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming } from '../pipeline/kind.ts';

/** The complete case of a case consultation (casusoverleg), before any disclosure decision. */
export type ConsultationCase = {
  /** Task of the consultation; absent for a message that requests a new one. */
  readonly consultation?: Task & Identified;
  /** Subject of the consultation: an order or a plan. */
  readonly focus: (ServiceRequest | CarePlan) & Identified;
  /** The focus itself, or the order that the plan came from. */
  readonly order: ServiceRequest & Identified;
  /** First order of the case. */
  readonly root: ServiceRequest & Identified;
  readonly person: Patient & Identified;
  /** Patient of the order of the focus; in the social domain a different resource than `person`. */
  readonly subject: Patient & Identified;
  readonly orders: readonly (ServiceRequest & Identified)[];
  /** Tasks of all orders of the case and of the focus. */
  readonly tasks: readonly (Task & Identified)[];
  /** All Consents of the person. */
  readonly consents: readonly (Consent & Identified)[];
  /** Appointments of this consultation, extracts for single organisations included. */
  readonly appointments: readonly (Appointment & Identified)[];
};

const tasksIn = ({ entry = [] }: Bundle): readonly Task[] =>
  entry.flatMap(({ resource }) =>
    isType(resource, 'Task') && isConsultation(resource as Task) ? [resource as Task] : [],
  );

/** `Type/id` of the focus of a requested consultation; empty for other messages. */
export const focusOfConsultation = (graph: Bundle, base: string): string[] =>
  tasksIn(graph).flatMap(({ focus, partOf }) =>
    partOf?.length ? [] : (atGateway(focus?.reference ?? '', base) ?? []),
  );

/** References to the consultation Task that a preparation or record belongs to. */
function consultationOf({ entry = [] }: Bundle): string[] {
  return entry.flatMap(({ resource }) => {
    if (isType(resource, 'Appointment') && (resource as Appointment).serviceType?.some(isOfConsultation))
      return ((resource as Appointment).supportingInformation ?? []).flatMap(({ reference }) => reference ?? []);
    if (isType(resource, 'Composition') && (resource as Composition).category?.some(isOfConsultation))
      return ((resource as Composition).event ?? [])
        .flatMap(({ detail = [] }) => detail)
        .flatMap(({ reference }) => reference ?? []);
    return [];
  });
}

/** Undefined for other kinds of message, and when the sender may not read the focus. */
export async function lookUpConsultation(
  memory: Memory,
  { graph, loaded: { resources: loadedResources } }: Incoming,
  { network }: DecisionContext,
): Promise<ConsultationCase | undefined> {
  const base = network.settings.baseUrl;
  const [named] = consultationOf(graph).flatMap((it) => atGateway(it, base) ?? []);
  const task = named === undefined ? undefined : loadedResources.get(named);
  const consultation = isType(task, 'Task') && isConsultation(task as Task) ? (task as Task & Identified) : undefined;
  const [requestedFocus] = focusOfConsultation(graph, base);
  const focus = consultation
    ? await readAt(memory, consultation.focus?.reference ?? '')
    : requestedFocus === undefined || named !== undefined
      ? undefined
      : loadedResources.get(requestedFocus);
  if (!isType(focus, 'ServiceRequest') && !isType(focus, 'CarePlan')) return undefined;
  const order = isType(focus, 'ServiceRequest') ? focus : await orderOfPlan(memory, `CarePlan/${focus.id}`);
  if (!isType(order, 'ServiceRequest')) return undefined;
  const orders = await ordersOf(memory, order as ServiceRequest & Identified);
  const root = rootOf(order as ServiceRequest & Identified, orders);
  const person = await readAt(memory, root.subject.reference ?? '');
  const subject = await readAt(memory, order.subject.reference ?? '');
  if (!isType(person, 'Patient') || !isType(subject, 'Patient')) return undefined;
  const references = new Set([...orders.map(({ id }) => `ServiceRequest/${id}`), `${focus.resourceType}/${focus.id}`]);
  const tasks = await find<Task>(memory, 'Task', 'focus', [...references]);
  const consents = await consentsOf(memory, [`Patient/${person.id}`]);
  const planned = consultation
    ? await find<Appointment>(memory, 'Appointment', 'based-on', [`ServiceRequest/${root.id}`])
    : [];
  return {
    ...(consultation ? { consultation } : {}),
    focus: focus as ConsultationCase['focus'],
    order: order as ServiceRequest & Identified,
    root,
    person: person as Patient & Identified,
    subject: subject as Patient & Identified,
    orders,
    tasks: tasks as ConsultationCase['tasks'],
    consents: consents as ConsultationCase['consents'],
    appointments: planned.filter(
      (it) => consultation && isOfTask(it, consultation),
    ) as ConsultationCase['appointments'],
  };
}

/** An Appointment of a consultation carries the identifier of its Task. */
export const isOfTask = ({ identifier = [] }: Appointment, { id }: { readonly id: string }): boolean =>
  identifier.some(({ system, value }) => system === mgnNaming('task') && value === id);

/** Preparation Tasks of a consultation, ended ones included. */
export const preparationsOf = ({ tasks, consultation }: ConsultationCase): readonly (Task & Identified)[] =>
  consultation ? tasks.filter((it) => isPreparationOf(it, consultation)) : [];

function rootOf(order: ServiceRequest & Identified, orders: readonly (ServiceRequest & Identified)[]) {
  const byReference = new Map(orders.map((it) => [`ServiceRequest/${it.id}`, it]));
  const visited = new Set([order.id]);
  for (let at = order; ; ) {
    const before = (at.basedOn ?? []).flatMap(({ reference = '' }) => byReference.get(reference) ?? [])[0];
    if (!before || visited.has(before.id)) return at;
    visited.add(before.id);
    at = before;
  }
}
