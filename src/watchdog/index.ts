/** Deadlines of the configuration: reminders, alerts and escalations, and the operator's list of silent Tasks. */
export { startErasureRequests } from './erasure-requests.ts';
export { keyWorkOf, startKeyWork, stepByStep } from './keys.ts';
export { type RetentionTotal, removableByNow, retentionTerms, runRetention, startRetention } from './retention.ts';
export { signJournal, startSigning } from './sign-journal.ts';
export { type SilentLine, silentList } from './silent-list.ts';
export { startWatchdog, type Watchdog, withWakeUp } from './start.ts';
export { type Turn, turnOf } from './turn.ts';
export type { TaskCount } from './watch.ts';
