import type { Reference, Task } from '@medplum/fhirtypes';
import type { Audience } from '../deadline/index.ts';
import type { Network } from '../directory/index.ts';
import { senderOf } from '../exchange/memory/actors.ts';

/** The addressee of a notice: a service or organisation of the directory, and the partner whose system serves it. */
export type Addressee = { readonly reference: Reference; readonly partner: string | undefined };

export function addresseeOf(network: Network, audience: Audience, task: Task): Addressee | undefined {
  if (audience === 'requester') {
    const sender = senderOf(network, task);
    const organization = sender ? network.partners.get(sender)?.organization : undefined;
    const found = organization ? network.directory.organization(organization) : undefined;
    return found && { reference: { reference: found.reference, display: found.name }, partner: sender };
  }
  const place =
    audience === 'owner'
      ? task.owner?.reference
      : audience === 'registration-team'
        ? network.settings.registrationTeam
        : audience;
  const service = place ? network.directory.service(place) : undefined;
  const organization = place && !service ? network.directory.organization(place) : undefined;
  if (organization) {
    const { reference, name, partner } = organization;
    return { reference: { reference, type: 'Organization', display: name }, partner };
  }
  if (!service) return undefined;
  const { reference, name, partner } = service;
  return { reference: { reference, type: 'HealthcareService', display: name }, partner };
}
