import type { Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { disclose } from '../../disclosure/index.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { disclosureTo } from './disclosure-to.ts';

/** Discloses the status of a Task to its owner and its sender, except to the one that moved it. */
export function statusDisclosures(
  { network, grounds }: Pick<Gateway, 'network' | 'grounds'>,
  task: Task,
  mover: string,
  now: Date,
): Disclosure[] {
  const sender = senderOf(network, task);
  const graph: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] };
  return [...new Set([ownerOf(network, task), sender])].flatMap((partner) => {
    const recipient = partner && partner !== mover ? recipientOf(network, partner) : undefined;
    if (!partner || !recipient) return [];
    const disclosed = disclose({ graph, recipient, ...(sender ? { sender } : {}), purpose: 'status', now, grounds });
    if (disclosed.kind === 'refused') return [];
    const { bundle, receipt, evidence } = disclosed;
    return [disclosureTo(network, { partner, purpose: 'status', bundle, receipt, evidence })];
  });
}
