import type { Bundle, Task } from '@medplum/fhirtypes';
import { useCaseOf } from '../../deadline/index.ts';
import { secondReferralCoding } from '../../disclosure/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { graphOf } from '../../fhir/graph.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import type { Memory } from '../memory/memory.ts';

const { bsn } = identifierSystems;
const openStatuses = ['requested', 'received', 'accepted', 'in-progress', 'on-hold'];

/** Upper bound on the Patients searched per BSN, latest first. Each referral stores a Patient of its own. */
const mostPatients = 20;

/** An open order of the same use case for the same person. Only a sender that may read it is notified of it. */
export type OpenReferral = { readonly exists: boolean; readonly isReadable: boolean };

/**
 * Looks for an open order of the same use case for the same person. The store searches by the keyed hash of the BSN. An
 * order derived from another one (basedOn, replaces) is not a second referral.
 */
export async function lookUpOpenReferral(memory: Memory, bundle: Bundle, sender: string): Promise<OpenReferral> {
  const graph = graphOf(bundle);
  const [order, task] = [graph.first('ServiceRequest'), graph.first('Task')];
  const useCase = task && useCaseOf(task);
  if (!useCase || order?.basedOn?.some(({ reference }) => reference) || order?.replaces?.length)
    return { exists: false, isReadable: false };
  const numbers = graph
    .all('Patient')
    .flatMap(({ identifier = [] }) =>
      identifier.flatMap(({ system, value }) => (system === bsn && value ? value : [])),
    );
  const persons = await personsOf(memory, numbers);
  // mostly a person without earlier referrals
  if (persons.length === 0) return { exists: false, isReadable: false };
  return {
    exists: await isOpenFor(memory, persons, useCase),
    isReadable: await isOpenFor(memory, await personsOf(memory, numbers, sender), useCase, sender),
  };
}

/**
 * A warning, never a refusal, for a sender that may read the other referral. To any other it would reveal whether a
 * person, by BSN, is referred. The other referrer is not disclosed.
 */
export const secondReferral = issue('second-referral', {}, { expression: 'Task.for' });

/** Adds the same warning for the owner, as an input of its Task; nobody else sees it (disclosure/second-referral.ts). */
export const flagSecondReferral = (bundle: Bundle): Bundle => ({
  ...bundle,
  entry: (bundle.entry ?? []).map((it) =>
    isType(it.resource, 'Task') ? { ...it, resource: flagged(it.resource) } : it,
  ),
});

/** `Patient/id` of the latest referrals of these persons. */
async function personsOf(memory: Memory, numbers: readonly string[], reader?: string): Promise<readonly string[]> {
  if (numbers.length === 0) return [];
  const persons = await memory.search(
    'Patient',
    {
      criteria: [{ name: 'identifier', values: numbers.map((it) => `${bsn}|${it}`) }],
      count: mostPatients,
    },
    reader,
  );
  return persons.kind === 'found' ? persons.resources.map(({ id }) => `Patient/${id}`) : [];
}

async function isOpenFor(
  memory: Memory,
  persons: readonly string[],
  useCase: string,
  reader?: string,
): Promise<boolean> {
  if (persons.length === 0) return false;
  const tasks = await memory.search(
    'Task',
    {
      criteria: [
        { name: 'patient', values: persons },
        { name: 'status', values: openStatuses },
        { name: 'code', values: [`${mgnCodeSystem('use-case')}|${useCase}`] },
      ],
      count: 1,
    },
    reader,
  );
  return tasks.kind === 'found' && tasks.resources.length > 0;
}

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
