import type { Coding, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';

/** Marks an input of a Task: the person has another open referral. For the owner of the Task only. */
export const secondReferralCoding: Coding = { system: mgnCodeSystem('error'), code: 'second-referral' };

/** A Task without that input, for any reader but its owner. The same object where it has none. */
export function withoutSecondReferral(task: Task): Task {
  const { input, ...rest } = task;
  const shown = input?.filter(({ type }) => !type.coding?.some(isMark));
  if (!input || shown?.length === input.length) return task;
  return shown?.length ? { ...task, input: shown } : rest;
}

const isMark = ({ system, code }: Coding): boolean =>
  system === secondReferralCoding.system && code === secondReferralCoding.code;
