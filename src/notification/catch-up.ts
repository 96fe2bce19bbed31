import type { Bundle } from '@medplum/fhirtypes';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { StoredSubscription } from '../store/port.ts';
import { type NotificationContent, notificationBundle, statusParameters } from '../subscription/index.ts';
import { maySeeTask } from './still-allowed.ts';

const noticeOf = (gateway: Gateway, it: StoredSubscription): Omit<NotificationContent, 'type'> => ({
  base: gateway.network.settings.baseUrl,
  subscription: {
    id: it.id,
    topic: it.agreement.topic,
    status: it.status,
    content: it.agreement.content,
    ...(it.error ? { error: it.error } : {}),
  },
  events: it.events,
});

/** Subscription/$status (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1): a searchset with one Parameters. */
export function statusSearchset(gateway: Gateway, it: StoredSubscription): Bundle {
  const id = gateway.world.newId();
  const resource = { ...statusParameters({ ...noticeOf(gateway, it), type: 'query-status' }), id };
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: 1,
    entry: [{ fullUrl: `urn:uuid:${id}`, resource, search: { mode: 'match' } }],
  };
}

/** Upper bound on one response of $events; a client continues from the last number. */
const maximumEvents = 500;

/**
 * Subscription/$events: past events, for a client that missed some. Each has its number; a focus only when the partner
 * may see it now.
 */
export async function eventsBundle(
  gateway: Gateway,
  it: StoredSubscription,
  range: { readonly since: number; readonly until: number },
): Promise<Bundle> {
  const events = await gateway.store.subscriptionEvents(it.id, { ...range, count: maximumEvents });
  const visible = new Map<string, boolean>();
  const context = {
    store: gateway.store,
    world: gateway.world,
    network: () => gateway.network,
    grounds: gateway.grounds,
  };
  for (const { focus } of events)
    if (!visible.has(focus)) visible.set(focus, await maySeeTask(context, it.partner, focus));
  const visibleEvents = events.map(({ number, at, focus }) => ({
    number,
    at,
    ...(visible.get(focus) ? { focus } : {}),
  }));
  return notificationBundle(
    { ...noticeOf(gateway, it), type: 'query-event', included: visibleEvents },
    { id: gateway.world.newId(), at: gateway.world.now() },
  );
}
