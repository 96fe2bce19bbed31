/** Municipalities that work with cases (zaakgericht werken): what their notifications lead to (docs/guide/municipality.md). */
export { zgwStatusHandler } from './follow-case.ts';
export { receiveZgwNotification } from './receive.ts';
export { type CallbackSecrets, callbackSecrets } from './secrets.ts';
export { startZgw } from './start.ts';
