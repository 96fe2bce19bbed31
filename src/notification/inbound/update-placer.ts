import type { Task } from '@medplum/fhirtypes';
import type { AttemptResult } from '../../delivery/channel/channel.ts';
import type { ChannelHandler } from '../../delivery/settings.ts';
import { placerTaskOf } from '../../exchange/maps/filler-order.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { parseJson, writeJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import { deliveryFailed, isOpen } from '../../workflow/index.ts';
import { referenceBelow } from './notification.ts';
import { type Placer, readAtPlacer, unreadable } from './read-order.ts';
import { rootOf } from './receive.ts';

/**
 * Updates the Task at the placer with the state of ours: status, reason and outputs; other elements are left unchanged.
 * Uses the version that was read (If-Match); an ended Task stays as it is.
 */
export const placerUpdateHandler =
  (gateway: () => Gateway): ChannelHandler =>
  async (dispatch, address, ask) => {
    const { limits } = gateway().network.settings;
    const placer: Placer = { request: ask, base: rootOf(address.base), limits, bytes: limits.bodyBytes };
    const own = parseJson(dispatch.body) as Task;
    const place = referenceBelow(placerTaskOf(own), placer.base);
    if (!place?.startsWith('Task/')) return { kind: 'refused', reason: { rule: 'placer-address-mismatch' } };
    const read = await readAtPlacer(placer, place);
    if (read.kind === 'ended') return read.sent;
    if (!isType(read.resource, 'Task')) return unreadable('Task').sent;
    return write(placer, { task: read.resource, etag: read.etag }, own);
  };

type AtPlacer = { readonly task: Task; readonly etag: string | undefined };

async function write({ request: ask, bytes }: Placer, { task, etag }: AtPlacer, own: Task): Promise<AttemptResult> {
  // nothing was reported yet: neither a person nor this gateway speaks for the owner
  if (own.status === 'requested') return { kind: 'delivered' };
  const { statusReason, output } = own;
  const status = statusForPlacer(own.status);
  const businessStatus = ['human-decision', deliveryFailed].some((it) =>
    hasOwnCode(own.businessStatus, 'business-status', it),
  )
    ? undefined
    : own.businessStatus;
  const { statusReason: _, businessStatus: __, output: ___, ...rest } = task;
  const after: Task = {
    ...rest,
    status,
    ...(businessStatus ? { businessStatus } : {}),
    ...(statusReason ? { statusReason } : {}),
    ...(output ? { output } : {}),
  };
  if (!isOpen(task) || canonicalJson(after) === canonicalJson(task)) return { kind: 'delivered' };
  const version = etag ?? (task.meta?.versionId ? `W/"${task.meta.versionId}"` : undefined);
  const answer = await ask('PUT', `Task/${task.id}`, {
    limit: bytes,
    body: writeJson(after),
    ...(version === undefined ? {} : { ifMatch: version }),
  });
  if (answer.kind === 'answer') return { kind: 'delivered', location: `Task/${task.id}` };
  const { sent } = answer;
  const moved = sent.status === 409 || sent.status === 412;
  return moved
    ? { ...sent, kind: 'retry', reason: { rule: 'placer-task-changed', detail: String(sent.status) } }
    : sent;
}

/** Twiin TA Workflow does not use on-hold: work that pauses is in progress, and the reason says that it waits. */
const statusForPlacer = (status: Task['status']): Task['status'] => (status === 'on-hold' ? 'in-progress' : status);
