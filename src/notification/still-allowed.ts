import type { Bundle, Parameters, Task } from '@medplum/fhirtypes';
import type { MayStillSend } from '../delivery/settings.ts';
import { type Network, recipientOf } from '../directory/index.ts';
import { disclose } from '../disclosure/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { parseJson } from '../fhir/json.ts';
import type { Dispatch, Store } from '../store/port.ts';
import { permitted } from './agree.ts';
import { senderOf } from './parties.ts';

type Asking = Pick<Gateway, 'world'> & { readonly store: Store; readonly network: () => Network };

/**
 * Whether a notification may still go, asked right before each attempt: a Subscription ends, an endpoint or an identifier
 * is taken from the register, a Task is no longer this partner's to see. What is no notification passes.
 */
export const mayStillNotify =
  ({ store, network, world }: Asking): MayStillSend =>
  async (dispatch) => {
    if (dispatch.subscription === undefined) return { ok: true };
    const subscription = await store.subscription(dispatch.subscription);
    if (!subscription || subscription.status === 'off') return { ok: false, because: 'subscription-ended' };
    const [wrong] = permitted(network(), subscription.partner, subscription.agreement, world.now());
    if (wrong) return { ok: false, because: wrong.rule };
    if (dispatch.address !== subscription.agreement.endpoint) return { ok: false, because: 'subscription-changed' };
    if (dispatch.kind !== 'event-notification') return { ok: true };
    const focus = await focusOf(store, dispatch);
    const allowed = focus !== undefined && (await maySee({ store, network, world }, subscription.partner, focus));
    return allowed ? { ok: true } : { ok: false, because: 'focus-not-to-see' };
  };

async function focusOf(store: Store, { body, subscription = '' }: Dispatch): Promise<string | undefined> {
  const status = (parseJson(body) as Bundle).entry?.[0]?.resource as Parameters | undefined;
  const parts = status?.parameter?.find(({ name }) => name === 'notification-event')?.part;
  const number = Number(parts?.find(({ name }) => name === 'event-number')?.valueString);
  const [event] = await store.subscriptionEvents(subscription, { since: number, until: number, count: 1 });
  return event?.focus;
}

/** Whether a partner may know how this Task stands, now: by what it was given, and by what disclosure says today. */
export async function maySee({ store, network, world }: Asking, partner: string, focus: string): Promise<boolean> {
  const [type = '', id = ''] = focus.split('/');
  const stored = await store.read(type, id, partner);
  const recipient = recipientOf(network(), partner);
  if (!stored || !recipient) return false;
  const task = parseJson(stored.text) as Task;
  const graph: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] };
  const sender = senderOf(network(), task.meta?.source);
  const question = { graph, recipient, purpose: 'status', now: world.now(), ...(sender ? { sender } : {}) } as const;
  return disclose(question).kind === 'permitted';
}
