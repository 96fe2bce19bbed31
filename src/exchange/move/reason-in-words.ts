import type { CodeableConcept, Task } from '@medplum/fhirtypes';
import { isUnselected, reasonForSocialDomain } from '../../disclosure/index.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { codedByWords, ownCodes } from '../../vocabulary/concept.ts';

/**
 * A reason in words, or in a code of another list, with the network's own code beside it: peers have no codes for
 * reasons (Twiin TA Workflow). A cancellation is `withdrawn-by-referrer`, any other end `other`, explained by the words.
 */
export const coded = (reason: CodeableConcept, status: Task['status']): CodeableConcept =>
  codedByWords(reason, 'status-reason', status === 'cancelled' ? 'withdrawn-by-referrer' : 'other');

/** The Task with a code beside the words of a new business status. */
export function withCodedBusinessStatus(before: Task, after: Task): Task {
  const { businessStatus } = after;
  const isNew = canonicalJson(businessStatus ?? null) !== canonicalJson(before.businessStatus ?? null);
  return businessStatus && isNew
    ? { ...after, businessStatus: codedByWords(businessStatus, 'business-status', 'other') }
    : after;
}

/**
 * The Task with its new reason coded. A candidate that is not selected gets the code of a reason of its requester, never
 * the words.
 */
export function withCodedReason(before: Task, after: Task, isMovedByOwner: boolean): Task {
  const { statusReason } = after;
  if (!statusReason || after.status === before.status) return after;
  if (canonicalJson(statusReason) === canonicalJson(before.statusReason ?? null)) return after;
  const reason = coded(statusReason, after.status);
  const forCandidate = isUnselected(before) && !isMovedByOwner && after.status === 'cancelled';
  // words alone are refused there (mgn-task-8): dropping them would leave the candidate a reason that nobody gave
  const isCoded = ownCodes(statusReason, 'status-reason').length > 0;
  if (forCandidate && !isCoded) return after;
  return { ...after, statusReason: forCandidate ? reasonForSocialDomain(reason) : reason };
}
