import type { Task } from '@medplum/fhirtypes';
import { ownCode } from '../vocabulary/concept.ts';
import { useCaseOfTask } from '../vocabulary/use-case.ts';
import { type Calendar, earliestEnd, endOf, type Term } from './calendar.ts';

/** Who is told: a party of the Task, the team that decides by hand, or a service of the directory. */
export type Audience = 'owner' | 'requester' | 'registration-team' | `HealthcareService/${string}`;

/**
 * What happens when a Task stays in a state: all in the network's configuration, no deadline is a constant of the code.
 *   remind    the audience is told that something is waiting
 *   alert     the same, as urgent
 *   escalate  the audience gets a Task: find out why nothing happens
 */
export type DeadlineRule = {
  readonly id: string;
  readonly useCases: readonly string[];
  readonly statuses: readonly string[];
  /** Priorities of the Task or its order; any when absent. */
  readonly priorities?: readonly string[];
  readonly after: Term;
  /** The term begins when the Task came into its status, or with its last change. */
  readonly from: 'status' | 'last-change';
  readonly does: 'remind' | 'alert' | 'escalate';
  readonly to: Audience;
};

/** A Task as deadlines see it. */
export type Watched = {
  readonly useCase: string | undefined;
  readonly status: string;
  readonly priority: string;
  readonly inStatusSince: Date;
  readonly changedAt: Date;
  /** When it waited for an answer of who requested it; without an end it still waits. */
  readonly pauses?: readonly Pause[];
};

export type Pause = { readonly from: Date; readonly until?: Date };

/** A deadline that a Task is past. While it waits for an answer no deadline passes, and after that it has as much longer. */
export type Deadline = { readonly rule: DeadlineRule; readonly since: Date; readonly due: Date };

export const passedDeadlines = (
  watched: Watched,
  rules: readonly DeadlineRule[],
  calendar: Calendar,
  now: Date,
): readonly Deadline[] => {
  const pauses = watched.pauses ?? [];
  if (pauses.some(({ until }) => until === undefined)) return [];
  return rules.flatMap((rule) => {
    if (!concerns(rule, watched)) return [];
    const since = rule.from === 'status' ? watched.inStatusSince : watched.changedAt;
    // Most Tasks are far from any deadline: the calendar is asked only where it could matter.
    const begin = new Date(since.getTime() + waited(pauses, since));
    if (now.getTime() < earliestEnd(rule.after, begin)) return [];
    const due = endOf(rule.after, begin, calendar);
    return due <= now ? [{ rule, since, due }] : [];
  });
};

/** How long it waited since then (ms); what overlaps counts once. */
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

/** The use case of a Task; `escalation` for the watchdog's own, `information` for a question to who requested a Task. */
export function useCaseOf(task: Task): string | undefined {
  const { code } = task;
  if (ownCode(code, 'task-code') === 'escalate') return 'escalation';
  if (ownCode(code, 'task-code') === 'complete-questionnaire') return 'information';
  return useCaseOfTask(task);
}

/** FHIR's priorities that mean: not in turn (https://hl7.org/fhir/R4/valueset-request-priority.html). */
export const urgentPriorities: readonly string[] = ['urgent', 'asap', 'stat'];
