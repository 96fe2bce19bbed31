import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import type { Actor } from '../../workflow/index.ts';

/** As what a partner touches this: as the system of its owner, of who sent it, or as neither. */
export function actorsOf(network: Network, it: Task | ServiceRequest, partner: string): readonly Actor[] {
  const actors: Actor[] = [
    ...(it.resourceType === 'Task' && ownerOf(network, it) === partner ? ['owner' as const] : []),
    ...(senderOf(network, it) === partner ? (['requester', 'creator'] as const) : []),
  ];
  return actors.length ? actors : ['other'];
}

/** The partner whose system serves the owner: a service, or the practice that advice goes to. */
export const ownerOf = ({ directory }: Network, { owner }: Task): string | undefined =>
  owner?.reference
    ? (directory.service(owner.reference) ?? directory.organization(owner.reference))?.partner
    : undefined;

/** The partner that sent it. */
export const senderOf = ({ partners }: Network, it: Task | ServiceRequest): string | undefined =>
  [...partners.keys()].find((id) => isSentBy(it, id));
