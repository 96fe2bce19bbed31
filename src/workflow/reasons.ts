import type { CodeableConcept, Task } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { ownCodes, ownCoding } from '../vocabulary/concept.ts';

/** Reasons an owner may state for rejecting a Task or failing to complete it. */
export const rejectionReasons: readonly string[] = [
  'at-capacity',
  'waiting-time-too-long',
  'not-clinically-appropriate',
  'outside-catchment',
  'not-eligible',
  'patient-choice',
  'cannot-contact',
  'incomplete-referral',
  'duplicate',
  'alternative-proposed',
  'other',
];

/**
 * Reasons a requester may state for cancelling a request. `not-selected` is only allowed on a cancelled Task (Twiin
 * ct-2).
 */
export const cancellationReasons: readonly string[] = [
  'not-selected',
  'withdrawn-by-person',
  'withdrawn-by-referrer',
  'redirected',
  'expired',
  'replaced',
];

/**
 * The Task as moved, with a code of the network for a status or reason that its mover stated in words (or by a code of
 * another system) only. The words stay. What was not changed by this move stays as it is.
 */
export function withCodesForWords<T extends Task>(before: T | undefined, after: T): T {
  const { statusReason, businessStatus } = after;
  const reason = isSame(before?.statusReason, statusReason)
    ? undefined
    : codedByWords(statusReason, 'status-reason', reasonInWords(after.status));
  const business = isSame(before?.businessStatus, businessStatus)
    ? undefined
    : codedByWords(businessStatus, 'business-status', 'other');
  if (!reason && !business) return after;
  return { ...after, ...(reason ? { statusReason: reason } : {}), ...(business ? { businessStatus: business } : {}) };
}

/** A reason to withdraw an order or to stop a Task, with the code that the requester withdrew it where it has words only. */
export const withdrawalReason = (reason: CodeableConcept): CodeableConcept =>
  codedByWords(reason, 'status-reason', reasonInWords('cancelled')) ?? reason;

/** What words mean for the state machine: an owner has another reason; a requester withdraws. */
const reasonInWords = (status: Task['status']): string => (status === 'cancelled' ? 'withdrawn-by-referrer' : 'other');

/** Undefined where there is nothing to add: an own code is there, or there are no words. */
function codedByWords(concept: CodeableConcept | undefined, system: string, code: string): CodeableConcept | undefined {
  if (!concept || ownCodes(concept, system).length > 0) return undefined;
  const { coding = [] } = concept;
  const words = concept.text?.trim()
    ? concept.text
    : coding.map(({ display, code: word }) => display?.trim() || word).find((it) => it);
  return words ? { ...concept, coding: [...coding, ownCoding(system, code)], text: words } : undefined;
}

const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one ?? null) === canonicalJson(other ?? null);
