import type { Task } from '@medplum/fhirtypes';
import { ownCode } from '../vocabulary/concept.ts';
import { useCaseOfTask } from '../vocabulary/use-case.ts';
import { type Calendar, earliestEnd, endOf, type Term } from './calendar.ts';

/** The recipient of a reminder: a party of the Task, the team that decides by hand, or a service of the directory. */
export type Audience = 'owner' | 'requester' | 'registration-team' | `HealthcareService/${string}`;

/**
 * The effect of a Task that stays in a state. Deadlines are configuration of the network; none is a constant of the code.
 *   remind    notify the audience that a Task is waiting
 *   alert     the same, marked urgent
 *   escalate  create a Task for the audience: find out why there is no progress
 */
export type DeadlineRule = {
  readonly id: string;
  readonly useCases: readonly string[];
  readonly statuses: readonly string[];
  /** Priorities of the Task or its order; any when absent. */
  readonly priorities?: readonly string[];
  readonly after: Term;
  /** The term begins when the Task came into its status, with its last change, or with its first version. */
  readonly from: 'status' | 'last-change' | 'created';
  readonly does: 'remind' | 'alert' | 'escalate';
  readonly to: Audience;
};

/** The facts about a Task that deadlines depend on. */
export type Watched = {
  readonly useCase: string | undefined;
  readonly status: string;
  readonly priority: string;
  readonly inStatusSince: Date;
  readonly changedAt: Date;
  readonly createdAt: Date;
  /** Periods in which the Task waited for an answer of its requester; without an end it is still waiting. */
  readonly pauses?: readonly Pause[];
};

export type Pause = { readonly from: Date; readonly until?: Date };

/** A deadline that has passed. None passes while the Task waits for an answer, and each is extended by the time waited. */
export type Deadline = { readonly rule: DeadlineRule; readonly since: Date; readonly due: Date };

const beginnings = { status: 'inStatusSince', 'last-change': 'changedAt', created: 'createdAt' } as const;

export const passedDeadlines = (
  watched: Watched,
  rules: readonly DeadlineRule[],
  calendar: Calendar,
  now: Date,
): readonly Deadline[] =>
  termsOf(watched, rules).flatMap(({ rule, since, begin }) => {
    // Most Tasks are far from any deadline: consult the calendar only when one may have passed.
    if (now.getTime() < earliestEnd(rule.after, begin)) return [];
    const due = endOf(rule.after, begin, calendar);
    return due <= now ? [{ rule, since, due }] : [];
  });

/** Every deadline of the Task as it is now, the first to pass first. */
export const deadlinesOf = (
  watched: Watched,
  rules: readonly DeadlineRule[],
  calendar: Calendar,
): readonly Deadline[] =>
  termsOf(watched, rules)
    .map(({ rule, since, begin }) => ({ rule, since, due: endOf(rule.after, begin, calendar) }))
    .sort((one, other) => one.due.getTime() - other.due.getTime());

/**
 * Milliseconds since 1970 before which the Task passes no deadline unless it changes, or its order does: exact when that is
 * not after `now`, else a lower bound. Infinite without a deadline, and while the Task waits for an answer.
 */
export const earliestDeadline = (
  watched: Watched,
  rules: readonly DeadlineRule[],
  calendar: Calendar,
  now: Date,
): number =>
  termsOf(watched, rules).reduce((earliest, { rule, begin }) => {
    const bound = earliestEnd(rule.after, begin);
    return Math.min(earliest, bound > now.getTime() ? bound : endOf(rule.after, begin, calendar).getTime());
  }, Number.POSITIVE_INFINITY);

/** The terms that run: `begin` is `since`, and the time that the Task waited for answers. */
function termsOf(
  watched: Watched,
  rules: readonly DeadlineRule[],
): readonly { readonly rule: DeadlineRule; readonly since: Date; readonly begin: Date }[] {
  const pauses = watched.pauses ?? [];
  if (pauses.some(({ until }) => until === undefined)) return [];
  return rules.flatMap((rule) => {
    if (!concerns(rule, watched)) return [];
    const since = watched[beginnings[rule.from]];
    return [{ rule, since, begin: new Date(since.getTime() + waited(pauses, since)) }];
  });
}

/** Time waited since then (ms); overlapping pauses count once. */
function waited(pauses: readonly Pause[], since: Date): number {
  let [total, last] = [0, since.getTime()];
  for (const { from, until } of [...pauses].sort((one, other) => one.from.getTime() - other.from.getTime())) {
    const begin = Math.max(from.getTime(), last);
    const end = until?.getTime() ?? begin;
    if (end <= begin) continue;
    total += end - begin;
    last = end;
  }
  return total;
}

const concerns = ({ useCases, statuses, priorities }: DeadlineRule, { useCase, status, priority }: Watched): boolean =>
  useCase !== undefined &&
  useCases.includes(useCase) &&
  statuses.includes(status) &&
  (priorities === undefined || priorities.includes(priority));

/** The use case of a Task: `escalation` for a Task of the watchdog, `information` for a question to the requester. */
export function useCaseOf(task: Task): string | undefined {
  const { code } = task;
  if (ownCode(code, 'task-code') === 'escalate') return 'escalation';
  if (ownCode(code, 'task-code') === 'complete-questionnaire') return 'information';
  return useCaseOfTask(task);
}

/** FHIR's priorities above routine (https://hl7.org/fhir/R4/valueset-request-priority.html). */
export const urgentPriorities: readonly string[] = ['urgent', 'asap', 'stat'];
