import type { Bundle, Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { backport } from './backport.ts';

/** HL7's names; TTA v0.6 names the first three handshake-notification and so on. */
export type NotificationType = 'handshake' | 'event-notification' | 'heartbeat' | 'query-status' | 'query-event';

/** An event inside a notification. No person, no content, no token: the recipient reads the Task for more. */
export type NotifiedEvent = { readonly number: number; readonly at: Date; readonly focus?: string };

export type NotificationContent = {
  /** FHIR base of the gateway. */
  readonly base: string;
  readonly subscription: {
    readonly id: string;
    readonly topic: string;
    readonly status: 'requested' | 'active' | 'error' | 'off';
    readonly content: 'empty' | 'id-only';
    readonly error?: string;
  };
  readonly type: NotificationType;
  /** Number of the latest event of the Subscription. */
  readonly events: number;
  readonly included?: readonly NotifiedEvent[];
};

/** SubscriptionStatus of R5 as Parameters of R4 (backport-subscription-status-r4). */
export function statusParameters({ base, subscription, type, events, included = [] }: NotificationContent): Parameters {
  const { id, topic, status, content, error } = subscription;
  return {
    resourceType: 'Parameters',
    meta: { profile: [backport.status] },
    parameter: [
      { name: 'subscription', valueReference: { reference: `${base}/Subscription/${id}` } },
      { name: 'topic', valueCanonical: topic },
      { name: 'status', valueCode: status },
      { name: 'type', valueCode: type },
      { name: 'events-since-subscription-start', valueString: String(events) },
      ...included.map((it) => eventParameter(it, base, content)),
      ...(error ? [{ name: 'error', valueCodeableConcept: { text: error } }] : []),
    ],
  };
}

const eventParameter = (
  { number, at, focus }: NotifiedEvent,
  base: string,
  content: 'empty' | 'id-only',
): ParametersParameter => ({
  name: 'notification-event',
  part: [
    { name: 'event-number', valueString: String(number) },
    { name: 'timestamp', valueInstant: at.toISOString() },
    ...(content === 'empty' || focus === undefined
      ? []
      : [{ name: 'focus', valueReference: { reference: `${base}/${focus}` } }]),
  ],
});

/**
 * A notification (backport-subscription-notification-r4): a history Bundle with the status as its only entry. `id`
 * determines its fullUrl.
 */
export function notificationBundle(
  notice: NotificationContent,
  { id, at }: { readonly id: string; readonly at: Date },
): Bundle {
  const { base, subscription } = notice;
  return {
    resourceType: 'Bundle',
    meta: { profile: [backport.notification] },
    type: 'history',
    timestamp: at.toISOString(),
    entry: [
      {
        fullUrl: `urn:uuid:${id}`,
        resource: { ...statusParameters(notice), id },
        request: { method: 'GET', url: `${base}/Subscription/${subscription.id}/$status` },
        response: { status: '200' },
      },
    ],
  };
}
