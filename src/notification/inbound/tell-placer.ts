import type { Task } from '@medplum/fhirtypes';
import type { Sent } from '../../delivery/fhir-rest.ts';
import type { Carry } from '../../delivery/settings.ts';
import { placerTaskOf } from '../../exchange/maps/filler-order.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { parseJson, writeJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import { isOpen } from '../../workflow/index.ts';
import { below } from './notification.ts';
import { type Placer, readAtPlacer, unreadable } from './read-order.ts';
import { rootOf } from './receive.ts';

/**
 * Brings the Task that a placer keeps to where ours stands: status, reason and outputs, the rest as the placer has it.
 * From the version that was read (If-Match); what has ended there stays so.
 */
export const tellingPlacer =
  (gateway: () => Gateway): Carry =>
  async (dispatch, address, ask) => {
    const { limits } = gateway().network.settings;
    const placer: Placer = { ask, base: rootOf(address.base), limits, bytes: limits.bodyBytes };
    const own = parseJson(dispatch.body) as Task;
    const place = below(placerTaskOf(own), placer.base);
    if (!place?.startsWith('Task/')) return { kind: 'refused', reason: { rule: 'placer-address-mismatch' } };
    const read = await readAtPlacer(placer, place);
    if (read.kind === 'ended') return read.sent;
    if (!isType(read.resource, 'Task')) return unreadable('Task').sent;
    return write(placer, { task: read.resource, etag: read.etag }, own);
  };

type AtPlacer = { readonly task: Task; readonly etag: string | undefined };

async function write({ ask, bytes }: Placer, { task, etag }: AtPlacer, own: Task): Promise<Sent> {
  const { status, businessStatus, statusReason, output } = own;
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

/** What is not taken in is rejected there, with the codes of why: nobody waits for an order that nobody has. */
export async function rejectAtPlacer(
  placer: Placer,
  at: AtPlacer,
  refusal: Extract<Sent, { readonly kind: 'refused' }>,
): Promise<Sent> {
  const statusReason = {
    coding: [{ system: mgnCodeSystem('status-reason'), code: 'incomplete-referral' }],
    text: refusal.reason.detail ?? '',
  };
  const told = await write(placer, at, { ...at.task, status: 'rejected', statusReason });
  return told.kind === 'retry' ? told : refusal;
}
