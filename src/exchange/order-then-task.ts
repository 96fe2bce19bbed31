import type { Bundle, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mayPartner } from '../access/decide/index.ts';
import { mgnNaming } from '../fhir/canonical.ts';
import { clone } from '../fhir/clone.ts';
import { type Identified, resourcesOf } from '../fhir/graph.ts';
import { issue } from '../fhir/issue.ts';
import { writeJson } from '../fhir/json.ts';
import { referencesIn } from '../fhir/reference.ts';
import { renamed } from '../fhir/renamed.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { MessageKeys } from '../store/port.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import { sourceOfPartner } from '../vocabulary/meta-source.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import { referralDisclosures } from './disclose/disclosures.ts';
import { ownerOf, senderOf } from './memory/actors.ts';
import { partsOfOrder } from './memory/journey.ts';
import { atGateway, find, type Memory, readAt } from './memory/memory.ts';
import { objectionsBefore } from './memory/objections.ts';
import { changeFor, versioned } from './memory/versioned-effect.ts';
import { considerTask } from './move/create-task.ts';
import type { Answer } from './pipeline/answer.ts';
import { change, newOf } from './pipeline/change.ts';
import type { CommitPlan } from './pipeline/commit.ts';
import type { Gateway } from './pipeline/gateway.ts';
import type { PipelineOutcome } from './pipeline/step.ts';
import { refusalIssues, validated } from './pipeline/validated.ts';
import { commitPlanOf, type Prepared } from './prepared.ts';
import type { Envelope, Received } from './reading/envelope.ts';
import { fhirJson } from './reading/media-type.ts';
import { parseWrite } from './reading/parse.ts';
import { type Recognised, recognise } from './sender/answer-resent.ts';
import { withoutScopes } from './sender/within-scopes.ts';

/** Marks an order that was created alone and has no Task yet; removed when the Task arrives. */
export const waiting = { system: mgnNaming('order-without-task'), value: 'waiting' } as const;

/**
 * FHIR create of an order before its Task (COW, BSeR, Gravity). It is stored for its sender alone: nothing is routed or
 * disclosed until the Task arrives, and it is validated as a referral then. The person is contained, or a Patient at the
 * gateway that the sender may read. Issues: `role-forbidden`, `referral-patient-missing`.
 */
export const createOrder = (gateway: Gateway, envelope: Envelope): Promise<Answer> =>
  change(gateway, envelope, { interaction: 'create', target: newOf('ServiceRequest') }, async (received) => {
    const { partner, at } = received;
    const senders = ['referrer', 'provider'] as const;
    if (!mayPartner(gateway.network, partner, 'send', ['message', 'unread'], { senders }).decision)
      return failure(issue('role-forbidden', { roles: senders.join(', ') }));
    const read = await readSent(gateway, received);
    if (!read.ok) return read;
    const sent = read.value;
    if (!isType(sent, 'ServiceRequest')) return failure(issue('id-mismatch', {}, { expression: 'ServiceRequest' }));
    if (!(await hasPerson(gateway, sent as ServiceRequest, partner.id)))
      return failure(issue('referral-patient-missing', {}, { expression: 'ServiceRequest.subject' }));
    const id = gateway.world.newId();
    const order: ServiceRequest & Identified = {
      ...(sent as ServiceRequest),
      id,
      meta: { ...sent.meta, source: sourceOfPartner(partner.id), versionId: '1', lastUpdated: at.toISOString() },
      identifier: [...((sent as ServiceRequest).identifier ?? []), resourceIdentifier(id), waiting],
    };
    return success({
      interaction: 'create',
      action: 'C',
      body: order,
      location: `ServiceRequest/${id}`,
      version: 1,
      steps: [],
      changes: [{ resource: order, expect: 'new', readers: [partner.id] }],
      dispatches: () => [],
      codes: [],
    });
  });

/** All steps of a message before anything is stored (exchange.ts). */
type Consider = (
  context: Gateway,
  memory: Memory,
  received: Received,
  isResent: (keys: MessageKeys) => Promise<boolean>,
) => Promise<PipelineOutcome<Prepared>>;

/**
 * FHIR create of a Task: that of an order which its sender created before, or a Task about another Task
 * (move/create-task.ts). Issues: `task-without-order`; `order-has-task` and `order-sent-before`, which name the first Task.
 */
export const createTask =
  (consider: Consider) =>
  (gateway: Gateway, envelope: Envelope): Promise<Answer> =>
    change(gateway, envelope, { interaction: 'create', target: newOf('Task') }, async (received) => {
      const read = await readSent(gateway, received);
      if (!read.ok) return read;
      const sent = read.value;
      const task = isType(sent, 'Task') ? gateway.taskCodes(sent as Task) : undefined;
      const asks = task && ['fulfill', 'request-fulfillment', undefined].includes(verbOf(task));
      return task && asks ? ofOrder({ gateway, consider }, received, task) : considerTask(gateway, received);
    });

async function readSent(gateway: Gateway, received: Received): Promise<Result<Resource>> {
  const parsed = parseWrite(received, gateway.network.settings);
  if (!parsed.ok) return parsed;
  const report = await validated(gateway, parsed.value.resource);
  return report.verdict === 'valid' ? success(parsed.value.resource) : failure(...refusalIssues(report.issues));
}

async function hasPerson({ store, network }: Gateway, order: ServiceRequest, reader: string): Promise<boolean> {
  const reference = order.subject.reference ?? '';
  if (reference.startsWith('#'))
    return (order.contained ?? []).some((it) => isType(it, 'Patient') && it.id === reference.slice(1));
  const place = atGateway(reference, network.settings.baseUrl);
  return place !== undefined && isType(await readAt(store, place, reader), 'Patient');
}

async function ofOrder(
  { gateway, consider }: { readonly gateway: Gateway; readonly consider: Consider },
  received: Received,
  task: Task,
): Promise<Result<CommitPlan>> {
  const { store, network } = gateway;
  const { partner, at } = received;
  const place = atGateway(task.focus?.reference ?? '', network.settings.baseUrl);
  const order = place?.startsWith('ServiceRequest/') ? await readAt(store, place, partner.id) : undefined;
  const without = failure(issue('task-without-order', {}, { expression: 'Task.focus' }));
  if (!order || !isOrder(order) || senderOf(network, order) !== partner.id || verbOf(task) !== 'fulfill')
    return without;
  // a sender could write the mark itself, so the mark alone does not make an order one that waits
  const [placedBefore] = (
    await find<Task>(store, 'Task', 'focus', [`ServiceRequest/${order.id}`], { reader: partner.id })
  ).filter((it) => senderOf(network, it) === partner.id && asksForWork.includes(verbOf(it) ?? ''));
  if (placedBefore) return failure(sentBefore('order-has-task', `Task/${placedBefore.id}`));
  if (!isWaiting(order)) return without;
  const bundle = await whole(gateway, task, order, partner.id);
  const request = { ...withoutScopes(received), contentType: fhirJson, body: Buffer.from(writeJson(bundle)) };
  let recognised: Recognised | undefined;
  const outcome = await consider(gateway, store, request, async (keys) => {
    recognised = await recognise(store, partner.id, keys);
    return recognised.earlier !== undefined;
  });
  const { earlier, keys } = recognised ?? {};
  if (earlier)
    return failure(
      sentBefore(earlier.content === keys?.content ? 'order-has-task' : 'order-sent-before', earlier.location),
    );
  if (!outcome.ok) {
    if (outcome.fault) gateway.report(outcome.fault, 'create');
    return failure(...(outcome.steps.at(-1)?.issues ?? []));
  }
  const { header: _, keys: __, ...prepared } = outcome.value;
  const barred = await barredByObjection(gateway, received, { stored: order, graph: prepared.graph });
  if (!barred.ok) return barred;
  const read = resourcesOf(prepared.graph).find((it) => isType(it, 'ServiceRequest'))!;
  // the order keeps the id that its sender knows
  const own = renamed(prepared, read.id, order.id);
  const plan = await commitPlanOf(gateway, received, { ...own, header: undefined }, outcome.steps);
  const placed = resourcesOf(own.graph).find((it) => isType(it, 'Task'))!;
  return success({
    ...plan,
    ...(keys ? { keys } : {}),
    interaction: 'create',
    body: placed,
    location: `Task/${placed.id}`,
    changes: plan.changes.map((it) => {
      if (it.resource.id !== order.id) return it;
      const resource = { ...it.resource, meta: { ...it.resource.meta, versionId: order.meta?.versionId } };
      const next = versioned({ rule: 'place', resource: resource as ServiceRequest & Identified }, at);
      return { ...changeFor(gateway, next, partner.id), readers: it.readers ?? [] };
    }),
  });
}

/**
 * The person of the order may be a Patient at the gateway, of whom the new order has a copy: an objection that is stored about
 * that Patient bars the new order too.
 */
async function barredByObjection(
  gateway: Gateway,
  { partner, at }: Received,
  { stored, graph }: { readonly stored: ServiceRequest; readonly graph: Bundle },
): Promise<Result<unknown>> {
  const { store, network, world, grounds } = gateway;
  const person = atGateway(stored.subject.reference ?? '', network.settings.baseUrl);
  const resources = resourcesOf(graph);
  const order = resources.find((it) => isType(it, 'ServiceRequest')) as ServiceRequest | undefined;
  const task = resources.find((it) => isType(it, 'Task')) as Task | undefined;
  if (!person || !order || !task) return success(undefined);
  const objections = await objectionsBefore(store, [{ ...stored, subject: { reference: person } }], order.subject);
  if (objections.length === 0) return success(undefined);
  const parties = { sender: partner.id, owner: ownerOf(network, task), isSentTogether: true, objections };
  // a source outside was asked when the message itself was decided on
  const context = { network, world, grounds, outside: () => 'permit' as const };
  return referralDisclosures(context, graph, parties, at);
}

const asksForWork: readonly string[] = ['fulfill', 'request-fulfillment'];

const sentBefore = (rule: 'order-has-task' | 'order-sent-before', task: string) =>
  issue(rule, { task }, { expression: 'Task.focus' });

const isOrder = (it: Identified): it is ServiceRequest & Identified => isType(it, 'ServiceRequest');

const isWaiting = ({ identifier = [] }: ServiceRequest): boolean =>
  identifier.some(({ system, value }) => system === waiting.system && value === waiting.value);

/** Upper bound on resources of the order that we follow. */
const maximumParts = 50;

/** Task and order as one Bundle, with what the order contains, and what it refers to at the gateway. */
async function whole(
  { store, network, world }: Gateway,
  task: Task,
  stored: ServiceRequest & Identified,
  reader: string,
): Promise<Bundle> {
  const base = network.settings.baseUrl;
  const { contained = [], identifier = [], meta, ...rest } = clone(stored);
  const { source: _, versionId: __, lastUpdated: ___, ...labels } = meta ?? {};
  const names = identifier.filter(({ system, value }) => system !== waiting.system && value !== stored.id);
  const order = {
    ...rest,
    ...(Object.keys(labels).length ? { meta: labels } : {}),
    ...(names.length ? { identifier: names } : {}),
  } as ServiceRequest;
  const apart = (contained as (Resource & { id?: string })[]).map((it) => ({ it, url: `urn:uuid:${world.newId()}` }));
  const urls = new Map(apart.map(({ it, url }) => [`#${it.id}`, url]));
  for (const it of [order, ...apart.map(({ it }) => it)] as Resource[])
    for (const { text, set } of referencesIn(it)) {
      const url = urls.get(text ?? '');
      if (url) set(url);
    }
  const parts = new Map<string, Resource>();
  const open: Resource[] = [task, order, ...apart.map(({ it }) => it)];
  for (let next = open.pop(); next; next = open.pop())
    for (const { text } of referencesIn(next)) {
      const place = atGateway(text ?? '', base);
      if (!place || parts.has(place) || parts.size >= maximumParts || !partsOfOrder.has(place.split('/')[0] ?? ''))
        continue;
      const part = await readAt(store, place, reader);
      if (!part) continue;
      parts.set(place, part);
      open.push(part);
    }
  const entry = [
    { fullUrl: `urn:uuid:${world.newId()}`, resource: task },
    { fullUrl: `${base}/ServiceRequest/${stored.id}`, resource: order },
    ...apart.map(({ it, url }) => ({ fullUrl: url, resource: withoutId(it) })),
    ...[...parts].map(([place, resource]) => ({ fullUrl: `${base}/${place}`, resource })),
  ];
  return { resourceType: 'Bundle', type: 'collection', entry } as Bundle;
}

const withoutId = ({ id: _, ...resource }: Resource & { id?: string }): object => resource as Partial<Patient>;
