import type { CodeableConcept, Goal, Patient, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Deadline } from '../../deadline/index.ts';
import { useCaseOf } from '../../deadline/index.ts';
import { mgnCodeSystem, mgnExtension } from '../../fhir/canonical.ts';
import type { Question } from '../questionnaire/questions.ts';

/** A Task that was sent to an organisation, as it may see it. */
export type InboxRequest = {
  readonly task: Task & { readonly id: string };
  readonly version: number;
  readonly useCase: string;
  /** Codes of life domains of its order. */
  readonly domains: readonly string[];
  /** Absent where the organisation may not know it, or not yet. */
  readonly person: string | undefined;
  readonly from: string | undefined;
  readonly deadline: Deadline | undefined;
  /** What it asks, where it is a question; the answers are looked for by linkId. */
  readonly questions: readonly Question[];
  /** What the organisation asked about it, with the answer once there is one. */
  readonly asked: readonly AskedQuestion[];
};

export type AskedQuestion = { readonly question: string; readonly answer: string | undefined };

/** What else the organisation may see of it. */
export type RequestContent = {
  readonly phones: readonly string[];
  readonly address: string | undefined;
  /** What is requested, in the words of the order. */
  readonly reasons: readonly string[];
  readonly goals: readonly string[];
  readonly agreements: readonly string[];
  /** Types of everything that the organisation received with it. */
  readonly types: readonly string[];
};

export const listed = (
  task: InboxRequest['task'],
  order: ServiceRequest | undefined,
  patient: Patient | undefined,
  deadline: Deadline | undefined,
): InboxRequest => ({
  task,
  version: Number(task.meta?.versionId ?? 0),
  useCase: useCaseOf(task) ?? '',
  domains: (order?.extension ?? []).flatMap(({ url, valueCodeableConcept }) =>
    url === mgnExtension('life-domain') ? codesIn(valueCodeableConcept) : [],
  ),
  person: nameOf(patient),
  from: task.requester?.display,
  deadline,
  questions: [],
  asked: [],
});

const codesIn = (concept: CodeableConcept | undefined): readonly string[] =>
  (concept?.coding ?? []).flatMap(({ system, code }) =>
    code && (system === mgnCodeSystem('zrm-domain') || system === mgnCodeSystem('life-domain')) ? [code] : [],
  );

function nameOf(patient: Patient | undefined): string | undefined {
  const [name] = patient?.name ?? [];
  return name?.text ?? (name ? [...(name.given ?? []), name.family].filter(Boolean).join(' ') : undefined);
}

export function contentOf(
  order: ServiceRequest | undefined,
  patient: Patient | undefined,
  graph: readonly Resource[],
): RequestContent {
  const [address] = patient?.address ?? [];
  return {
    phones: (patient?.telecom ?? []).flatMap(({ system, value }) => (system === 'phone' && value ? [value] : [])),
    address: address && [...(address.line ?? []), address.postalCode, address.city].filter(Boolean).join(', '),
    reasons: [
      ...(order?.reasonCode ?? []).flatMap(textOf),
      ...(order?.code ? textOf(order.code) : []),
      ...graph.flatMap((it) => (it.resourceType === 'Condition' ? textOf(it.code) : [])),
    ],
    goals: graph.flatMap((it) => (it.resourceType === 'Goal' ? textOf((it as Goal).description) : [])),
    agreements: graph.flatMap((it) =>
      it.resourceType === 'CarePlan'
        ? (it.activity ?? []).flatMap(({ detail }) => detail?.description ?? textOf(detail?.code))
        : [],
    ),
    types: [...new Set(graph.map(({ resourceType }) => resourceType))],
  };
}

const textOf = (concept: CodeableConcept | undefined): readonly string[] => {
  const text = concept?.text ?? concept?.coding?.find(({ display }) => display)?.display;
  return text ? [text] : [];
};
