import { writeJson } from '../fhir/json.ts';
import type { Dispatch, StoredSubscription, SubscriptionEvent } from '../store/port.ts';
import { type NotificationType, notificationBundle } from '../subscription/index.ts';
import type { World } from '../world.ts';

/** The context of a notification for the outbox: handshake, event or heartbeat. */
export type NotificationContext = {
  readonly base: string;
  readonly world: Pick<World, 'newId'>;
  readonly at: Date;
  readonly cause?: Pick<Dispatch, 'messageId' | 'correlationId'> & { readonly traceId?: string };
};

type SentType = Extract<NotificationType, 'handshake' | 'event-notification' | 'heartbeat'>;

export function notificationDispatch(
  { base, world, at, cause = {} }: NotificationContext,
  type: SentType,
  subscription: Pick<StoredSubscription, 'id' | 'partner' | 'agreement' | 'status' | 'events'>,
  event?: SubscriptionEvent,
): Dispatch {
  const { id, partner, agreement, status } = subscription;
  const { topic, content, endpoint } = agreement;
  const bundle = notificationBundle(
    {
      base,
      subscription: { id, topic, content, status },
      type,
      events: event?.number ?? subscription.events,
      ...(event ? { included: [event] } : {}),
    },
    { id: world.newId(), at },
  );
  return {
    id: world.newId(),
    recipient: partner,
    channel: 'fhir-rest',
    kind: type,
    address: endpoint,
    subscription: id,
    ...(event ? { about: [event.focus] } : {}),
    body: writeJson(bundle),
    contentType: 'application/fhir+json',
    requestId: world.newId(),
    traceId: cause.traceId ?? world.newId(),
    ...(cause.messageId ? { messageId: cause.messageId } : {}),
    ...(cause.correlationId ? { correlationId: cause.correlationId } : {}),
  };
}
