import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { orderOfPlan } from '../memory/journey.ts';
import { contentReadBy, hasOtherGround } from '../memory/right-to-read.ts';
import type { Consequence } from './consequence.ts';

/**
 * The right to read ends with its ground (docs/guide/workflow.md): an owner that rejects a Task, or whose Task is
 * withdrawn before it started or was entered in error, no longer reads the order and what came with it; nor does the
 * coordinator or an invitee of a consultation read the case. It reads its own Task from this version on. What it received stays in its own system.
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
  if (ended.length === 0) return success({});
  const about = order ?? (await orderOfPlan(store, ended[0]?.focus?.reference));
  if (!about?.id) return success({});
  const place = { store, network };
  const ids = new Set(ended.map(({ id }) => id));
  const revocations = [];
  const grants = [];
  for (const task of ended) {
    const owner = ownerOf(network, task);
    const stored = about as ServiceRequest & Identified;
    if (!owner || senderOf(network, task) === owner || (await hasOtherGround(place, stored, owner, ids))) continue;
    const content = [...(await contentReadBy(place, stored, owner, task)), task];
    revocations.push(...content.map(({ resourceType: type, id }) => ({ type, id, readers: [owner] })));
    grants.push({ type: 'Task', id: task.id, readers: [owner] });
  }
  return success({ revocations, grants });
};

/** A Task that had started and is stopped is different: its owner has treated the person, and keeps a record. */
function endsGround(before: Task | undefined, after: Task): boolean {
  if (!before || before.status === after.status || verbOf(after) !== 'fulfill') return false;
  if (after.status === 'cancelled') return before.status !== 'in-progress' && before.status !== 'on-hold';
  return after.status === 'rejected' || after.status === 'entered-in-error';
}
