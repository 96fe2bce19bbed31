import type { CodeableConcept, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import type { Table } from '../../mapping/index.ts';

/** Adds to a Task the network's own code beside each code of another draft that means the same. */
export type TaskCodes = (task: Task) => Task;

export const noTaskCodes: TaskCodes = (task) => task;

/** The own code system of each element: a code is translated only where its own code belongs. */
const systems = {
  code: mgnCodeSystem('task-code'),
  businessStatus: mgnCodeSystem('business-status'),
  statusReason: mgnCodeSystem('status-reason'),
} as const;

/**
 * Reads the codes of mappings/coordination-task/tables/task-codes.csv in a Task. What was sent stays beside the added
 * code: its sender finds it again.
 */
export const taskCodesOf =
  (table: Table): TaskCodes =>
  (task) => {
    const added = (Object.keys(systems) as (keyof typeof systems)[]).flatMap((element) => {
      const concept = task[element] && withOwnCode(table, task[element], systems[element]);
      return concept && concept !== task[element] ? [[element, concept]] : [];
    });
    return added.length ? { ...task, ...Object.fromEntries(added) } : task;
  };

function withOwnCode(table: Table, concept: CodeableConcept, own: string): CodeableConcept {
  const { coding = [] } = concept;
  const found = coding.flatMap(({ system, code }) =>
    system && code ? (table.find({ system, code }) ?? []).filter((it) => it.system === own) : [],
  );
  const missing = found.filter(({ code }) => !coding.some((it) => it.system === own && it.code === code));
  return missing.length
    ? { ...concept, coding: [...coding, ...missing.map(({ code }) => ({ system: own, code }))] }
    : concept;
}
