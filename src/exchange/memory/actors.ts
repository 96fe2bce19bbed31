import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import type { Actor } from '../../workflow/index.ts';

/** Roles of a partner on a Task or order: owner, requester and creator (its sender), or other. */
export function actorsOf(network: Network, it: Task | ServiceRequest, partner: string): readonly Actor[] {
  const actors: Actor[] = [
    ...(it.resourceType === 'Task' && ownerOf(network, it) === partner ? ['owner' as const] : []),
    ...(senderOf(network, it) === partner ? (['requester', 'creator'] as const) : []),
  ];
  return actors.length ? actors : ['other'];
}

/** Partner whose system serves the owner of a Task: a service, or the organisation that gets advice. */
export const ownerOf = ({ directory }: Network, { owner }: Task): string | undefined =>
  owner?.reference
    ? (directory.service(owner.reference) ?? directory.organization(owner.reference))?.partner
    : undefined;

/** Partner that sent a Task or order, by Meta.source. */
export const senderOf = ({ partners }: Network, it: Task | ServiceRequest): string | undefined =>
  [...partners.keys()].find((id) => isSentBy(it, id));
