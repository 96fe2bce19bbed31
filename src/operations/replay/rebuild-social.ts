import type { Bundle, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { disclosureTo } from '../../exchange/disclose/disclosure-to.ts';
import { ownerOf, senderOf } from '../../exchange/memory/actors.ts';
import { wholeOrder } from '../../exchange/memory/journey.ts';
import { readAt } from '../../exchange/memory/memory.ts';
import type { Disclosure } from '../../exchange/pipeline/disclosure.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { validateOutgoing } from '../../exchange/pipeline/judge.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { decideToday } from './decide-today.ts';

/**
 * A request to the social domain: the extract that was stored for this recipient, since another would have other ids, judged on
 * the order that it was derived from as a new request would be.
 */
export async function socialRequestTo(
  gateway: Gateway,
  task: Task & Identified,
  partner: string,
): Promise<{ readonly disclosure: Disclosure | undefined } | { readonly not: string }> {
  const { network, store } = gateway;
  const recipient = recipientOf(network, partner);
  if (!recipient || ownerOf(network, task) !== partner) return { not: 'no-party' };
  const order = await readAt(store, task.focus?.reference ?? '');
  const person = isType(order, 'ServiceRequest')
    ? await readAt(store, (order as ServiceRequest).subject.reference ?? '')
    : undefined;
  const origin = await readAt(store, (order as ServiceRequest | undefined)?.basedOn?.[0]?.reference ?? '');
  if (!isType(order, 'ServiceRequest') || !isType(person, 'Patient') || !isType(origin, 'ServiceRequest'))
    return { not: 'gone' };
  const base = network.settings.baseUrl;
  const root = origin as ServiceRequest & Identified;
  const asked = { ...task, focus: { reference: `ServiceRequest/${root.id}` }, for: root.subject };
  const graph = collection(base, [asked, ...(await wholeOrder(store, root, base))]);
  const decided = await decideToday(gateway, { graph, recipient, sender: senderOf(network, task) ?? '' });
  if (decided.kind === 'refused') return { not: `refused: ${decided.issues[0]?.rule ?? 'disclosure'}` };
  const bundle = collection(base, [person as Patient & Identified, order as ServiceRequest & Identified, task]);
  const { receipt, evidence } = decided;
  const disclosure = disclosureTo(network, { partner, purpose: 'social-request', bundle, receipt, evidence });
  const valid = await validateOutgoing(gateway, disclosure, graph);
  return valid.ok ? { disclosure } : { not: `refused: ${valid.issues[0]?.rule ?? 'invalid'}` };
}

const collection = (base: string, resources: readonly (Resource & Identified)[]): Bundle =>
  ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  }) as Bundle;
