import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Network } from '../../directory/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import type { Withdrawal } from '../../store/port.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { orderOfPlan } from '../memory/journey.ts';
import { endsBeforeStart, endsGround, rightsEnded } from '../memory/right-to-read.ts';
import type { Consequence } from './consequence.ts';

/**
 * The right to read ends with its ground (docs/guide/workflow.md): an owner that rejects a Task, or whose Task is
 * withdrawn before it started or was entered in error, no longer reads the order and what came with it; nor does the
 * coordinator or an invitee of a consultation read the case. It reads its own Task from this version on. What it received
 * stays in its own system; what still waits for it is not sent.
 */
export const endRightToRead: Consequence = async ({ network, store }, { graph: { order, tasks }, versioned }) => {
  const moved = versioned.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource as Task & Identified] : []));
  const before = (task: Task): Task | undefined => tasks.find(({ id }) => id === task.id);
  const ended = moved.filter((it) => endsGround(before(it), it));
  const withdrawals = moved.flatMap((it) => withdrawalsOf(network, before(it), it));
  if (ended.length === 0) return success({ withdrawals });
  const about = order ?? (await orderOfPlan(store, ended[0]?.focus?.reference));
  if (!about?.id) return success({ withdrawals });
  const ground = { order: about as ServiceRequest & Identified, tasks: ended };
  return success({ ...(await rightsEnded({ store, network }, ground)), withdrawals });
};

/**
 * What waits for the owner of a Task that ends before it was carried out, a candidate's among them, is not sent any more:
 * the new version of the Task, which ends it, is. Revocations withdraw what waits about the order (store/port/commit.ts).
 */
function withdrawalsOf(network: Network, before: Task | undefined, after: Task & Identified): readonly Withdrawal[] {
  const owner = ownerOf(network, after);
  const ends =
    before !== undefined &&
    before.status !== after.status &&
    endsBeforeStart(before, after) &&
    verbOf(after) !== 'abort';
  return ends && owner && senderOf(network, after) !== owner ? [{ recipient: owner, about: [`Task/${after.id}`] }] : [];
}
