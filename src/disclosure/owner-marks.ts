import type { Coding, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';

const markOf = (code: string): Coding => ({ system: mgnCodeSystem('error'), code });

/** Marks an input of a Task: the person has another open referral. */
export const secondReferralCoding: Coding = markOf('second-referral');

/** Marks an input of a Task: name, birth date or gender differ from those that another message stated for this BSN. */
export const identityConflictCoding: Coding = markOf('identity-conflict');

/** Marks of what the owner of a Task may know of other referrals, and nobody else. */
const ownerMarks: readonly Coding[] = [secondReferralCoding, identityConflictCoding];

/** Whether an input of a Task has such a mark; the projections withhold it from any reader but its owner. */
export const isOwnerMark = ({ type }: { readonly type?: unknown }): boolean =>
  ((type as { readonly coding?: readonly Coding[] } | undefined)?.coding ?? []).some(({ system, code }) =>
    ownerMarks.some((mark) => mark.system === system && mark.code === code),
  );

/** A Task without what only its owner may know. The same object where there is nothing of it. */
export function withoutOwnerMarks(task: Task): Task {
  const input = task.input?.filter((it) => !isOwnerMark(it));
  if (!input || input.length === task.input?.length) return task;
  const { input: _, ...rest } = task;
  return input.length > 0 ? { ...rest, input } : rest;
}
