import type { Appointment } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { appointmentFor } from '../../disclosure/index.ts';
import { resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { ownTask } from '../../workflow/index.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import { senderOf } from '../memory/actors.ts';
import { consentsOf } from '../memory/consents.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { Consequence } from './consequence.ts';

/**
 * Discloses the Appointments that a move creates or changes to the sender of the order and to each participant of the
 * directory, as far as they may read them. A changed Appointment is granted again: its participants may have changed.
 */
export const appointmentsToParties: Consequence = async (
  { network, store },
  { graph: { order, tasks }, versioned, mover, at: now },
) => {
  const planned = versioned.flatMap(({ resource }) =>
    isType(resource, 'Appointment') ? [resource as Appointment] : [],
  );
  if (!order || planned.length === 0) return success({});
  const consents = await consentsOf(store, [order.subject.reference ?? '']);
  const task = ownTask(tasks, order);
  const legalBasis = legalBasisOf(task);
  const disclosures = planned.flatMap((appointment) => {
    const invited = (appointment.participant ?? []).flatMap(({ actor }) => {
      const participant = actor?.reference ?? '';
      return (network.directory.service(participant) ?? network.directory.organization(participant))?.partner ?? [];
    });
    return [...new Set([senderOf(network, order), ...invited])].flatMap((party): Disclosure[] => {
      const recipient = party && party !== mover ? recipientOf(network, party) : undefined;
      const disclosed = recipient && appointmentFor({ appointment, consents, recipient, legalBasis, now });
      if (!party || !disclosed) return [];
      return [disclosureTo(network, { partner: party, purpose: 'appointment', ...disclosed })];
    });
  });
  const grants = disclosures.flatMap(({ partner, bundle }) =>
    resourcesOf(bundle).map(({ resourceType, id }) => ({ type: resourceType, id, readers: [partner] })),
  );
  return success({ disclosures, grants });
};
