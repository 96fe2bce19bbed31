import type { Appointment, Communication } from '@medplum/fhirtypes';
import { consultationInvitation } from '../../conversation/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { ownConcept } from '../../vocabulary/concept.ts';
import { resourceIdentifier } from '../../vocabulary/identifiers.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming } from '../pipeline/kind.ts';
import type { CoordinatedCase } from './coordinated-case.ts';
import type { Member } from './parties.ts';

/**
 * Invitation of the person, with the organisations invited and the data each receives. The coordinator passes it on.
 */
export function invitationOf(
  { network, world }: DecisionContext,
  { partner }: Incoming,
  { root, person }: CoordinatedCase,
  appointment: Appointment,
  members: readonly Member[],
): Communication & Identified {
  const id = world.newId();
  const invited = members.map(({ partner: it, right }) => ({ name: network.partners.get(it)?.name ?? '', right }));
  return {
    resourceType: 'Communication',
    id,
    meta: { profile: [mgnProfile('consultation-invitation')], source: sourceOfPartner(partner.id) },
    identifier: [resourceIdentifier(id)],
    basedOn: [{ reference: `ServiceRequest/${root.id}` }],
    status: 'preparation',
    category: [ownConcept('use-case', 'case-consultation')],
    subject: { reference: `Patient/${person.id}` },
    recipient: [{ reference: `Patient/${person.id}` }],
    payload: consultationInvitation(appointment.start, invited).map((contentString) => ({ contentString })),
  };
}
