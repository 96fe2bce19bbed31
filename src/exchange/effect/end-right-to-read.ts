import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import { orderOfPlan } from '../memory/journey.ts';
import { endsGround, rightsEnded } from '../memory/right-to-read.ts';
import type { Consequence } from './consequence.ts';

/**
 * The right to read ends with its ground (docs/guide/workflow.md): an owner that rejects a Task, or whose Task is
 * withdrawn before it started or was entered in error, no longer reads the order and what came with it; nor does the
 * coordinator or an invitee of a consultation read the case. It reads its own Task from this version on. What it received
 * stays in its own system.
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
  const ground = { order: about as ServiceRequest & Identified, tasks: ended };
  return success(await rightsEnded({ store, network }, ground));
};
