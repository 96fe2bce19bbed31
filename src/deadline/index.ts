/** Terms in hours and business days, Dutch holidays and the deadlines of a Task. Pure: the clock is an argument. */
export { type Calendar, calendarOf } from './calendar.ts';
export {
  type Audience,
  type Deadline,
  type DeadlineRule,
  deadlinesOf,
  earliestDeadline,
  type Pause,
  passedDeadlines,
  urgentPriorities,
  useCaseOf,
  type Watched,
} from './rule.ts';
