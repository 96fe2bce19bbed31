import type { Bundle } from '@medplum/fhirtypes';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { StoredSubscription } from '../store/port.ts';
import { type Notice, notificationBundle, statusParameters } from '../subscription/index.ts';
import { maySee } from './still-allowed.ts';

const noticeOf = (gateway: Gateway, it: StoredSubscription): Omit<Notice, 'type'> => ({
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

/** Subscription/$status (backport STU1.1): how it stands, as a searchset of one Parameters. */
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

/** No answer of $events holds more; who was away longer asks on from the last number. */
const maximumEvents = 500;

/**
 * Subscription/$events: the events again, for who missed some. The number of each is told; its focus only as far as the
 * partner may see that today.
 */
export async function eventsBundle(
  gateway: Gateway,
  it: StoredSubscription,
  range: { readonly since: number; readonly until: number },
): Promise<Bundle> {
  const events = await gateway.store.subscriptionEvents(it.id, { ...range, count: maximumEvents });
  const visible = new Map<string, boolean>();
  const looking = { store: gateway.store, world: gateway.world, network: () => gateway.network };
  for (const { focus } of events) if (!visible.has(focus)) visible.set(focus, await maySee(looking, it.partner, focus));
  const told = events.map(({ number, at, focus }) => ({ number, at, ...(visible.get(focus) ? { focus } : {}) }));
  return notificationBundle(
    { ...noticeOf(gateway, it), type: 'query-event', told },
    { id: gateway.world.newId(), at: gateway.world.now() },
  );
}
