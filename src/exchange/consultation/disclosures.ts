import type { Appointment, Bundle, Composition, Patient, Task } from '@medplum/fhirtypes';
import {
  consultationReceipt,
  type Extracting,
  emptyInvitation,
  extractOfAppointment,
  extractOfPerson,
  extractOfRecord,
  extractOfTask,
  permittedData,
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

/** What of a consultation is given at one moment: its preparation, another moment for it, or its record. */
type Content = {
  /** The Task of this member, when it is new to it. */
  readonly task?: Task & Identified;
  readonly appointment?: Appointment & Identified;
  readonly record?: Composition & Identified;
  /** New versions of Appointments that it has. */
  readonly earlier?: readonly (Appointment & Identified)[];
  /** What goes along within care. */
  readonly others?: readonly Resource[];
};

type Giving = { readonly about: ConsultationCase; readonly coordinator: string };

/** What a member gets, by its right; what is made for it has ids of its own. Undefined when there is nothing for it. */
export function disclosureToMember(
  deciding: DecisionContext,
  { about, coordinator }: Giving,
  member: Member,
  content: Content,
): Disclosure | undefined {
  const { task, appointment, record, earlier = [], others = [] } = content;
  const all = [task, appointment, record, ...others, about.person, about.root].filter((it) => it !== undefined);
  if (member.right === 'whole') {
    const plan = isType(about.focus, 'CarePlan') ? [about.focus] : [];
    return wholeDisclosure(deciding, member, [...all, ...plan, ...earlier]);
  }
  const { network, world } = deciding;
  const extracting: Extracting = {
    newId: world.newId,
    coordinator: projectionContext(deciding, coordinator).requester as Extracting['coordinator'],
    source: sourceOfPartner(coordinator),
  };
  const when = [...(appointment ? [extractOfAppointment(appointment, member.task, extracting)] : []), ...earlier];
  if (member.right === 'nothing') {
    const made = [...(task ? [emptyInvitation(task, extracting.coordinator)] : []), ...when];
    return made.length
      ? disclosureOf(deciding, member, 'invitation', made, new Set([task, appointment]), all)
      : undefined;
  }
  const known = personOf(network, about, member.partner);
  const person = known ? undefined : extractOfPerson(about.person, permittedData(member.question), extracting);
  const reference = { reference: known ?? `Patient/${person?.id}` };
  const minutes = record && extractOfRecord(record, reference, extracting);
  const made: Resource[] = [
    ...(task ? [extractOfTask(task, reference, extracting.coordinator)] : []),
    ...when,
    ...(minutes ? [minutes as Resource] : []),
  ];
  if (made.length === 0) return undefined;
  const resources = person && (task || minutes) ? [...made, person as Patient] : made;
  const of = new Set([task, appointment, ...(minutes ? [record] : []), ...(person ? [about.person] : [])]);
  return disclosureOf(deciding, member, 'consultation-extract', resources as Resource[], of, all);
}

/** All of it, as it is. */
export const wholeDisclosure = (
  deciding: Pick<DecisionContext, 'network'>,
  member: Member,
  resources: readonly Resource[],
): Disclosure => {
  const once = [...new Map(resources.map((it) => [`${it.resourceType}/${it.id}`, it])).values()];
  return disclosureOf(deciding, member, 'consultation', once, new Set(once), once);
};

function disclosureOf(
  { network }: Pick<DecisionContext, 'network'>,
  { partner, question }: Member,
  purpose: 'consultation' | 'consultation-extract' | 'invitation',
  made: readonly Resource[],
  of: ReadonlySet<Resource | undefined>,
  all: readonly Resource[],
): Disclosure {
  const base = network.settings.baseUrl;
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: made.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  } as Bundle;
  const given = new Set([...of].filter((it) => it !== undefined));
  const receipt = consultationReceipt(question, purpose, all, { bundle, of: given });
  return disclosureTo(network, { partner, purpose, bundle, receipt });
}

/** The person as this party of the social domain knows them already: by a request that it got in this case, or sent. */
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

/** Or by an earlier invitation. */
const invitedAs = (
  network: DecisionContext['network'],
  tasks: ConsultationCase['tasks'],
  partner: string,
): string | undefined =>
  tasks.find((it) => isConsultation(it) && it.partOf?.length && ownerOf(network, it) === partner && it.for)?.for
    ?.reference;
