import type { Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { disclose } from '../../disclosure/index.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';
/** Owner and sender hear of each other's moves, each as far as disclosure lets it. */
export function statusShares({ network }: Pick<Gateway, 'network'>, task: Task, mover: string, now: Date): Share[] {
  const sender = senderOf(network, task);
  const graph: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] };
  return [...new Set([ownerOf(network, task), sender])].flatMap((partner) => {
    const recipient = partner && partner !== mover ? recipientOf(network, partner) : undefined;
    if (!partner || !recipient) return [];
    const given = disclose({ graph, recipient, ...(sender ? { sender } : {}), purpose: 'status', now });
    if (given.kind === 'refused') return [];
    const channel = network.partners.get(partner)?.channel ?? 'inbox';
    return [{ partner, purpose: 'status', bundle: given.bundle, receipt: given.receipt, channel }];
  });
}
