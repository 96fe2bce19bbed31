import type { Bundle, Patient, Task } from '@medplum/fhirtypes';
import { useCaseOf } from '../../deadline/index.ts';
import { secondReferralCoding } from '../../disclosure/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { graphOf } from '../../fhir/graph.ts';
import { issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import type { Memory } from '../memory/memory.ts';

const openStatuses = ['requested', 'received', 'accepted', 'in-progress', 'on-hold'];

/**
 * Whether a party may read an open order of the same use case for the same person, among `persons`. An order derived from
 * another one (basedOn, replaces) is not a second referral.
 */
export async function hasOpenReferral(
  memory: Memory,
  bundle: Bundle,
  persons: readonly (Patient & { readonly id: string })[],
  reader: string,
): Promise<boolean> {
  const graph = graphOf(bundle);
  const [order, task] = [graph.first('ServiceRequest'), graph.first('Task')];
  const useCase = task && useCaseOf(task);
  const isDerived = order?.basedOn?.some(({ reference }) => reference) || order?.replaces?.length;
  if (!useCase || isDerived || persons.length === 0) return false;
  const tasks = await memory.search(
    'Task',
    {
      criteria: [
        { name: 'patient', values: persons.map(({ id }) => `Patient/${id}`) },
        { name: 'status', values: openStatuses },
        { name: 'code', values: [`${mgnCodeSystem('use-case')}|${useCase}`] },
      ],
      count: 1,
    },
    reader,
  );
  return tasks.kind === 'found' && tasks.resources.length > 0;
}

/**
 * A warning, never a refusal, for a sender that may read the other referral. To any other it would reveal whether a
 * person, by BSN, is referred. The other referrer is not disclosed.
 */
export const secondReferral = issue('second-referral', {}, { expression: 'Task.for' });

/** Adds the same warning for the owner, as an input of its Task; nobody else sees it (disclosure/owner-marks.ts). */
export const flagSecondReferral = (bundle: Bundle): Bundle => ({
  ...bundle,
  entry: (bundle.entry ?? []).map((it) =>
    isType(it.resource, 'Task') ? { ...it, resource: flagged(it.resource) } : it,
  ),
});

const flagged = (task: Task): Task => ({
  ...task,
  input: [
    ...(task.input ?? []),
    {
      type: {
        coding: [secondReferralCoding],
        text: 'There is another open referral for this person',
      },
      valueBoolean: true,
    },
  ],
});
