import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { disclosureTo } from '../../exchange/disclose/disclosure-to.ts';
import { dispatchesOf } from '../../exchange/disclose/dispatch.ts';
import { statusDisclosures } from '../../exchange/disclose/status-disclosures.ts';
import { ownerOf, senderOf } from '../../exchange/memory/actors.ts';
import { wholeOrder } from '../../exchange/memory/journey.ts';
import { readAt } from '../../exchange/memory/memory.ts';
import type { Disclosure } from '../../exchange/pipeline/disclosure.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { validateOutgoing } from '../../exchange/pipeline/judge.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { Dispatch, DispatchStatus } from '../../store/port.ts';
import { decideToday } from './decide-today.ts';
import { socialRequestTo } from './rebuild-social.ts';

/**
 * A delivery made anew from what is stored, by the configuration in force: its Task as it is now, or its order with its Task; of a
 * request to the social domain the extract that was stored for it. Otherwise the code of why it is not: `not-rebuildable` for kinds that depend on more than that, `gone` when the Task is not
 * stored any more, `refused: CODE` when nothing may be disclosed or what would be is invalid.
 */
export async function rebuild(gateway: Gateway, was: DispatchStatus): Promise<Dispatch | { readonly not: string }> {
  const { about = [], kind, recipient } = was;
  if (kind !== 'status' && kind !== 'referral' && kind !== 'social-request') return { not: 'not-rebuildable' };
  const task = await readAt(gateway.store, about.find((name) => name.startsWith('Task/')) ?? '');
  if (!isType(task, 'Task')) return { not: 'gone' };
  const found =
    kind === 'status'
      ? {
          disclosure: statusDisclosures(gateway, task as Task, '', gateway.world.now()).find(
            (it) => it.partner === recipient,
          ),
        }
      : kind === 'referral'
        ? await referralTo(gateway, task as Task & Identified, recipient)
        : await socialRequestTo(gateway, task as Task & Identified, recipient);
  if ('not' in found) return found;
  const { disclosure } = found;
  if (!disclosure) return { not: 'no-party' };
  const [dispatch] = dispatchesOf(gateway, [disclosure])({
    traceId: was.traceId,
    ...(was.messageId ? { messageId: was.messageId } : {}),
    ...(was.correlationId ? { correlationId: was.correlationId } : {}),
  });
  return dispatch ?? { not: 'no-channel' };
}

async function referralTo(
  gateway: Gateway,
  task: Task & Identified,
  partner: string,
): Promise<{ readonly disclosure: Disclosure | undefined } | { readonly not: string }> {
  const { network, store } = gateway;
  const order = await readAt(store, task.focus?.reference ?? '');
  const recipient = recipientOf(network, partner);
  if (!isType(order, 'ServiceRequest')) return { not: 'gone' };
  if (!recipient || ownerOf(network, task) !== partner) return { not: 'no-party' };
  const base = network.settings.baseUrl;
  const whole = await wholeOrder(store, order as ServiceRequest & Identified, base);
  const graph = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [task, ...whole].map((resource) => ({
      fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  } as Bundle;
  const decided = await decideToday(gateway, {
    graph,
    recipient,
    sender: senderOf(network, task) ?? '',
    isSentTogether: true,
  });
  if (decided.kind === 'refused') return { not: `refused: ${decided.issues[0]?.rule ?? 'disclosure'}` };
  const { bundle, receipt, evidence } = decided;
  const disclosure = disclosureTo(network, { partner, purpose: 'referral', bundle, receipt, evidence });
  const valid = await validateOutgoing(gateway, disclosure, graph);
  return valid.ok ? { disclosure } : { not: `refused: ${valid.issues[0]?.rule ?? 'invalid'}` };
}
