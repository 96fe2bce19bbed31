import type { Appointment, Communication } from '@medplum/fhirtypes';
import { consultationInvitation } from '../../conversation/index.ts';
import { mgnCodeSystem, mgnNaming, mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import { sourceOfPartner } from '../pipeline/judge.ts';
import type { Incoming } from '../pipeline/kind.ts';
import type { Coordinated } from './coordinated.ts';
import type { Member } from './parties.ts';

/** The person is invited and told who hears what; the coordinator reads or hands it to them. */
export function invitationOf(
  { network, world }: Deciding,
  { partner }: Incoming,
  { root, person }: Coordinated,
  appointment: Appointment,
  members: readonly Member[],
): Communication & Identified {
  const id = world.newId();
  const invited = members.map(({ partner: it, right }) => ({ name: network.partners.get(it)?.name ?? '', right }));
  return {
    resourceType: 'Communication',
    id,
    meta: { profile: [mgnProfile('consultation-invitation')], source: sourceOfPartner(partner.id) },
    identifier: [{ system: mgnNaming('resource'), value: id }],
    basedOn: [{ reference: `ServiceRequest/${root.id}` }],
    status: 'preparation',
    category: [{ coding: [{ system: mgnCodeSystem('use-case'), code: 'case-consultation' }] }],
    subject: { reference: `Patient/${person.id}` },
    recipient: [{ reference: `Patient/${person.id}` }],
    payload: consultationInvitation(appointment.start, invited).map((contentString) => ({ contentString })),
  };
}
