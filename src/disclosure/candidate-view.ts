import type { Task } from '@medplum/fhirtypes';
import { canonicalBase, mgnCodeSystem, mgnExtension, mgnNaming } from '../fhir/canonical.ts';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { typeModel } from '../fhir/model.ts';
import type { Elements } from '../fhir/resource.ts';
import { taskCodeSystem, verbOf } from '../vocabulary/task-verb.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import {
  type AllowList,
  code,
  codesOf,
  dateTime,
  type ElementFilter,
  element,
  freeText,
  list,
  oneOf,
  reduce,
} from './allow-list.ts';

/**
 * A Task of which the owner may not learn about whom it is: a candidate that is not selected, before and after the
 * choice of another.
 */
export const isUnselected = (task: Task): boolean => verbOf(task) === 'request-fulfillment' && !isConsultation(task);

/** System of the focus that a candidate sees. Its value is the id of its own Task, so no two candidates share it. */
const opaqueFocus = mgnNaming('order-before-selection');

/** An id of the gateway; excludes a number of a person under any system. */
const uuid: ElementFilter = (value) =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) ? value : undefined;

const ownUri: ElementFilter = (value) =>
  typeof value === 'string' && value.startsWith(`${canonicalBase}/`) && /^[\w:/.#-]+$/.test(value) ? value : undefined;

const versionNumber: ElementFilter = (value) =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? value : undefined;

const whole =
  (filter: ElementFilter, ...names: readonly string[]): ElementFilter =>
  (value) => {
    const passed = filter(value) as Elements | undefined;
    return passed && names.every((it) => passed[it] !== undefined) ? passed : undefined;
  };

/** CBS code of a municipality: four digits. */
const municipality = whole(
  element({
    coding: list(
      whole(
        element({
          system: oneOf(mgnNaming('municipality')),
          code: (it) => (typeof it === 'string' && /^\d{4}$/.test(it) ? it : undefined),
        }),
        'system',
        'code',
      ),
    ),
  }),
  'coding',
);

const requestCodes = codesOf(
  mgnCodeSystem('service-type'),
  mgnCodeSystem('life-domain'),
  mgnCodeSystem('zrm-domain'),
  mgnCodeSystem('age-group'),
);

/** Elements and values of the request that a candidate reads: codes of the network, places of its directory, moments. */
const request: AllowList = {
  id: uuid,
  meta: element({ versionId: versionNumber, lastUpdated: dateTime, source: ownUri, profile: list(ownUri) }),
  extension: list(
    whole(
      element({
        url: oneOf(mgnExtension('legal-basis')),
        valueCodeableConcept: codesOf(mgnCodeSystem('legal-basis')),
      }),
      'url',
      'valueCodeableConcept',
    ),
  ),
  identifier: list(
    whole(element({ system: oneOf(mgnNaming('resource'), mgnNaming('task')), value: uuid }), 'system', 'value'),
  ),
  status: code,
  statusReason: codesOf(mgnCodeSystem('status-reason')),
  businessStatus: codesOf(mgnCodeSystem('business-status')),
  intent: code,
  priority: code,
  code: codesOf(taskCodeSystem, mgnCodeSystem('task-code'), mgnCodeSystem('use-case')),
  authoredOn: dateTime,
  lastModified: dateTime,
  // written by the gateway, from its directory
  requester: element({ reference: freeText, display: freeText }),
  owner: element({ reference: freeText, display: freeText }),
  restriction: whole(element({ period: element({ start: dateTime, end: dateTime }) }), 'period'),
  input: list(
    whole(
      element({
        type: codesOf(mgnCodeSystem('task-input')),
        valueCodeableConcept: (it) => municipality(it) ?? requestCodes(it),
      }),
      'type',
      'valueCodeableConcept',
    ),
  ),
};

/** What the candidate itself wrote; a move of its requester never changes these (`candidateElementsRefused`). */
const ofOwner = ['note', 'output'] as const;

/**
 * The Task as its candidate sees it, whatever the stored Task holds: by an allow-list of elements and values, without
 * what leads to the person, to the order, or from one candidate to another (partOf, groupIdentifier, focus). The reason
 * of its own rejection is its own; any other reason is a code.
 */
export function taskForCandidate(task: Task): Task {
  const own = task.status === 'rejected' && task.statusReason ? { statusReason: task.statusReason } : {};
  const reduced = reduce(task, request) as unknown as Partial<Task>;
  return {
    resourceType: 'Task',
    ...reduced,
    ...(task.id ? { focus: { type: 'ServiceRequest', identifier: { system: opaqueFocus, value: task.id } } } : {}),
    ...own,
    ...Object.fromEntries(ofOwner.flatMap((name) => (task[name] ? [[name, task[name]]] : []))),
  } as Task;
}

/**
 * A Task that ended without being carried out, as its owner sees it from then on: how it ended and what the owner itself
 * wrote, not what it was about. `focus` stays, by which the owner finds its own copy, and
 * the consultation that it was part of.
 */
export const taskWithoutGround = (task: Task): Task => ({
  ...taskForCandidate(task),
  ...(task.focus?.reference ? { focus: { reference: task.focus.reference } } : {}),
  ...(isConsultation(task) && task.partOf ? { partOf: task.partOf } : {}),
  ...(task.statusReason ? { statusReason: task.statusReason } : {}),
});

/** Whether the owner reads the Task in that form. */
export const isWithoutGround = (task: Task): boolean =>
  ['rejected', 'cancelled', 'entered-in-error'].includes(task.status) && verbOf(task) === 'fulfill';

/** Elements that a requester may change in the Task of a candidate; the fixed elements have a finding of their own. */
const movable: ReadonlySet<string> = new Set([
  ...['status', 'statusReason', 'businessStatus', 'lastModified', 'meta', 'id', 'resourceType'],
  ...['identifier', 'intent', 'code', 'focus', 'for', 'authoredOn', 'requester', 'owner', 'basedOn', 'partOf'],
  ...['contained', 'input', 'output'],
]);

/** Names of the elements by which a move of the requester would reach a candidate outside the allow-list. */
export function candidateElementsRefused(before: Task, after: Task): readonly string[] {
  const [stored, requested] = [before, after] as unknown as [Elements, Elements];
  return Object.keys(requested)
    .filter((name) => !movable.has(name))
    .filter((name) => canonicalJson(stored[name] ?? null) !== canonicalJson(requested[name] ?? null))
    .map((name) => (typeModel('Task')?.properties.has(name) ? name : '?'));
}
