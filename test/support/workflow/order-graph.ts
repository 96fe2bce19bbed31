import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../../../src/fhir/canonical.ts';
import type { OrderGraph, RequestedChange, TaskStatus } from '../../../src/workflow/index.ts';
import { effects } from '../../../src/workflow/index.ts';

export const concept = (system: string, code: string): CodeableConcept => ({
  coding: [{ system: mgnCodeSystem(system), code }],
});
const taskCode = 'http://hl7.org/fhir/CodeSystem/task-code';

export const order: ServiceRequest = {
  resourceType: 'ServiceRequest',
  id: 'order',
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/1' },
};

export const taskOf = (
  id: string,
  verb: 'fulfill' | 'request-fulfillment' | 'abort' | 'complete-questionnaire',
  more: Partial<Task> = {},
): Task => ({
  resourceType: 'Task',
  id,
  extension: [
    { url: mgnExtension('legal-basis'), valueCodeableConcept: concept('legal-basis', 'referral-within-care') },
  ],
  status: 'requested',
  intent: 'order',
  code: {
    coding: [
      {
        system:
          verb === 'request-fulfillment' || verb === 'complete-questionnaire' ? mgnCodeSystem('task-code') : taskCode,
        code: verb,
      },
      { system: mgnCodeSystem('use-case'), code: 'transfer' },
    ],
  },
  focus: { reference: 'ServiceRequest/order' },
  ...(verb === 'request-fulfillment' ? {} : { for: { reference: 'Patient/1' } }),
  owner: { reference: `HealthcareService/${id}` },
  requester: { reference: 'Organization/requester' },
  ...more,
});

export const graphOf = (tasks: readonly Task[], more: Partial<OrderGraph> = {}): OrderGraph => ({
  order,
  tasks,
  encounters: [],
  appointments: [],
  ...more,
});

let made = 0;
export const making = { at: new Date('2026-11-22T10:00:00Z'), newId: () => `made-${made++}` };

/** The graph after a move, or the rules by which it was refused. */
export function moved(graph: OrderGraph, wanted: RequestedChange, actors: Parameters<typeof effects>[2]) {
  const result = effects(graph, wanted, actors, making);
  if (!result.ok) return { refused: result.issues.map(({ rule }) => rule), graph, rules: [] as string[] };
  const tasks = new Map(graph.tasks.map((it) => [it.id, it]));
  const appointments = new Map(graph.appointments.map((it) => [it.id, it]));
  let now = graph.order;
  for (const { resource } of result.value.effects)
    if (resource.resourceType === 'Task') tasks.set(resource.id, resource);
    else if (resource.resourceType === 'Appointment') appointments.set(resource.id, resource);
    else now = resource;
  return {
    refused: [],
    graph: { ...graph, order: now, tasks: [...tasks.values()], appointments: [...appointments.values()] },
    rules: result.value.effects.map(({ rule }) => rule),
  };
}

export const to = (task: Task, status: TaskStatus, more: Partial<Task> = {}): RequestedChange => ({
  kind: 'task',
  after: { ...task, status, ...more },
});
