import { writeJson } from '../fhir/json.ts';
import type { Agreement } from './agreement.ts';
import {
  type NotificationContent,
  type NotificationType,
  type NotifiedEvent,
  notificationBundle,
} from './notification.ts';

/** The request that caused a notification; without one it has a trace of its own. */
export type NotificationCause = {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
  readonly traceparent?: string;
};

type SentType = Extract<NotificationType, 'handshake' | 'event-notification' | 'heartbeat'>;

/** A notification for the outbox (`Dispatch` of store/port). */
export type NotificationDispatch = NotificationCause & {
  readonly id: string;
  readonly recipient: string;
  readonly channel: 'fhir-rest';
  readonly kind: SentType;
  /** The endpoint of the Subscription. */
  readonly address: string;
  readonly subscription: string;
  readonly about?: readonly string[];
  readonly body: string;
  readonly contentType: string;
  readonly requestId: string;
  readonly traceId: string;
};

export type NotificationContext = {
  /** FHIR base of the gateway. */
  readonly base: string;
  readonly newId: () => string;
  readonly at: Date;
  readonly cause?: NotificationCause;
};

type Notified = Pick<NotificationContent['subscription'], 'id' | 'status'> & {
  readonly partner: string;
  readonly agreement: Agreement;
  /** Number of its last event. */
  readonly events: number;
};

/** A handshake, event or heartbeat as it is put in the outbox. */
export function notificationDispatch(
  { base, newId, at, cause = {} }: NotificationContext,
  type: SentType,
  { id, partner, agreement, status, events }: Notified,
  event?: NotifiedEvent & { readonly focus: string },
): NotificationDispatch {
  const { topic, content, endpoint } = agreement;
  const bundle = notificationBundle(
    {
      base,
      subscription: { id, topic, content, status },
      type,
      events: event?.number ?? events,
      ...(event ? { included: [event] } : {}),
    },
    { id: newId(), at },
  );
  return {
    id: newId(),
    recipient: partner,
    channel: 'fhir-rest',
    kind: type,
    address: endpoint,
    subscription: id,
    ...(event ? { about: [event.focus] } : {}),
    body: writeJson(bundle),
    contentType: 'application/fhir+json',
    requestId: newId(),
    traceId: cause.traceId ?? newId(),
    ...(cause.messageId ? { messageId: cause.messageId } : {}),
    ...(cause.correlationId ? { correlationId: cause.correlationId } : {}),
    ...(cause.traceparent ? { traceparent: cause.traceparent } : {}),
  };
}
