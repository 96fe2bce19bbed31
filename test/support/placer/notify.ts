/** Id-only notifications: handshake, heartbeat and event-notification to the channel of each Subscription. */
import { randomUUID } from 'node:crypto';
import type { Bundle, BundleEntry, Parameters, ParametersParameter, Subscription, Task } from '@medplum/fhirtypes';
import type { Answer } from './client.ts';
import { call, good } from './client.ts';
import { EXTENSION, NOTIFICATION_PROFILE, PROFILE, STATUS_PROFILE } from './guide.ts';
import type { Store } from './store.ts';
import { commit, keyOf, list, read } from './store.ts';

export interface Event {
  number: number;
  timestamp: string;
  focus: string;
  created: boolean;
}

export interface Sent {
  subscription: string;
  type: string;
  focus?: string | undefined;
  answer: Answer;
}

export interface Notifier {
  store: Store;
  /** Token with which notifications are sent. */
  token: string;
  events: Map<string, Event[]>;
  queues: Map<string, Promise<void>>;
  timers: NodeJS.Timeout[];
  sent: Sent[];
}

export interface SubscriptionInput {
  topic: string;
  filter: string;
  endpoint: string;
  heartbeat: number;
  reason?: string;
}

export function makeSubscription(input: SubscriptionInput, id?: string): Subscription {
  return {
    resourceType: 'Subscription',
    ...(id ? { id } : {}),
    meta: { profile: [PROFILE.subscription] },
    status: 'requested',
    reason: input.reason ?? 'Coordination Tasks of one HealthcareService',
    criteria: input.topic,
    _criteria: { extension: [{ url: EXTENSION.filter, valueString: input.filter }] },
    channel: {
      type: 'rest-hook',
      endpoint: input.endpoint,
      extension: [{ url: EXTENSION.heartbeat, valueUnsignedInt: input.heartbeat }],
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: EXTENSION.content, valueCode: 'id-only' }] },
    },
  } as unknown as Subscription;
}

const filterOf = (subscription: Subscription): string =>
  (
    (subscription as unknown as { _criteria?: { extension?: { url: string; valueString?: string }[] } })._criteria
      ?.extension ?? []
  ).find((extension) => extension.url === EXTENSION.filter)?.valueString ?? '';

/** True when the Task is one of the Subscription, by owner. */
export function matches(subscription: Subscription, task: Task): boolean {
  const wanted = filterOf(subscription).replace(/^owner:identifier=/, '');
  return wanted === `${task.owner?.identifier?.system}|${task.owner?.identifier?.value}`;
}

const eventPart = (event: Event): ParametersParameter => ({
  name: 'notification-event',
  part: [
    { name: 'event-number', valueString: String(event.number) },
    { name: 'timestamp', valueInstant: event.timestamp },
    { name: 'focus', valueReference: { reference: event.focus } },
  ],
});

export function statusParameters(
  notifier: Notifier,
  subscription: Subscription,
  type: string,
  events: Event[] = [],
): Parameters {
  const count = notifier.events.get(keyOf(subscription))?.length ?? 0;
  return {
    resourceType: 'Parameters',
    id: randomUUID(),
    meta: { profile: [STATUS_PROFILE] },
    parameter: [
      { name: 'subscription', valueReference: { reference: `${notifier.store.base}/${keyOf(subscription)}` } },
      { name: 'topic', valueCanonical: subscription.criteria },
      { name: 'status', valueCode: subscription.status },
      { name: 'type', valueCode: type },
      ...(type === 'handshake' ? [] : [{ name: 'events-since-subscription-start', valueString: String(count) }]),
      ...events.map(eventPart),
    ],
  };
}

export function notificationBundle(
  notifier: Notifier,
  subscription: Subscription,
  type: string,
  events: Event[] = [],
): Bundle {
  const relative = (focus: string): string => focus.slice(notifier.store.base.length + 1);
  const first: BundleEntry = {
    fullUrl: `urn:uuid:${randomUUID()}`,
    resource: statusParameters(notifier, subscription, type, events),
    request: { method: 'GET', url: `${notifier.store.base}/${keyOf(subscription)}/$status` },
    response: { status: '200' },
  };
  const rest = events.map(
    (event): BundleEntry => ({
      fullUrl: event.focus,
      request: event.created ? { method: 'POST', url: 'Task' } : { method: 'PUT', url: relative(event.focus) },
      response: { status: event.created ? '201' : '200' },
    }),
  );
  return {
    resourceType: 'Bundle',
    id: randomUUID(),
    meta: { profile: [NOTIFICATION_PROFILE] },
    type: 'history',
    timestamp: new Date().toISOString(),
    entry: [first, ...rest],
  };
}

/** Send with retries on no answer, 408, 429 and 5xx; the same body each time. */
async function deliver(notifier: Notifier, subscription: Subscription, type: string, events: Event[]): Promise<Answer> {
  const bundle = notificationBundle(notifier, subscription, type, events);
  const client = { base: subscription.channel?.endpoint ?? '', token: notifier.token };
  let answer = await call(client, 'POST', client.base, bundle);
  for (
    let wait = 200;
    wait <= 800 && (answer.status === 0 || answer.status === 408 || answer.status === 429 || answer.status >= 500);
    wait *= 2
  ) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    answer = await call(client, 'POST', client.base, bundle);
  }
  notifier.sent.push({
    subscription: keyOf(subscription),
    type,
    focus: events[0]?.focus,
    answer: { ...answer, request: `POST ${client.base} (${type})` },
  });
  return answer;
}

function queue(notifier: Notifier, key: string, work: () => Promise<void>): Promise<void> {
  const next = (notifier.queues.get(key) ?? Promise.resolve()).then(work);
  notifier.queues.set(key, next);
  return next;
}

/** Handshake first; the Subscription is active only after success. Then heartbeats. */
export function activate(notifier: Notifier, key: string): Promise<void> {
  return queue(notifier, key, async () => {
    const subscription = read<Subscription>(notifier.store, key);
    if (!subscription) return;
    const answer = await deliver(notifier, subscription, 'handshake', []);
    commit(notifier.store, [{ resource: { ...subscription, status: good(answer) ? 'active' : 'error' } }]);
    const period =
      (subscription.channel?.extension ?? []).find((extension) => extension.url === EXTENSION.heartbeat)
        ?.valueUnsignedInt ?? 0;
    if (good(answer) && period > 0)
      notifier.timers.push(setInterval(() => void beat(notifier, key), period * 1000).unref());
  });
}

export function beat(notifier: Notifier, key: string): Promise<void> {
  return queue(notifier, key, async () => {
    const subscription = read<Subscription>(notifier.store, key);
    if (subscription?.status === 'active') await deliver(notifier, subscription, 'heartbeat', []);
  });
}

export function newNotifier(store: Store, token: string): Notifier {
  const notifier: Notifier = { store, token, events: new Map(), queues: new Map(), timers: [], sent: [] };
  store.listeners.push((resource, created) => {
    if (resource.resourceType !== 'Task') return;
    for (const subscription of list<Subscription>(store, 'Subscription')) {
      const key = keyOf(subscription);
      if (subscription.status === 'off' || !matches(subscription, resource)) continue;
      const events = notifier.events.get(key) ?? [];
      const event = {
        number: events.length + 1,
        timestamp: resource.meta?.lastUpdated ?? new Date().toISOString(),
        focus: `${store.base}/${keyOf(resource)}`,
        created,
      };
      notifier.events.set(key, [...events, event]);
      void queue(notifier, key, async () => {
        const current = read<Subscription>(store, key);
        if (current?.status === 'active') await deliver(notifier, current, 'event-notification', [event]);
      });
    }
  });
  return notifier;
}

export async function settle(notifier: Notifier): Promise<void> {
  await Promise.all(notifier.queues.values());
}

export function stopNotifier(notifier: Notifier): void {
  for (const timer of notifier.timers) clearInterval(timer);
}
