import { randomUUID } from 'node:crypto';

export type PlacerEvent = { readonly number: number; readonly focus?: string; readonly parts?: readonly object[] };

type More = {
  readonly type?: string;
  readonly subscription?: string;
  readonly total?: number;
  readonly entries?: readonly object[];
  readonly request?: object;
};

/** A notification as the Twiin guide writes it: absolute references, the request of the first entry, number and time. */
export function placerNotification(base: string, events: readonly PlacerEvent[], more: More = {}) {
  const subscription = more.subscription ?? `${base}/Subscription/s1`;
  return {
    resourceType: 'Bundle',
    type: 'history',
    timestamp: '2026-11-22T06:00:00Z',
    entry: [
      {
        fullUrl: `urn:uuid:${randomUUID()}`,
        resource: {
          resourceType: 'Parameters',
          parameter: [
            { name: 'subscription', valueReference: { reference: subscription } },
            { name: 'topic', valueCanonical: 'https://placer.example/SubscriptionTopic/task' },
            { name: 'status', valueCode: 'active' },
            { name: 'type', valueCode: more.type ?? 'event-notification' },
            ...(more.total === undefined
              ? []
              : [{ name: 'events-since-subscription-start', valueString: String(more.total) }]),
            ...events.map(({ number, focus, parts = [] }) => ({
              name: 'notification-event',
              part: [
                { name: 'event-number', valueString: String(number) },
                { name: 'timestamp', valueInstant: '2026-11-22T06:00:00Z' },
                ...(focus ? [{ name: 'focus', valueReference: { reference: focus } }] : []),
                ...parts,
              ],
            })),
          ],
        },
        request: more.request ?? { method: 'GET', url: `${subscription}/$status` },
        response: { status: '200' },
      },
      ...(more.entries ??
        events.flatMap(({ focus }) =>
          focus
            ? [
                {
                  fullUrl: focus,
                  request: { method: 'PUT', url: focus.slice(base.length + 1) },
                  response: { status: '200' },
                },
              ]
            : [],
        )),
    ],
  };
}
