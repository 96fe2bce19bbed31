import type { Calendar, DeadlineRule } from '../../deadline/index.ts';
/** The section `watchdog` of network.yaml as written. */
export type WatchdogFile = {
  readonly every?: number;
  readonly 'order-without-task-hours'?: number;
  readonly calendar?: {
    readonly 'good-friday'?: boolean;
    readonly 'liberation-day'?: 'never' | 'lustrum' | 'every-year';
    readonly closed?: readonly string[];
  };
  readonly rules: readonly {
    readonly id: string;
    readonly 'use-case': readonly string[];
    readonly status: readonly string[];
    readonly priority?: readonly string[];
    readonly after: { readonly minutes: number } | { readonly 'business-days': number };
    readonly from?: DeadlineRule['from'];
    readonly do: DeadlineRule['does'];
    readonly to: string;
  }[];
};

/** Deadline rules, calendar and interval of the watchdog (seconds). */
export type WatchdogSettings = {
  readonly every: number;
  /** An order that was created alone and has no Task after these hours is escalated; absent: never. */
  readonly orderWithoutTaskHours?: number;
  readonly calendar: Calendar;
  readonly rules: readonly DeadlineRule[];
};
