import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import type { Withdrawal } from '../../store/port.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { contentReadBy, hasOtherGround } from '../memory/right-to-read.ts';
import type { Consequence } from './consequence.ts';

/**
 * The right to read ends with its ground (docs/guide/workflow.md): an owner that rejects a Task, or whose Task is
 * withdrawn before it started or was entered in error, no longer reads the order and what came with it. It reads its own
 * Task from this version on. What it received stays in its own system.
 */
export const endRightToRead: Consequence = async ({ network, store }, { graph: { order, tasks }, versioned }) => {
  const ended = versioned.flatMap(({ resource }) =>
    isType(resource, 'Task') &&
    endsGround(
      tasks.find(({ id }) => id === resource.id),
      resource as Task,
    )
      ? [resource as Task & Identified]
      : [],
  );
  const withdrawals = versioned.flatMap(({ resource }) =>
    isType(resource, 'Task') ? withdrawalsOf(network, tasks, resource as Task & Identified) : [],
  );
  if (!order?.id || ended.length === 0) return success({ withdrawals });
  const place = { store, network };
  const ids = new Set(ended.map(({ id }) => id));
  const revocations = [];
  const grants = [];
  for (const task of ended) {
    const owner = ownerOf(network, task);
    const stored = order as ServiceRequest & Identified;
    if (!owner || senderOf(network, task) === owner || (await hasOtherGround(place, stored, owner, ids))) continue;
    const content = [...(await contentReadBy(place, stored, owner)), task];
    revocations.push(...content.map(({ resourceType: type, id }) => ({ type, id, readers: [owner] })));
    grants.push({ type: 'Task', id: task.id, readers: [owner] });
  }
  return success({ revocations, grants, withdrawals });
};

/**
 * What waits for the owner of a Task that ends before it was carried out, a candidate's among them, is not sent any more:
 * the new version of the Task, which ends it, is. Revocations withdraw what waits about the order (store/port/commit.ts).
 */
function withdrawalsOf(network: Network, tasks: readonly Task[], after: Task & Identified): readonly Withdrawal[] {
  const before = tasks.find(({ id }) => id === after.id);
  const owner = ownerOf(network, after);
  const ends =
    before !== undefined &&
    before.status !== after.status &&
    endsBeforeStart(before, after) &&
    verbOf(after) !== 'abort';
  return ends && owner && senderOf(network, after) !== owner ? [{ recipient: owner, about: [`Task/${after.id}`] }] : [];
}

/** A Task that had started and is stopped is different: its owner has treated the person, and keeps a record. */
function endsGround(before: Task | undefined, after: Task): boolean {
  if (!before || before.status === after.status || verbOf(after) !== 'fulfill' || isConsultation(after)) return false;
  return endsBeforeStart(before, after);
}

function endsBeforeStart(before: Task, after: Task): boolean {
  if (after.status === 'cancelled') return before.status !== 'in-progress' && before.status !== 'on-hold';
  return after.status === 'rejected' || after.status === 'entered-in-error';
}
