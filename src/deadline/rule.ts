import type { CodeableConcept, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
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
};

/** A deadline that a Task is past. */
export type Deadline = { readonly rule: DeadlineRule; readonly since: Date; readonly due: Date };

export const passedDeadlines = (
  watched: Watched,
  rules: readonly DeadlineRule[],
  calendar: Calendar,
  now: Date,
): readonly Deadline[] =>
  rules.flatMap((rule) => {
    if (!concerns(rule, watched)) return [];
    const since = rule.from === 'status' ? watched.inStatusSince : watched.changedAt;
    // Most Tasks are far from any deadline: the calendar is asked only where it could matter.
    if (now.getTime() < earliestEnd(rule.after, since)) return [];
    const due = endOf(rule.after, since, calendar);
    return due <= now ? [{ rule, since, due }] : [];
  });

const concerns = ({ useCases, statuses, priorities }: DeadlineRule, { useCase, status, priority }: Watched): boolean =>
  useCase !== undefined &&
  useCases.includes(useCase) &&
  statuses.includes(status) &&
  (priorities === undefined || priorities.includes(priority));

/** The use case of a Task; `escalation` for the watchdog's own. */
export function useCaseOf({ code }: Task): string | undefined {
  if (codeIn(code, 'task-code') === 'escalate') return 'escalation';
  return codeIn(code, 'use-case');
}

const codeIn = (concept: CodeableConcept | undefined, system: string): string | undefined =>
  concept?.coding?.find((it) => it.system === mgnCodeSystem(system))?.code;

/** FHIR's priorities that mean: not in turn (https://hl7.org/fhir/R4/valueset-request-priority.html). */
export const urgentPriorities: readonly string[] = ['urgent', 'asap', 'stat'];
