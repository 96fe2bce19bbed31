import type { Bundle, Encounter, Patient, Reference, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Partner } from '../../directory/index.ts';
import { clone } from '../../fhir/clone.ts';
import type { Identified } from '../../fhir/graph.ts';
import { issue } from '../../fhir/issue.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { LoadedContext } from '../memory/look-up.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming } from '../pipeline/kind.ts';

/** The order that a conversation record belongs to, with the Tasks that focus on it and its Patient. */
export type RecordedOrder = {
  readonly order: ServiceRequest & Identified;
  readonly tasks: readonly (Task & Identified)[];
  readonly person: Patient & Identified;
};

const place = { expression: 'Encounter.basedOn' };

/**
 * The order in Encounter.basedOn, by reference or identifier. An order that the sender may not read is
 * `conversation-order-unknown`.
 */
export function orderOf(graph: Bundle, loaded: LoadedContext): Result<RecordedOrder> {
  const resources = [...loaded.resources.values()];
  const order = resources.find((it): it is ServiceRequest & Identified =>
    Boolean(
      isType(it, 'ServiceRequest') && conversationOf(graph)?.basedOn?.some((candidate) => isNamed(it, candidate)),
    ),
  );
  const person = order && loaded.resources.get(order.subject.reference ?? '');
  if (!order || !isType(person, 'Patient')) return failure(issue('conversation-order-unknown', {}, place));
  const tasks = resources.filter(
    (it): it is Task & Identified => isType(it, 'Task') && it.focus?.reference === `ServiceRequest/${order.id}`,
  );
  return success({ order, tasks, person });
}

export function conversationOf({ entry = [] }: Bundle): Encounter | undefined {
  for (const { resource } of entry) if (isType(resource, 'Encounter')) return resource;
  return undefined;
}

function isNamed(order: ServiceRequest & Identified, { reference, identifier }: Reference): boolean {
  if (reference) return reference === `ServiceRequest/${order.id}`;
  return (
    order.identifier?.some(
      ({ system, value }) => system !== undefined && system === identifier?.system && value === identifier?.value,
    ) ?? false
  );
}

/** Task statuses in which the gateway accepts a conversation record. */
const openStatuses: ReadonlySet<string> = new Set(['received', 'accepted', 'in-progress', 'on-hold', 'completed']);

/**
 * The Task of the order that this partner owns. Issues: `conversation-owner-only`, `conversation-task-not-accepted`.
 */
export function ownTaskOf(
  { network }: Pick<DecisionContext, 'network'>,
  { tasks }: RecordedOrder,
  partner: Partner,
): Result<Task & Identified> {
  const own = tasks.filter(({ owner }) => network.directory.service(owner?.reference ?? '')?.partner === partner.id);
  const openTask = own.find(({ status }) => openStatuses.has(status));
  if (openTask) return success(openTask);
  if (own.length === 0) return failure(issue('conversation-owner-only', {}, place));
  return failure(issue('conversation-task-not-accepted', {}, place));
}

/**
 * Fills in the references to the stored order and Patient where the record has none. Refuses a reference to another
 * Patient, or to a resource about another Patient (`conversation-person-mismatch`): data of one person must never be
 * filed under another.
 */
export function withOrder(
  { graph, loaded }: Pick<Incoming, 'graph' | 'loaded'>,
  { order, person }: RecordedOrder,
): Result<Bundle> {
  const completed = clone(graph);
  const patientReference = `Patient/${person.id}`;
  for (const { resource } of completed.entry ?? []) {
    if (!resource) continue;
    for (const name of ['subject', 'patient'] as const) {
      const elements = resource as { subject?: Reference; patient?: Reference };
      if (elements[name] && !elements[name].reference) elements[name] = { reference: patientReference };
    }
    orderIn(resource, `ServiceRequest/${order.id}`);
  }
  const issues = referencesIn(completed).flatMap(({ text, path }) =>
    text !== undefined && isAboutAnother(text, patientReference, loaded)
      ? [issue('conversation-person-mismatch', {}, { expression: path() })]
      : [],
  );
  return issues.length ? failure(...issues) : success(completed);
}

function isAboutAnother(text: string, patientReference: string, { resources }: LoadedContext): boolean {
  if (text.startsWith('Patient/')) return text !== patientReference;
  const target = resources.get(text) as { subject?: Reference; patient?: Reference; for?: Reference } | undefined;
  const patient = target?.subject ?? target?.patient ?? target?.for;
  return patient?.reference !== undefined && patient.reference !== patientReference;
}

function orderIn(resource: Resource, reference: string): void {
  if (isType(resource, 'Encounter') || isType(resource, 'Appointment') || isType(resource, 'ServiceRequest'))
    resource.basedOn = [{ reference }];
}
