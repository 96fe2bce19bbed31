import type { Task } from '@medplum/fhirtypes';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import type { FeedbackTopic } from '../../vocabulary/feedback-topic.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import type { Effect } from '../../workflow/index.ts';

/** What of a move who referred should hear; most moves tell themselves by the status of the Task. */
export function topicOf(before: Task | undefined, { rule, resource }: Effect): FeedbackTopic | undefined {
  if (resource.resourceType !== 'Task') return undefined;
  // to consult is no end of the help that was referred for; its minutes tell themselves
  if (isConsultation(resource)) return undefined;
  const says = (task: Task | undefined, code: string) => hasOwnCode(task?.businessStatus, 'business-status', code);
  if (rule === 'complete') return says(resource, 'handed-over') ? 'handed-over' : 'completed';
  if (rule === 'fail') return 'not-completed';
  return rule === 'tell' && says(resource, 'no-show') && !says(before, 'no-show') ? 'no-show' : undefined;
}
