/** Deadlines of the configuration: reminders, alerts and escalations, and the operator's list of silent Tasks. */
export { type SilentLine, silentList } from './silent-list.ts';
export { startWatchdog, type Watchdog, withWakeUp } from './start.ts';
