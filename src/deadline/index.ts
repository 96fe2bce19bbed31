/** Terms in hours and business days, Dutch holidays, and what is due for a Task. Pure: the clock comes in. */
export { type Calendar, calendarOf } from './calendar.ts';
export { minutesEast, parseDay } from './day.ts';
export {
  type Audience,
  type Deadline,
  type DeadlineRule,
  type Pause,
  passedDeadlines,
  urgentPriorities,
  useCaseOf,
} from './rule.ts';
