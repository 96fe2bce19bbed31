import type { Task } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnTopic } from '../fhir/canonical.ts';

/**
 * Use cases with a topic: every move of a Task is an event, with one topic per use case (Twiin TA Workflow). The names
 * are codes of mgn-use-case.
 */
const useCases = [
  'registration',
  'exploratory-conversation',
  'transfer',
  'social-request',
  'case-consultation',
  'feedback',
] as const;

/** The topic of a use case, which may not exist: see `topics`. */
export const topicOf = (useCase: string): string => mgnTopic(`task-${useCase}`);

/** Canonical URLs of all topics, as listed in the CapabilityStatement. */
export const topics: readonly string[] = [...useCases, 'escalation'].map(topicOf);

/** The topics of a new version of this Task: of its use case, and of escalations by the watchdog. */
export function topicsOf(task: Task): readonly string[] {
  const codes = (task.code?.coding ?? []).flatMap(({ system, code }) => {
    if (system === mgnCodeSystem('use-case') && code) return [topicOf(code)];
    return system === mgnCodeSystem('task-code') && code === 'escalate' ? [topicOf('escalation')] : [];
  });
  return [...new Set(codes)].filter((it) => topics.includes(it));
}
