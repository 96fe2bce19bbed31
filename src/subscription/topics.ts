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

/** The topic of a use case, whether or not there is one: `topics` tells which there are. */
export const topicOf = (useCase: string): string => mgnTopic(`task-${useCase}`);

/** Canonical URLs of all topics, as the CapabilityStatement tells them. */
export const topics: readonly string[] = [...useCases, 'escalation'].map(topicOf);

/** The topics that a new version of this Task is an event of: of its use case, of the watchdog's escalations. */
export function topicsOf(task: Task): readonly string[] {
  const codes = (task.code?.coding ?? []).flatMap(({ system, code }) => {
    if (system === mgnCodeSystem('use-case') && code) return [topicOf(code)];
    return system === mgnCodeSystem('task-code') && code === 'escalate' ? [topicOf('escalation')] : [];
  });
  return [...new Set(codes)].filter((it) => topics.includes(it));
}
