import type { Task } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnTopic } from '../fhir/canonical.ts';

/**
 * What a partner can be notified of: each move of a Task, one topic for each use case, as Twiin TA Workflow asks.
 * Names of the use cases are those of CodeSystem mgn-use-case.
 */
const useCases = [
  'registration',
  'exploratory-conversation',
  'transfer',
  'social-request',
  'case-consultation',
  'feedback',
] as const;

const nameOf = (useCase: string): string => `task-${useCase}`;

/** Canonical URLs of all topics, as the CapabilityStatement tells them. */
export const topics: readonly string[] = [...useCases, 'escalation'].map((it) => mgnTopic(nameOf(it)));

/** The topics that a new version of this Task is an event of: of its use case, of the watchdog's escalations. */
export function topicsOf(task: Task): readonly string[] {
  const codes = (task.code?.coding ?? []).flatMap(({ system, code }) => {
    if (system === mgnCodeSystem('use-case') && code) return [mgnTopic(nameOf(code))];
    return system === mgnCodeSystem('task-code') && code === 'escalate' ? [mgnTopic(nameOf('escalation'))] : [];
  });
  return [...new Set(codes)].filter((it) => topics.includes(it));
}
