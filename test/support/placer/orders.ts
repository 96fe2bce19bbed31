/** Orders in the Twiin form. All persons are fictive; BSNs are test numbers. */
import { randomUUID } from 'node:crypto';
import type {
  CodeableConcept,
  Identifier,
  Organization,
  Patient,
  PractitionerRole,
  ServiceRequest,
  Task,
  TaskInput,
} from '@medplum/fhirtypes';
import { BSN, CUSTODIAN, PROFILE, TA, TASK_CODE, URA, URA_ASSIGNER } from './guide.ts';

export interface Candidate {
  system: string;
  value: string;
  ura: string;
}

export interface OrderInput {
  requesterUra: string;
  requesterName: string;
  identifierSystem: string;
  candidates: Candidate[];
  work: { system: string; code: string };
  activity: string;
  bsn: string;
  /** What this network agreed on beside the guide; merged into each resource of the type. */
  agreements?: Record<string, Record<string, unknown>> | undefined;
  /** Codes that this network agreed on for a reason; tried only when words alone are refused. */
  reasons?: Record<string, CodeableConcept> | undefined;
  /** Leave out the attempt with words alone. */
  reasonsOnly?: boolean | undefined;
}

export interface Order {
  patient: Patient;
  organization: Organization;
  role: PractitionerRole;
  request: ServiceRequest;
  tasks: Task[];
}

/** The eleven test for a BSN. */
export function isBsn(value: string): boolean {
  if (!/^\d{9}$/.test(value)) return false;
  const sum = [...value].reduce((total, digit, index) => total + Number(digit) * (index === 8 ? -1 : 9 - index), 0);
  return sum % 11 === 0;
}

/** A reason in words, and the same with the agreed code when there is one. */
export function reasonsFor(input: OrderInput, status: string, text: string): CodeableConcept[] {
  const agreed = input.reasons?.[status];
  return [...(agreed && input.reasonsOnly ? [] : [{ text }]), ...(agreed ? [{ ...agreed, text }] : [])];
}

const coded = (system: string, code: string): CodeableConcept => ({ coding: [{ system, code }] });

/** Identifier of a HealthcareService, assigned by the organisation that is custodian of the record. */
export function assigned(candidate: Candidate): Identifier {
  return {
    use: 'official',
    system: candidate.system,
    value: candidate.value,
    assigner: { identifier: { type: coded(CUSTODIAN, 'custodian'), system: URA_ASSIGNER, value: candidate.ura } },
  };
}

export const owner = (candidate: Candidate): NonNullable<Task['owner']> => ({
  type: 'HealthcareService',
  identifier: assigned(candidate),
});

export function typeOfWork(input: OrderInput): TaskInput {
  return { type: coded(TA, 'type-of-work'), valueCodeableConcept: coded(input.work.system, input.work.code) };
}

function coordinationTask(input: OrderInput, candidate: Candidate, request: string, patient: string | undefined): Task {
  const id = randomUUID();
  return {
    resourceType: 'Task',
    id,
    meta: { profile: [PROFILE.coordination] },
    identifier: [{ system: input.identifierSystem, value: id }],
    status: 'requested',
    intent: 'order',
    code: patient ? coded(TASK_CODE, 'fulfill') : coded(TA, 'request-fulfillment'),
    focus: { reference: request },
    ...(patient ? { for: { reference: patient } } : {}),
    authoredOn: new Date().toISOString(),
    requester: { identifier: { system: URA, value: input.requesterUra } },
    owner: owner(candidate),
    input: [typeOfWork(input)],
  };
}

/** One candidate: fulfill with the patient. More candidates: request-fulfillment without the patient. */
export function makeOrder(input: OrderInput): Order {
  if (!isBsn(input.bsn) || !input.bsn.startsWith('9999'))
    throw new Error('a test person needs a test BSN that starts with 9999');
  const ids = { patient: randomUUID(), organization: randomUUID(), role: randomUUID(), request: randomUUID() };
  const single = input.candidates.length === 1;
  const organization: Organization = {
    resourceType: 'Organization',
    id: ids.organization,
    active: true,
    identifier: [{ system: URA, value: input.requesterUra }],
    name: input.requesterName,
  };
  const role: PractitionerRole = {
    resourceType: 'PractitionerRole',
    id: ids.role,
    active: true,
    organization: { reference: `Organization/${ids.organization}` },
  };
  const patient: Patient = {
    resourceType: 'Patient',
    id: ids.patient,
    identifier: [{ system: BSN, value: input.bsn }],
    name: [{ family: 'Proefpersoon', given: ['Fictief'] }],
    gender: 'other',
    birthDate: '1980-01-01',
  };
  const request: ServiceRequest = {
    resourceType: 'ServiceRequest',
    id: ids.request,
    meta: { profile: [PROFILE.order] },
    status: 'active',
    intent: 'order',
    instantiatesCanonical: [input.activity],
    code: coded(input.work.system, input.work.code),
    subject: { reference: `Patient/${ids.patient}` },
    authoredOn: new Date().toISOString(),
    requester: { reference: `PractitionerRole/${ids.role}` },
  };
  const tasks = input.candidates.map((candidate) =>
    coordinationTask(input, candidate, `ServiceRequest/${ids.request}`, single ? `Patient/${ids.patient}` : undefined),
  );
  const agreed = <T extends { resourceType: string }>(resource: T): T =>
    merge(resource, input.agreements?.[resource.resourceType] ?? {}) as T;
  return {
    patient: agreed(patient),
    organization: agreed(organization),
    role: agreed(role),
    request: agreed(request),
    tasks: tasks.map(agreed),
  };
}

/** Objects are merged, lists are joined, anything else is replaced. */
function merge(base: unknown, extra: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(extra)) return [...base, ...extra];
  if (typeof base !== 'object' || typeof extra !== 'object' || base === null || extra === null) return extra;
  const names = new Set([...Object.keys(base), ...Object.keys(extra)]);
  const value = (name: string): unknown => {
    const [left, right] = [(base as Record<string, unknown>)[name], (extra as Record<string, unknown>)[name]];
    return right === undefined ? left : left === undefined ? right : merge(left, right);
  };
  return Object.fromEntries([...names].map((name) => [name, value(name)]));
}

/** Selection: the changed Tasks, to be written in one update. Agreed codes stand beside those of the guide. */
export function selection(
  tasks: Task[],
  chosen: string,
  patient: string,
  agreed: Record<string, CodeableConcept> = {},
): Task[] {
  const both = (code: string): CodeableConcept => ({ coding: [{ system: TA, code }, ...(agreed[code]?.coding ?? [])] });
  return tasks.map((task): Task => {
    if (task.id !== chosen)
      return { ...task, status: 'cancelled', statusReason: { ...both('not-selected'), text: 'not selected' } };
    const others = (task.code?.coding ?? []).filter((coding) => coding.code !== 'request-fulfillment');
    return {
      ...task,
      code: { coding: [{ system: TASK_CODE, code: 'fulfill' }, ...others] },
      for: { reference: patient },
      businessStatus: both('selected'),
    };
  });
}

/** The placer asks the fulfiller to stop work that has started. */
export function cancellationRequest(input: OrderInput, task: Task): Task {
  const id = randomUUID();
  return {
    resourceType: 'Task',
    id,
    meta: { profile: [PROFILE.cancellation] },
    identifier: [{ system: input.identifierSystem, value: id }],
    status: 'requested',
    statusReason: { text: 'The person no longer wants this help' },
    intent: 'order',
    code: coded(TASK_CODE, 'abort'),
    focus: { reference: `Task/${task.id}` },
    authoredOn: new Date().toISOString(),
    requester: { identifier: { system: URA, value: input.requesterUra } },
    ...(task.owner ? { owner: task.owner } : {}),
    input: [typeOfWork(input)],
  };
}

/** The fulfiller asks the placer to withdraw the order itself. */
export function withdrawalRequest(input: OrderInput, fulfillerUra: string, request: string): Task {
  return {
    resourceType: 'Task',
    meta: { profile: [PROFILE.withdrawal] },
    status: 'requested',
    statusReason: { text: 'The help that was asked for is not suitable' },
    intent: 'proposal',
    code: coded(TASK_CODE, 'abort'),
    focus: { reference: request },
    authoredOn: new Date().toISOString(),
    requester: { identifier: { system: URA, value: fulfillerUra } },
    owner: { identifier: { system: URA, value: input.requesterUra } },
  };
}

export const has = (concept: CodeableConcept | undefined, system: string, code: string): boolean =>
  (concept?.coding ?? []).some((coding) => coding.system === system && coding.code === code);
