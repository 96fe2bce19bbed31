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
import { isConsultation } from '../../workflow/index.ts';
import { projecting } from '../disclose/disclosures.ts';
import { ownerOf } from '../memory/actors.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import { sourceOfPartner } from '../pipeline/judge.ts';
import type { ConsultationCase } from './case.ts';
import type { Member } from './parties.ts';

/** What of a consultation is given at one moment: its preparation, another moment for it, or its record. */
export type Given = {
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
export function shareFor(
  deciding: Deciding,
  { about, coordinator }: Giving,
  member: Member,
  given: Given,
): Share | undefined {
  const { task, appointment, record, earlier = [], others = [] } = given;
  const all = [task, appointment, record, ...others, about.person, about.root].filter((it) => it !== undefined);
  if (member.right === 'whole') {
    const plan = isType(about.focus, 'CarePlan') ? [about.focus] : [];
    return wholeShare(deciding, member, [...all, ...plan, ...earlier]);
  }
  const { network, world } = deciding;
  const extracting: Extracting = {
    newId: world.newId,
    coordinator: projecting(deciding, coordinator).requester as Extracting['coordinator'],
    source: sourceOfPartner(coordinator),
  };
  const when = [...(appointment ? [extractOfAppointment(appointment, member.task, extracting)] : []), ...earlier];
  if (member.right === 'nothing') {
    const made = [...(task ? [emptyInvitation(task, extracting.coordinator)] : []), ...when];
    return made.length ? share(deciding, member, 'invitation', made, new Set([task, appointment]), all) : undefined;
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
  return share(deciding, member, 'consultation-extract', resources as Resource[], of, all);
}

/** All of it, as it is. */
export const wholeShare = (
  deciding: Pick<Deciding, 'network'>,
  member: Member,
  resources: readonly Resource[],
): Share => {
  const once = [...new Map(resources.map((it) => [`${it.resourceType}/${it.id}`, it])).values()];
  return share(deciding, member, 'consultation', once, new Set(once), once);
};

function share(
  { network }: Pick<Deciding, 'network'>,
  { partner, question }: Member,
  purpose: 'consultation' | 'consultation-extract' | 'invitation',
  made: readonly Resource[],
  of: ReadonlySet<Resource | undefined>,
  all: readonly Resource[],
): Share {
  const base = network.settings.baseUrl;
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: made.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  } as Bundle;
  const given = new Set([...of].filter((it) => it !== undefined));
  const receipt = consultationReceipt(question, purpose, all, { bundle, of: given });
  return { partner, purpose, bundle, receipt, channel: network.partners.get(partner)?.channel ?? 'inbox' };
}

/** The person as this party of the social domain knows them already: by a request that it got in this case, or sent. */
function personOf(
  network: Deciding['network'],
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
  network: Deciding['network'],
  tasks: ConsultationCase['tasks'],
  partner: string,
): string | undefined =>
  tasks.find((it) => isConsultation(it) && it.partOf?.length && ownerOf(network, it) === partner && it.for)?.for
    ?.reference;
