import type { Agreement } from './agreement.ts';
import {
  type NotificationCause,
  type NotificationContext,
  type NotificationDispatch,
  notificationDispatch,
} from './dispatch.ts';
import { holds, type Parties } from './filter.ts';

/**
 * A change of which matching Subscriptions are notified. Plain data, so that it can be sent to the thread of the store,
 * which has the active Subscriptions and the numbers of their events.
 */
export type Announcement = {
  /** `Task/<id>` */
  readonly focus: string;
  /** Canonical URLs of its topics; see `topicsOf`. */
  readonly topics: readonly string[];
  readonly parties: Parties;
  readonly cause: NotificationCause;
  /** Instead of `cause`, for these partners. */
  readonly causes?: readonly { readonly partner: string; readonly cause: NotificationCause }[];
};

/** The part of a Subscription that decides whether it matches. It is the same for all events of an active one. */
export type ActiveSubscription = {
  readonly id: string;
  readonly partner: string;
  readonly agreement: Agreement;
};

/** Active Subscriptions by topic, in the order in which they were given. */
export type ActiveByTopic<S extends ActiveSubscription = ActiveSubscription> = ReadonlyMap<string, readonly S[]>;

export const activeByTopic = <S extends ActiveSubscription>(active: readonly S[]): ActiveByTopic<S> =>
  Map.groupBy(active, ({ agreement }) => agreement.topic);

/** The Subscriptions to be notified, provided that their partner may see the focus. */
export const matching = <S extends ActiveSubscription>(
  { topics, parties }: Announcement,
  active: ActiveByTopic<S>,
): readonly S[] =>
  topics.flatMap((topic) =>
    (active.get(topic) ?? []).filter(({ agreement }) => agreement.filters.every((filter) => holds(filter, parties))),
  );

/** The notification of an announcement to a matching Subscription, as its event with this number. */
export const eventNotification = (
  context: Omit<NotificationContext, 'cause'>,
  { focus, cause, causes = [] }: Announcement,
  subscription: ActiveSubscription,
  number: number,
): NotificationDispatch =>
  notificationDispatch(
    { ...context, cause: causes.find(({ partner }) => partner === subscription.partner)?.cause ?? cause },
    'event-notification',
    { ...subscription, status: 'active', events: number },
    { number, at: context.at, focus },
  );
