/** Notifications after TTA v0.6 (HL7 Subscriptions R5 Backport for R4): agreement, announcement, delivery, catch-up. */
export { withAnnouncements } from './announcements.ts';
export { eventsBundle, statusSearchset } from './catch-up.ts';
export { configuredIssues, syncConfigured } from './configured.ts';
export { startHeartbeat } from './heartbeat.ts';
export { pullHandler } from './inbound/pull.ts';
export { receiveNotification } from './inbound/receive.ts';
export { placerUpdateHandler } from './inbound/update-placer.ts';
export { referralStateHandler } from './referral-state.ts';
export { mayStillNotify } from './still-allowed.ts';
export { renew, subscribe } from './subscribe.ts';
