import type { Task } from '@medplum/fhirtypes';
import { isUnselected, reasonForSocialDomain } from '../../disclosure/index.ts';
import { ownCodes } from '../../vocabulary/concept.ts';
import { withCodesForWords } from '../../workflow/index.ts';

/**
 * The Task with its new status and reason coded. A candidate that is not selected gets the code of a reason of its
 * requester, never the words.
 */
export function withCodedReason(before: Task, after: Task, isMovedByOwner: boolean): Task {
  const isEnded = after.status === 'cancelled' && before.status !== 'cancelled';
  if (!isUnselected(before) || isMovedByOwner || !isEnded) return withCodesForWords(before, after);
  // words alone are refused there (mgn-task-8): dropping them would leave the candidate a reason that nobody gave
  if (!after.statusReason || ownCodes(after.statusReason, 'status-reason').length === 0) return after;
  return { ...withCodesForWords(before, after), statusReason: reasonForSocialDomain(after.statusReason) };
}
