import type { Bundle, Task } from '@medplum/fhirtypes';
import { useCaseOf } from '../../deadline/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { graphOf } from '../../fhir/graph.ts';
import { issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { type Result, success } from '../../fhir/result.ts';
import type { Memory } from '../memory/memory.ts';

const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const open = ['requested', 'received', 'accepted', 'in-progress', 'on-hold'];

/** Patients of one number that are looked at: there is one for each referral, the latest first. */
const mostPatients = 20;

/**
 * Whether the same is asked already for this person, found by the keyed hash of the BSN. It is told, not stopped: the
 * sender by a warning, the owner by Task.input. Who else asked is told to nobody. An order that goes on from another
 * (basedOn, replaces) is no second one.
 */
export async function flagSecond(memory: Memory, bundle: Bundle): Promise<Result<Bundle>> {
  const graph = graphOf(bundle);
  const [order, task] = [graph.first('ServiceRequest'), graph.first('Task')];
  if (!task || order?.basedOn?.some(({ reference }) => reference) || order?.replaces?.length) return success(bundle);
  const numbers = graph
    .all('Patient')
    .flatMap(({ identifier = [] }) =>
      identifier.flatMap(({ system, value }) => (system === bsn && value ? value : [])),
    );
  if (!(await isAsked(memory, numbers, useCaseOf(task)))) return success(bundle);
  const entry = (bundle.entry ?? []).map((it) =>
    isType(it.resource, 'Task') ? { ...it, resource: flagged(it.resource) } : it,
  );
  return success({ ...bundle, entry }, [issue('second-referral', {}, { expression: 'Task.for' })]);
}

async function isAsked(memory: Memory, numbers: readonly string[], useCase: string | undefined): Promise<boolean> {
  if (numbers.length === 0 || useCase === undefined) return false;
  const persons = await memory.search('Patient', {
    criteria: [{ name: 'identifier', values: numbers.map((it) => `${bsn}|${it}`) }],
    count: mostPatients,
  });
  if (persons.kind !== 'found' || persons.resources.length === 0) return false;
  const asked = await memory.search('Task', {
    criteria: [
      { name: 'patient', values: persons.resources.map(({ id }) => `Patient/${id}`) },
      { name: 'status', values: open },
      { name: 'code', values: [`${mgnCodeSystem('use-case')}|${useCase}`] },
    ],
    count: 1,
  });
  return asked.kind === 'found' && asked.resources.length > 0;
}

const flagged = (task: Task): Task => ({
  ...task,
  input: [
    ...(task.input ?? []),
    {
      type: {
        coding: [{ system: mgnCodeSystem('error'), code: 'second-referral' }],
        text: 'There is another open referral for this person',
      },
      valueBoolean: true,
    },
  ],
});
