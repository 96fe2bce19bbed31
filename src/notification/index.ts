/** Notifications after TTA v0.6 (HL7 Subscriptions R5 Backport on R4): agreed, announced, sent, caught up. */
export { announcing } from './announce.ts';
export { eventsBundle, statusSearchset } from './catch-up.ts';
export { configuredIssues, keepConfigured } from './configured.ts';
export { startHeartbeat } from './heartbeat.ts';
export { pulling } from './inbound/pull.ts';
export { receiveNotification } from './inbound/receive.ts';
export { tellingPlacer } from './inbound/tell-placer.ts';
export { mayStillNotify } from './still-allowed.ts';
export { renew, subscribe } from './subscribe.ts';
