import type { Bundle, CodeableConcept, Coding, Patient, ServiceRequest, Task, TaskInput } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnNaming } from '../fhir/canonical.ts';
import { graphOf } from '../fhir/graph.ts';
import { identifierSystems } from '../fhir/identifier.ts';
import { isType } from '../fhir/resource.ts';
import { ownCoding, ownConcept } from '../vocabulary/concept.ts';
import { legalBasisConceptOf, legalBasisExtension } from '../vocabulary/legal-basis.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import type { RecipientProjections } from './projection/projection.ts';

/** Facts beside the graph that a candidate's Task is built from. */
export type CandidateView = {
  /** Code of the municipality where the person lives. */
  readonly municipality: string | null;
  /** The requesting organisation, never a person within it: the person concerned may be the requester. */
  readonly requester: NonNullable<Task['requester']>;
  readonly now: Date;
  /** What this candidate may receive: an input that it may not receive is not written. */
  readonly projections: RecipientProjections;
  /** True for a candidate in the social domain, which does not learn to which Task of care its own belongs. */
  readonly social?: boolean;
};

/** A Task that requests availability only (`request-fulfillment`): its owner receives no personal data. */
export const isCandidate = (task: Task): boolean => verbOf(task) === 'request-fulfillment';

/**
 * The Task for a candidate as it is stored, built by an allow-list (Twiin TA Workflow: no personal data before
 * selection): care type in codes, life domains, municipality, age group and priority. It contains nothing else of the
 * order. Its sender reads its own identifiers and references in it; the candidate does not (candidate-view.ts).
 */
export function candidateTask(bundle: Bundle, task: Task, view: CandidateView): Task {
  const { requester, social } = view;
  const graph = graphOf(bundle);
  const focus = graph.resolve(task.focus);
  const order = isType(focus, 'ServiceRequest') ? focus : undefined;
  const subject = graph.resolve(order?.subject);
  const person = isType(subject, 'Patient') ? subject : undefined;
  const basis = legalBasisConceptOf(task);
  const inputs = permittedInputs(inputsOf(order, person, view), view);
  return {
    resourceType: 'Task',
    ...(task.id ? { id: task.id } : {}),
    ...(task.meta?.source ? { meta: { source: task.meta.source } } : {}),
    ...(basis ? { extension: [legalBasisExtension(ofNetwork(basis, 'legal-basis'))] } : {}),
    identifier: (task.identifier ?? []).filter(({ system }) => system !== identifierSystems.bsn),
    ...(task.partOf && !social ? { partOf: partsOf(task.partOf) } : {}),
    status: task.status,
    intent: task.intent,
    ...(order?.priority ? { priority: order.priority } : {}),
    ...(task.code ? { code: codesOf(task.code) } : {}),
    ...(task.focus?.reference ? { focus: { reference: task.focus.reference } } : {}),
    ...(task.authoredOn ? { authoredOn: task.authoredOn } : {}),
    requester,
    ...(task.owner ? { owner: task.owner } : {}),
    ...(task.restriction?.period ? { restriction: { period: task.restriction.period } } : {}),
    ...(inputs.length ? { input: inputs } : {}),
  };
}

/** References at the gateway, and the address of the Task at its placer: the candidate sees neither. */
const partsOf = (partOf: NonNullable<Task['partOf']>): NonNullable<Task['partOf']> =>
  partOf.flatMap(
    ({ reference, identifier: it }): NonNullable<Task['partOf']> =>
      reference
        ? [{ reference }]
        : it?.system === 'urn:ietf:rfc:3986' && it.value
          ? [{ type: 'Task' as const, identifier: { system: it.system, value: it.value } }]
          : [],
  );

function inputsOf(
  order: ServiceRequest | undefined,
  person: Patient | undefined,
  { municipality, now }: CandidateView,
): TaskInput[] {
  const age = ageGroupOf(person?.birthDate, now);
  const care = order?.code && ofNetwork(order.code, 'service-type');
  const lifeDomains = (order?.extension ?? []).filter(({ url }) => url === mgnExtension('life-domain'));
  return [
    ...(care?.coding?.length ? [input('care-type', codesOf(care))] : []),
    ...lifeDomains.flatMap(({ valueCodeableConcept: it }) => {
      const domain = it && ofNetwork(it, 'life-domain', 'zrm-domain');
      return domain?.coding?.length ? [input('life-domain', domain)] : [];
    }),
    ...(municipality
      ? [input('municipality', { coding: [{ system: mgnNaming('municipality'), code: municipality }] })]
      : []),
    ...(age ? [input('age-group', { coding: [ownCoding('age-group', age)] })] : []),
  ];
}

/** The inputs that the projection of the candidate allows. */
function permittedInputs(inputs: TaskInput[], { projections }: CandidateView): TaskInput[] {
  const task = { resourceType: 'Task', input: inputs } as Task;
  const permitted = projections.message('candidate', 'solicitation').project(task) as Task | undefined;
  return permitted?.input ?? [];
}

const input = (code: string, valueCodeableConcept: CodeableConcept): TaskInput => ({
  type: ownConcept('task-input', code),
  valueCodeableConcept,
});

/** Codes of the network's own lists only: a code of another system could reveal a diagnosis. */
const ofNetwork = ({ coding = [] }: CodeableConcept, ...names: readonly string[]): CodeableConcept =>
  codesOf({ coding: coding.filter(({ system }) => names.some((it) => system === mgnCodeSystem(it))) });

/** Systems and codes only: display and text are free text of the sender. */
const codesOf = ({ coding = [] }: CodeableConcept): CodeableConcept => ({
  coding: coding.map(({ system, code }): Coding => ({ ...(system ? { system } : {}), ...(code ? { code } : {}) })),
});

/** The birth date may be a year or a month; the result is the group of the highest possible age. */
function ageGroupOf(birthDate: string | undefined, now: Date): 'youth' | 'adult' | 'elderly' | undefined {
  if (!birthDate) return undefined;
  const today = now.toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  const hadBirthday = today.slice(5) >= `${birthDate}-01-01`.slice(5, 10);
  const age = years - (birthDate.length > 4 && !hadBirthday ? 1 : 0);
  return age < 18 ? 'youth' : age < 65 ? 'adult' : 'elderly';
}
