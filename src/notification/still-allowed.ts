import type { Bundle, Parameters, Task } from '@medplum/fhirtypes';
import { isNotification } from '../delivery/conditional.ts';
import type { MayStillSend } from '../delivery/settings.ts';
import { type Network, recipientOf } from '../directory/index.ts';
import { disclose } from '../disclosure/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { parseJson } from '../fhir/json.ts';
import type { Dispatch, Store } from '../store/port.ts';
import { agreementIssues } from './agreement.ts';
import { senderOf } from './parties.ts';

type CheckContext = Pick<Gateway, 'world' | 'grounds'> & { readonly store: Store; readonly network: () => Network };

/**
 * Whether a notification may still be sent, checked before each attempt: a Subscription may have ended, an endpoint or
 * identifier may have been removed from the register, or the Task may no longer be visible to this partner. Other
 * dispatches pass.
 */
export const mayStillNotify =
  ({ store, network, world, grounds }: CheckContext): MayStillSend =>
  async (dispatch) => {
    if (!isNotification(dispatch)) return { ok: true };
    const subscription = await store.subscription(dispatch.subscription);
    if (!subscription || subscription.status === 'off') return { ok: false, because: 'subscription-ended' };
    const [wrong] = agreementIssues(network(), subscription.partner, subscription.agreement, world.now());
    if (wrong) return { ok: false, because: wrong.rule };
    if (dispatch.address !== subscription.agreement.endpoint) return { ok: false, because: 'subscription-changed' };
    if (dispatch.kind !== 'event-notification') return { ok: true };
    const focus = await focusOf(store, dispatch);
    const allowed =
      focus !== undefined && (await maySeeTask({ store, network, world, grounds }, subscription.partner, focus));
    return allowed ? { ok: true } : { ok: false, because: 'focus-not-to-see' };
  };

async function focusOf(store: Store, { body, subscription = '' }: Dispatch): Promise<string | undefined> {
  const status = (parseJson(body) as Bundle).entry?.[0]?.resource as Parameters | undefined;
  const parts = status?.parameter?.find(({ name }) => name === 'notification-event')?.part;
  const number = Number(parts?.find(({ name }) => name === 'event-number')?.valueString);
  const [event] = await store.subscriptionEvents(subscription, { since: number, until: number, count: 1 });
  return event?.focus;
}

/**
 * Whether a partner may see the status of this Task now: it was disclosed to it, and current disclosure rules permit
 * it.
 */
export async function maySeeTask(
  { store, network, world, grounds }: CheckContext,
  partner: string,
  focus: string,
): Promise<boolean> {
  const [type = '', id = ''] = focus.split('/');
  const stored = await store.read(type, id, partner);
  const recipient = recipientOf(network(), partner);
  if (!stored || !recipient) return false;
  const task = parseJson(stored.text) as Task;
  const graph: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] };
  const sender = senderOf(network(), task.meta?.source);
  const question = {
    graph,
    recipient,
    purpose: 'status',
    now: world.now(),
    grounds,
    ...(sender ? { sender } : {}),
  } as const;
  return disclose(question).kind === 'permitted';
}
