import type { Appointment, Bundle, Composition, Task } from '@medplum/fhirtypes';
import {
  anonymousInvitation,
  consultationGrounds,
  consultationReceipt,
  type ExtractContext,
  extractOfAppointment,
  extractOfPerson,
  extractOfRecord,
  extractOfTask,
  type Judged,
  permittedData,
  projectedBundle,
} from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { ownerOf } from '../memory/actors.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { ConsultationCase } from './case.ts';
import type { Member } from './parties.ts';

/** New content of a consultation to disclose: its preparation, a new Appointment, or its record. */
type Content = {
  /** Task of this member, when newly created. */
  readonly task?: Task & Identified;
  readonly appointment?: Appointment & Identified;
  readonly record?: Composition & Identified;
  /** New versions of Appointments disclosed to it earlier. */
  readonly earlier?: readonly (Appointment & Identified)[];
  /** Further resources, disclosed within care only. */
  readonly others?: readonly Resource[];
};

type Coordination = { readonly consultationCase: ConsultationCase; readonly coordinator: string };

/** Disclosure to one member, by its right. Extracts have new ids. Undefined when there is nothing to disclose. */
export function disclosureToMember(
  context: DecisionContext,
  { consultationCase, coordinator }: Coordination,
  member: Member,
  content: Content,
): Disclosure | undefined {
  const { task, appointment, record, earlier = [], others = [] } = content;
  const all = [task, appointment, record, ...others, consultationCase.person, consultationCase.root].filter(
    (it) => it !== undefined,
  );
  if (member.right === 'whole') {
    const plan = isType(consultationCase.focus, 'CarePlan') ? [consultationCase.focus] : [];
    return wholeDisclosure(context, member, [...all, ...plan, ...earlier]);
  }
  const { network, world } = context;
  const { projections } = member.question.recipient;
  const extractContext: ExtractContext = {
    newId: world.newId,
    coordinator: projectionContext(context, coordinator).requester as ExtractContext['coordinator'],
    source: sourceOfPartner(coordinator),
    projections,
  };
  const invitation = projections.message('candidate', 'invitation');
  const appointments: Judged[] = [
    ...(appointment
      ? [judgedBy(invitation)(appointment, extractOfAppointment(appointment, member.task, extractContext))]
      : []),
    // extracts that this member got before, in a new version
    ...earlier.map((it) => judgedBy(invitation)(it, it)),
  ];
  if (member.right === 'nothing') {
    const invited = task ? [judgedBy(invitation)(task, anonymousInvitation(task, extractContext))] : [];
    const judged = [...invited, ...appointments];
    return judged.length ? disclosureOf(context, member, { purpose: 'invitation', judged, all }) : undefined;
  }
  const existing = personOf(network, consultationCase, member.partner);
  const permitted = permittedData(member.question);
  const person = existing ? undefined : extractOfPerson(consultationCase.person, permitted, extractContext);
  const reference = { reference: existing ?? `Patient/${person?.id}` };
  const minutes = record && extractOfRecord(record, reference, extractContext);
  const byExtract = judgedBy(projections.message('selected', 'consultation-extract'));
  const extracts: Judged[] = [
    ...(task ? [byExtract(task, extractOfTask(task, reference, extractContext))] : []),
    ...appointments,
    ...(record ? [byExtract(record, minutes)] : []),
  ];
  if (extracts.every(({ output }) => output === undefined)) return undefined;
  const judged =
    person && (task || minutes) ? [...extracts, byExtract(consultationCase.person, person, permitted)] : extracts;
  return disclosureOf(context, member, { purpose: 'consultation-extract', judged, all });
}

const judgedBy =
  (by: Judged['by']) =>
  (source: Resource, output: Resource | undefined, permissions: Judged['permissions'] = {}): Judged => ({
    source,
    output,
    by,
    permissions,
  });

/** Discloses the resources to a party with a right to the whole case, by its projection. */
export const wholeDisclosure = (
  context: Pick<DecisionContext, 'network'>,
  member: Member,
  resources: readonly Resource[],
): Disclosure => {
  const unique = [...new Map(resources.map((it) => [`${it.resourceType}/${it.id}`, it])).values()];
  const collection = { resourceType: 'Bundle', type: 'collection', entry: unique.map((resource) => ({ resource })) };
  const projection = member.question.recipient.projections.message('selected', 'consultation');
  const { judged } = projectedBundle(collection as Bundle, projection);
  return disclosureOf(context, member, { purpose: 'consultation', judged, all: unique });
};

type Decided = {
  readonly purpose: 'consultation' | 'consultation-extract' | 'invitation';
  readonly judged: readonly Judged[];
  readonly all: readonly Resource[];
};

function disclosureOf(
  { network }: Pick<DecisionContext, 'network'>,
  { partner, question }: Member,
  { purpose, judged, all }: Decided,
): Disclosure {
  const base = network.settings.baseUrl;
  const resources = judged.flatMap(({ output }) => output ?? []);
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  } as Bundle;
  const of = new Set(judged.flatMap(({ source, output }) => (output ? source : [])));
  const receipt = consultationReceipt(question, purpose, all, { bundle, of });
  const evidence = { judged, grounds: consultationGrounds(question) };
  return disclosureTo(network, { partner, purpose, bundle, receipt, evidence });
}

/**
 * Reference to the Patient that this party of the social domain already uses, from a request it sent or received in
 * this case.
 */
function personOf(
  network: DecisionContext['network'],
  { orders, root, tasks }: ConsultationCase,
  partner: string,
): string | undefined {
  const own = tasks.find(
    (it) =>
      !isConsultation(it) && ownerOf(network, it) === partner && it.focus?.reference !== `ServiceRequest/${root.id}`,
  );
  const order = orders.find(({ id }) => own?.focus?.reference === `ServiceRequest/${id}`);
  return order?.subject.reference ?? invitedAs(network, tasks, partner);
}

/** The same from an earlier invitation. */
const invitedAs = (
  network: DecisionContext['network'],
  tasks: ConsultationCase['tasks'],
  partner: string,
): string | undefined =>
  tasks.find((it) => isConsultation(it) && it.partOf?.length && ownerOf(network, it) === partner && it.for)?.for
    ?.reference;
