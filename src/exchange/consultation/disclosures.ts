import type { Appointment, Bundle, Composition, Patient, Task } from '@medplum/fhirtypes';
import {
  anonymousInvitation,
  consultationReceipt,
  type ExtractContext,
  extractOfAppointment,
  extractOfPerson,
  extractOfRecord,
  extractOfTask,
  permittedData,
  projectedBundle,
} from '../../disclosure/index.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
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
  const appointments = [
    ...(appointment ? [extractOfAppointment(appointment, member.task, extractContext)] : []),
    ...earlier,
  ];
  if (member.right === 'nothing') {
    const extracts = [...(task ? [anonymousInvitation(task, extractContext)] : []), ...appointments];
    return extracts.length
      ? disclosureOf(context, member, 'invitation', extracts, new Set([task, appointment]), all)
      : undefined;
  }
  const existing = personOf(network, consultationCase, member.partner);
  const person = existing
    ? undefined
    : extractOfPerson(consultationCase.person, permittedData(member.question), extractContext);
  const reference = { reference: existing ?? `Patient/${person?.id}` };
  const minutes = record && extractOfRecord(record, reference, extractContext);
  const extracts: Resource[] = [
    ...(task ? [extractOfTask(task, reference, extractContext)] : []),
    ...appointments,
    ...(minutes ? [minutes as Resource] : []),
  ];
  if (extracts.length === 0) return undefined;
  const resources = person && (task || minutes) ? [...extracts, person as Patient] : extracts;
  const sources = new Set([
    task,
    appointment,
    ...(minutes ? [record] : []),
    ...(person ? [consultationCase.person] : []),
  ]);
  return disclosureOf(context, member, 'consultation-extract', resources as Resource[], sources, all);
}

/** Discloses the resources to a party with a right to the whole case, by its projection. */
export const wholeDisclosure = (
  context: Pick<DecisionContext, 'network'>,
  member: Member,
  resources: readonly Resource[],
): Disclosure => {
  const unique = [...new Map(resources.map((it) => [`${it.resourceType}/${it.id}`, it])).values()];
  const collection = { resourceType: 'Bundle', type: 'collection', entry: unique.map((resource) => ({ resource })) };
  const projection = member.question.recipient.projections.message('selected', 'consultation');
  const { bundle, disclosed } = projectedBundle(collection as Bundle, projection);
  return disclosureOf(context, member, 'consultation', resourcesOf(bundle), disclosed, unique);
};

function disclosureOf(
  { network }: Pick<DecisionContext, 'network'>,
  { partner, question }: Member,
  purpose: 'consultation' | 'consultation-extract' | 'invitation',
  resources: readonly Resource[],
  of: ReadonlySet<Resource | undefined>,
  all: readonly Resource[],
): Disclosure {
  const base = network.settings.baseUrl;
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  } as Bundle;
  const disclosed = new Set([...of].filter((it) => it !== undefined));
  const receipt = consultationReceipt(question, purpose, all, { bundle, of: disclosed });
  return disclosureTo(network, { partner, purpose, bundle, receipt });
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
