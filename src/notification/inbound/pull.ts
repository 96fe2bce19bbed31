import { createHash } from 'node:crypto';
import type { Task } from '@medplum/fhirtypes';
import type { AttemptResult } from '../../delivery/channel/channel.ts';
import type { ChannelHandler } from '../../delivery/settings.ts';
import type { Partner } from '../../directory/index.ts';
import { partOfAt } from '../../exchange/maps/filler-order.ts';
import { find } from '../../exchange/memory/memory.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { fhirJson } from '../../exchange/reading/media-type.ts';
import { acceptAdmitted } from '../../exchange.ts';
import { writeJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { isOpen } from '../../workflow/index.ts';
import { type Pull, referenceBelow, tasksIn } from './notification.ts';
import { type Placer, readAtPlacer, readOrder, unreadable } from './read-order.ts';
import { rootOf } from './receive.ts';
import { type PlacedOrder, type PullContext, refusalOf } from './refusal.ts';
import { reportRefusal } from './report-refusal.ts';
import { isSelectedAtPlacer, selectOrder } from './select.ts';
import { withdrawOrder } from './withdraw.ts';

/**
 * Reads the Tasks of a notification and accepts their orders. Only the current state is read, so notifications may
 * repeat and arrive in any order: a known order that was not withdrawn is left unchanged.
 */
export const pullHandler =
  (gateway: () => Gateway): ChannelHandler =>
  async (dispatch, address, ask) => {
    const it = gateway();
    const partner = it.network.partners.get(dispatch.recipient);
    if (!partner) return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
    const { limits } = it.network.settings;
    const placer: Placer = { request: ask, base: rootOf(address.base), limits, bytes: limits.bodyBytes };
    const { requestId: correlationId, traceId } = dispatch;
    const requestOf: PullContext['requestOf'] = (resource, pulled) => {
      const body = Buffer.from(writeJson(resource));
      const bodyDigest = createHash('sha256').update(body).digest('hex');
      const ids = { requestId: it.world.newId(), correlationId, traceId };
      const at = it.world.now();
      return {
        ...ids,
        partner,
        contentType: fhirJson,
        body,
        bodyDigest,
        at,
        since: performance.now(),
        ...(pulled ? { pulled } : {}),
      };
    };
    const pulled = await placesOf(placer, JSON.parse(dispatch.body) as Pull);
    if (pulled.kind === 'ended') return pulled.sent;
    let sent: AttemptResult = { kind: 'delivered' };
    for (const place of pulled.places) {
      sent = await pullTask({ gateway: it, placer, partner, requestOf }, place);
      if (sent.kind !== 'delivered') return sent;
    }
    return sent;
  };

type Places = { readonly kind: 'places'; readonly places: readonly string[] } | ReturnType<typeof unreadable>;

/** For an empty notification the events are requested with their foci (backport: $events, parameter content). */
async function placesOf(placer: Placer, pull: Pull): Promise<Places> {
  if ('task' in pull) return { kind: 'places', places: [pull.task] };
  const { subscription, since, until } = pull;
  const range = `eventsSinceNumber=${since}&eventsUntilNumber=${until}&content=id-only`;
  const read = await readAtPlacer(placer, `${subscription}/$events?${range}`);
  return read.kind === 'ended' ? read : { kind: 'places', places: tasksIn(read.resource, placer.base) };
}

async function pullTask(it: PullContext, place: string): Promise<AttemptResult> {
  const { gateway, placer, partner } = it;
  const read = await readAtPlacer(placer, place);
  if (read.kind === 'ended') return read.sent;
  const task = read.resource;
  const focus = isType(task, 'Task') ? referenceBelow(task.focus?.reference, placer.base) : undefined;
  if (!isType(task, 'Task') || !focus?.startsWith('ServiceRequest/')) return unreadable('Task.focus').sent;
  const url = `${placer.base}/${place}`;
  const known = await ownTasksOf(gateway, partner, url);
  const current = known.find(isOpen);
  const isAsked = task.status === 'requested' || task.status === 'received';
  if (known.length > 0 ? !current : !isAsked) return { kind: 'delivered' };
  const order = await readAtPlacer(placer, focus);
  if (order.kind === 'ended') return order.sent;
  const { resource } = order;
  if (!isType(resource, 'ServiceRequest')) return unreadable('ServiceRequest').sent;
  if (current && isSelectedAtPlacer(gateway, current, task))
    return selectOrder(it, current, { task, order: resource, etag: read.etag, url });
  if (current) return withdrawOrder(it, current, { task, order: resource });
  if (ends.has(resource.status ?? '')) return { kind: 'delivered' };
  return takeInOrder(it, { task, order: resource, etag: read.etag, url });
}

const ends: ReadonlySet<string> = new Set(['revoked', 'entered-in-error', 'completed']);

async function takeInOrder(it: PullContext, { task, order, etag, url }: PlacedOrder): Promise<AttemptResult> {
  const { gateway, placer, partner, requestOf } = it;
  const whole = await readOrder(placer, task, order);
  if (whole.kind === 'ended') return whole.sent;
  const received = requestOf(whole.bundle, { task: url, order: `${placer.base}/ServiceRequest/${order.id}` });
  const { requestId, correlationId, traceId } = received;
  const envelope = { requestId, correlationId, traceId, since: received.since };
  const answer = await acceptAdmitted(gateway, envelope, {
    received,
    refuse: auditRefusal(gateway, envelope, 'accept', 'C', partner),
  });
  if (answer.kind === 'accepted') return { kind: 'delivered', location: answer.location };
  const sent = refusalOf(answer);
  return sent.kind === 'refused' ? reportRefusal(it, { task, etag, url }, sent) : sent;
}

/** Our Tasks that are part of the placer's Task, restricted to those sent by this partner. */
async function ownTasksOf({ store }: Gateway, partner: Partner, url: string): Promise<readonly Task[]> {
  const found = await find<Task>(store, 'Task', 'part-of:identifier', [partOfAt(url)]);
  return found.filter(({ meta }) => meta?.source === sourceOfPartner(partner.id));
}
