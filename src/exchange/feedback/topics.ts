import type { Task } from '@medplum/fhirtypes';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import type { FeedbackTopic } from '../../vocabulary/feedback-topic.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import type { Effect } from '../../workflow/index.ts';

/** Topic of the feedback on a move; undefined for most moves, of which the status of the Task is enough. */
export function topicOf(before: Task | undefined, { rule, resource }: Effect): FeedbackTopic | undefined {
  if (resource.resourceType !== 'Task') return undefined;
  // a case consultation (casusoverleg) does not end the referral; its minutes are disclosed by themselves
  if (isConsultation(resource)) return undefined;
  const hasBusinessStatus = (task: Task | undefined, code: string) =>
    hasOwnCode(task?.businessStatus, 'business-status', code);
  if (rule === 'complete') return hasBusinessStatus(resource, 'handed-over') ? 'handed-over' : 'completed';
  if (rule === 'fail') return 'not-completed';
  return rule === 'tell' && hasBusinessStatus(resource, 'no-show') && !hasBusinessStatus(before, 'no-show')
    ? 'no-show'
    : undefined;
}
