import type { Coding, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';

const markOf = (code: string): Coding => ({ system: mgnCodeSystem('error'), code });

/** Marks an input of a Task: the person has another open referral. */
export const secondReferralCoding: Coding = markOf('second-referral');

/** Marks an input of a Task: name, birth date or gender differ from those that another message stated for this BSN. */
export const identityConflictCoding: Coding = markOf('identity-conflict');

/** Marks of what the owner of a Task may know of other referrals, and nobody else. */
const ownerMarks: readonly Coding[] = [secondReferralCoding, identityConflictCoding];

/** A Task without these inputs, for any reader but its owner. The same object where it has none. */
export function withoutOwnerMarks(task: Task): Task {
  const { input, ...rest } = task;
  const shown = input?.filter(({ type }) => !type.coding?.some(isMark));
  if (!input || shown?.length === input.length) return task;
  return shown?.length ? { ...task, input: shown } : rest;
}

const isMark = ({ system, code }: Coding): boolean =>
  ownerMarks.some((mark) => mark.system === system && mark.code === code);
