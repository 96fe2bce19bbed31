/** Nothing waits in silence: deadlines of the configuration, reminders, alerts, escalations, and the operator's list. */
export { type SilentLine, silentList } from './silent-list.ts';
export { startWatchdog, type Watchdog, withWakeUp } from './start.ts';
