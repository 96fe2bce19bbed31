import type { Consent, ServiceRequest, Task } from '@medplum/fhirtypes';
import { isOnConsent } from '../../delivery/conditional.ts';
import type { MayStillSend } from '../../delivery/settings.ts';
import { recipientOf } from '../../directory/index.ts';
import { disclose } from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { wholeOrder } from '../memory/journey.ts';
import { readAt } from '../memory/memory.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { isInvitationPermitted } from './invitation-permitted.ts';

export type IdentifiedConsent = Consent & { readonly id: string };

type Deciding = Pick<Gateway, 'store' | 'network' | 'world'>;

/** Whether a request to the social domain may still be sent, checked before each attempt. Other dispatches pass. */
export const mayStillDisclose =
  (gateway: () => Deciding): MayStillSend =>
  async (dispatch) => {
    if (!isOnConsent(dispatch)) return { ok: true };
    const { about = [] } = dispatch;
    const it = gateway();
    const [task, order] = await Promise.all(
      ['Task/', 'ServiceRequest/'].map((type) => readAt(it.store, about.find((name) => name.startsWith(type)) ?? '')),
    );
    if (!isType(task, 'Task') || !isType(order, 'ServiceRequest')) return { ok: true };
    const permitted = await isStillPermitted(it, order as ServiceRequest, task as Task, undefined, it.world.now());
    return permitted ? { ok: true } : { ok: false, because: 'consent-ended' };
  };

/**
 * Whether the request may still be disclosed to the owner of this Task: after `consent` has ended, or else on the Consents
 * as they are stored.
 */
export async function isStillPermitted(
  gateway: Deciding,
  order: ServiceRequest,
  task: Task,
  consent: IdentifiedConsent | undefined,
  now: Date,
): Promise<boolean> {
  if (isConsultation(task))
    return isInvitationPermitted(gateway, order as ServiceRequest & Identified, task, consent, now);
  const { network, store } = gateway;
  const owner = ownerOf(network, task);
  const recipient = owner ? recipientOf(network, owner) : undefined;
  if (!owner || recipient?.domain !== 'social') return true;
  // The order in the social domain is derived from another order; the Consent belongs to that one.
  const origin = (await readAt(store, order.basedOn?.[0]?.reference ?? '')) as ServiceRequest | undefined;
  const own = order.subject.reference === (consent ? consent.patient : (origin?.subject ?? order.subject))?.reference;
  const root = (own ? order : origin) as (ServiceRequest & Identified) | undefined;
  if (!root) return true;
  const base = network.settings.baseUrl;
  const others = (await wholeOrder(store, root, base)).filter(({ id }) => id !== consent?.id);
  const originalTask = { ...task, focus: { reference: `ServiceRequest/${root.id}` }, for: root.subject };
  const resources = [originalTask, ...others, ...(consent ? [consent] : [])];
  const sender = senderOf(network, task) ?? '';
  const decision = disclose({
    graph: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
    } as Parameters<typeof disclose>[0]['graph'],
    recipient,
    sender,
    purpose: 'referral',
    now,
    projection: projectionContext(gateway, sender),
  });
  return decision.kind === 'permitted';
}
