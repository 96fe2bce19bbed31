import type { Bundle, CodeableConcept, Coding, Patient, ServiceRequest, Task, TaskInput } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnNaming } from '../fhir/canonical.ts';
import { graphOf } from '../fhir/graph.ts';
import { identifierSystems } from '../fhir/identifier.ts';
import { isType } from '../fhir/resource.ts';
import { ownCoding, ownConcept } from '../vocabulary/concept.ts';
import { legalBasisConceptOf, legalBasisExtension } from '../vocabulary/legal-basis.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import { socialLifeDomains } from './social-life-domains.ts';

/** What is known beside the graph of who is asked, and by whom. */
export type CandidateView = {
  /** Code of the municipality where the person lives. */
  readonly municipality: string | null;
  /** The organisation that asks. Who in it asks is not told: it may be the person. */
  readonly requester: NonNullable<Task['requester']>;
  readonly now: Date;
  /** A candidate in the social domain is told of no care, and of no life domain of care. */
  readonly social?: boolean;
};

/** A Task that only asks whether it could be done: its owner does not know for whom. */
export const isCandidate = (task: Task): boolean => verbOf(task) === 'request-fulfillment';

/**
 * The Task as a candidate sees it, made by an allow-list (Twiin TA Workflow: no personal data before selection): what
 * kind of care in codes, life domains, municipality, age group and urgency. Nothing else of the order gets to it.
 */
export function candidateTask(bundle: Bundle, task: Task, view: CandidateView): Task {
  const { requester, social } = view;
  const graph = graphOf(bundle);
  const focus = graph.resolve(task.focus);
  const order = isType(focus, 'ServiceRequest') ? focus : undefined;
  const subject = graph.resolve(order?.subject);
  const person = isType(subject, 'Patient') ? subject : undefined;
  const basis = legalBasisConceptOf(task);
  return {
    resourceType: 'Task',
    ...(task.id ? { id: task.id } : {}),
    ...(task.meta ? { meta: task.meta } : {}),
    ...(basis ? { extension: [legalBasisExtension(codesOf(basis))] } : {}),
    identifier: (task.identifier ?? []).filter(({ system }) => system !== identifierSystems.bsn),
    ...(task.partOf && !social
      ? { partOf: task.partOf.flatMap(({ reference }) => (reference ? [{ reference }] : [])) }
      : {}),
    status: task.status,
    intent: task.intent,
    ...(order?.priority ? { priority: order.priority } : {}),
    ...(task.code ? { code: codesOf(task.code) } : {}),
    ...(task.focus?.reference ? { focus: { reference: task.focus.reference } } : {}),
    ...(task.authoredOn ? { authoredOn: task.authoredOn } : {}),
    requester,
    ...(task.owner ? { owner: task.owner } : {}),
    ...(task.restriction?.period ? { restriction: { period: task.restriction.period } } : {}),
    input: inputsOf(order, person, view),
  };
}

function inputsOf(
  order: ServiceRequest | undefined,
  person: Patient | undefined,
  { municipality, now, social }: CandidateView,
): TaskInput[] {
  const age = ageGroupOf(person?.birthDate, now);
  const care = order?.code && (social ? ofNetwork(order.code) : order.code);
  const lifeDomains = (order?.extension ?? []).filter(
    ({ url, valueCodeableConcept: it }) =>
      url === mgnExtension('life-domain') &&
      (!social || it?.coding?.every(({ system, code }) => socialLifeDomains.has(`${system}|${code}`))),
  );
  return [
    ...(care?.coding?.length ? [input('care-type', codesOf(care))] : []),
    ...lifeDomains.flatMap(({ valueCodeableConcept: it }) =>
      it?.coding?.length ? [input('life-domain', codesOf(it))] : [],
    ),
    ...(municipality
      ? [input('municipality', { coding: [{ system: mgnNaming('municipality'), code: municipality }] })]
      : []),
    ...(age ? [input('age-group', { coding: [ownCoding('age-group', age)] })] : []),
  ];
}

const input = (code: string, valueCodeableConcept: CodeableConcept): TaskInput => ({
  type: ownConcept('task-input', code),
  valueCodeableConcept,
});

/** Kinds of help by the network's own list: any other could be a diagnosis. */
const ofNetwork = ({ coding = [] }: CodeableConcept): CodeableConcept => ({
  coding: coding.filter(({ system }) => system === mgnCodeSystem('service-type')),
});

/** Systems and codes alone: a display or a text is the sender's own words. */
const codesOf = ({ coding = [] }: CodeableConcept): CodeableConcept => ({
  coding: coding.map(({ system, code }): Coding => ({ ...(system ? { system } : {}), ...(code ? { code } : {}) })),
});

/** A birth date may be a year or a month alone; the group is that of the oldest the person can be. */
function ageGroupOf(birthDate: string | undefined, now: Date): 'youth' | 'adult' | 'elderly' | undefined {
  if (!birthDate) return undefined;
  const today = now.toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  const hadBirthday = today.slice(5) >= `${birthDate}-01-01`.slice(5, 10);
  const age = years - (birthDate.length > 4 && !hadBirthday ? 1 : 0);
  return age < 18 ? 'youth' : age < 65 ? 'adult' : 'elderly';
}
