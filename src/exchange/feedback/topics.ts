import type { Task } from '@medplum/fhirtypes';
import { type Effect, isConsultation } from '../../workflow/index.ts';

/** What a referrer hears of: codes of mgn-feedback-topic. Their words stand in the map's table, feedback-words.csv. */
export const feedbackTopics = [
  'conversation-held',
  'plan-ready',
  'no-show',
  'transfer',
  'handed-over',
  'completed',
  'not-completed',
  'consultation-held',
] as const;

export type FeedbackTopic = (typeof feedbackTopics)[number];

/** What of a move who referred should hear; most moves tell themselves by the status of the Task. */
export function topicOf(before: Task | undefined, { rule, resource }: Effect): FeedbackTopic | undefined {
  if (resource.resourceType !== 'Task') return undefined;
  // to consult is no end of the help that was referred for; its minutes tell themselves
  if (isConsultation(resource)) return undefined;
  const says = (task: Task | undefined, code: string) =>
    task?.businessStatus?.coding?.some((it) => it.code === code) ?? false;
  if (rule === 'complete') return says(resource, 'handed-over') ? 'handed-over' : 'completed';
  if (rule === 'fail') return 'not-completed';
  return rule === 'tell' && says(resource, 'no-show') && !says(before, 'no-show') ? 'no-show' : undefined;
}
