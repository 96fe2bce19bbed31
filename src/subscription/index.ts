/** Subscriptions: topics, agreements, announcements, and the content of notifications. Pure. */
export { type Agreement, agreementKey, agreementOf, subscriptionResource } from './agreement.ts';
export {
  type ActiveByTopic,
  type ActiveSubscription,
  type Announcement,
  activeByTopic,
  eventNotification,
  matching,
} from './announcement.ts';
export { backport } from './backport.ts';
export { type NotificationDispatch, notificationDispatch } from './dispatch.ts';
export { type Filter, isOwn, type Parties, type Party } from './filter.ts';
export {
  type NotificationContent,
  notificationBundle,
  statusParameters,
} from './notification.ts';
export { topicOf, topics, topicsOf } from './topics.ts';
