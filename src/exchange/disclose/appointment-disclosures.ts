import type { Appointment, Consent } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { appointmentFor } from '../../disclosure/index.ts';
import { isType } from '../../fhir/resource.ts';
import { type OrderGraph, ownTask } from '../../workflow/index.ts';
import { legalBasisOf } from '../feedback/feedback.ts';
import { senderOf } from '../memory/actors.ts';
import { find } from '../memory/memory.ts';
import type { Made } from '../pipeline/change.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/**
 * The Appointments that a move makes or changes, for who sent the order and who takes part as a party of the directory: each
 * as far as it may see them.
 */
export async function appointmentShares(
  { network, store }: Pick<Gateway, 'network' | 'store'>,
  { order, tasks }: OrderGraph,
  made: readonly Made[],
  { mover, now }: { readonly mover: string; readonly now: Date },
): Promise<readonly Share[]> {
  const planned = made.flatMap(({ resource }) => (isType(resource, 'Appointment') ? [resource as Appointment] : []));
  if (!order || planned.length === 0) return [];
  const consents = await find<Consent>(store, 'Consent', 'patient', [order.subject.reference ?? '']);
  const task = ownTask(tasks, order);
  const legalBasis = task ? legalBasisOf(task) : '';
  return planned.flatMap((appointment) => {
    const invited = (appointment.participant ?? []).flatMap(({ actor }) => {
      const named = actor?.reference ?? '';
      return (network.directory.service(named) ?? network.directory.organization(named))?.partner ?? [];
    });
    return [...new Set([senderOf(network, order), ...invited])].flatMap((party): Share[] => {
      const recipient = party && party !== mover ? recipientOf(network, party) : undefined;
      const given = recipient && appointmentFor({ appointment, consents, recipient, legalBasis, now });
      if (!party || !given) return [];
      const channel = network.partners.get(party)?.channel ?? 'inbox';
      return [{ partner: party, purpose: 'appointment', ...given, channel }];
    });
  });
}
