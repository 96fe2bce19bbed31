import {
  type ActiveByTopic,
  type ActiveSubscription,
  type Announcement,
  eventNotification,
  matching,
  type NotificationDispatch,
} from '../subscription/index.ts';
import { faultData } from './fault-data.ts';
import type { Announced, Unannounced } from './port.ts';

/**
 * Announcements of a commit, for every adapter: `matches` finds the Subscriptions, the adapter numbers their events, and
 * `notificationOf` creates the dispatches. Neither throws: a failing notification must not prevent a referral.
 */
export type Match<S extends ActiveSubscription> = { readonly announcement: Announcement; readonly subscription: S };

/** `active` may be a copy in memory that is rebuilt when a Subscription changes. */
export function matches<S extends ActiveSubscription>(
  { announcements }: Announced,
  active: ActiveByTopic<S>,
): { readonly matches: readonly Match<S>[]; readonly unannounced: readonly Unannounced[] } {
  const unannounced: Unannounced[] = [];
  const found = announcements.flatMap((announcement) => {
    try {
      return matching(announcement, active).map((subscription) => ({ announcement, subscription }));
    } catch (fault) {
      unannounced.push({ focus: announcement.focus, fault: faultData(fault) });
      return [];
    }
  });
  return { matches: found, unannounced };
}

/** The notification of the event with this number. */
export function notificationOf(
  { announcement, subscription }: Match<ActiveSubscription>,
  number: number,
  context: { readonly base: string; readonly at: Date; readonly newId: () => string },
): NotificationDispatch | Unannounced {
  try {
    return eventNotification(context, announcement, subscription, number);
  } catch (fault) {
    return { focus: announcement.focus, subscription: subscription.id, fault: faultData(fault) };
  }
}
