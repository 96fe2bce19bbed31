import type { Task } from '@medplum/fhirtypes';
import { auditEvent } from '../audit/event.ts';
import { type Partner, recipientOf } from '../directory/index.ts';
import { disclose } from '../disclosure/index.ts';
import { mgnProfile } from '../fhir/canonical.ts';
import { isError, issue } from '../fhir/issue.ts';
import { parseJson, writeJson } from '../fhir/json.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Actor } from '../workflow/index.ts';
import { transition } from '../workflow/index.ts';
import { type Answer, duplicateAnswer, refused } from './answer.ts';
import { type Envelope, type Received, receive, traces } from './envelope.ts';
import type { Gateway } from './gateway.ts';
import type { Share } from './give.ts';
import { sourceOfPartner } from './judge.ts';
import { commitOrFault, dispatchesOf } from './keep.ts';
import { decode, mediaType, parse } from './parse.ts';
import { applyJsonPatch, parsePatch } from './patch.ts';
import { witness } from './witness.ts';

/** A change of a Task as a partner asks for it: by PUT of the whole, or by JSON Patch. */
export type Move = { readonly id: string; readonly ifMatch: string | undefined; readonly by: 'update' | 'patch' };

type StoredTask = Task & { readonly id: string };

/**
 * Moves a Task (https://hl7.org/fhir/R4/task.html#statemachine): only from the version that the partner has read,
 * only by a move that workflow.md allows this partner, and the other party is told in the same transaction.
 */
export async function moveTask(gateway: Gateway, envelope: Envelope, move: Move): Promise<Answer> {
  const refuse = witness(gateway, envelope, move.by, 'U');
  const who = gateway.authenticate(envelope.authorization, gateway.world.now());
  if (!who.ok) return refuse(refused(who.issues));
  const partner = who.value;
  const ids = traces(envelope, gateway.world);
  if (!ids.ok) return refuse(refused(ids.issues), partner);
  const received = await receive(envelope, partner, ids.value, gateway.world);
  if (!received.ok) return refuse(refused(received.issues), partner);
  const earlier = await gateway.store.messageByRequest(partner.id, ids.value.requestId);
  if (earlier?.bodyDigest === received.value.bodyDigest) return refuse(duplicateAnswer(earlier), partner);
  if (earlier) return refuse(refused([issue('request-id-reused', {})]), partner);

  const stored = await gateway.store.read('Task', move.id, partner.id);
  if (!stored) return refuse(refused([issue('not-found', {})]), partner);
  const expected = versionOf(move.ifMatch);
  if (expected === undefined) return refuse(refused([issue('if-match-missing', {})]), partner);
  if (expected !== stored.version)
    return refuse(refused([issue('version-stale', { current: stored.version })]), partner);

  const before = parseJson(stored.text) as StoredTask;
  const after = changed(gateway, before, received.value, move);
  if (!after.ok) return refuse(refused(after.issues), partner);
  const moved = transition({
    before,
    after: after.value,
    actor: actorOf(gateway, before, partner),
    now: received.value.at,
  });
  if (!moved.ok) return refuse(refused(moved.issues), partner);
  const kept = await keepMove(gateway, received.value, { ...moved.value.task, id: before.id }, stored.version, move);
  return kept.kind === 'accepted' ? kept : refuse(kept, partner);
}

const versionOf = (ifMatch: string | undefined): number | undefined => {
  const version = /^\s*(?:W\/)?"(\d+)"\s*$/.exec(ifMatch ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
};

/** The Task as the partner wants it: valid, and in everything that is the gateway's own as it was. */
function changed({ validator, network }: Gateway, before: StoredTask, received: Received, move: Move): Result<Task> {
  const wanted = move.by === 'patch' ? patched(before, received) : replaced(before, received, network.settings.limits);
  if (!wanted.ok) return wanted;
  const task: Task = { ...wanted.value, id: before.id, ...(before.meta ? { meta: before.meta } : {}) };
  const report = validator.validate(task, { profiles: [mgnProfile('coordination-task')] });
  return report.verdict === 'valid' ? success(task) : failure(...report.issues.filter(isError));
}

function patched(before: StoredTask, { contentType, body }: Received): Result<Task> {
  if (mediaType(contentType) !== 'application/json-patch+json')
    return failure(issue('media-type-unsupported', { supported: 'application/json-patch+json' }));
  const text = decode(contentType, body);
  if (!text.ok) return text;
  const patch = parsePatch(text.value);
  return patch.ok ? applyJsonPatch<Task>(before, patch.value) : patch;
}

function replaced(
  before: StoredTask,
  { contentType, body }: Received,
  limits: { readonly depth: number },
): Result<Task> {
  const parsed = parse(contentType, body, limits);
  if (!parsed.ok) return parsed;
  const { resource } = parsed.value;
  if (!isType(resource, 'Task') || resource.id !== before.id)
    return failure(issue('id-mismatch', {}, { expression: 'Task.id' }));
  return success(resource);
}

/** As what a partner touches this Task: as the system of its owner, of who sent it, or as neither. */
function actorOf({ network }: Gateway, task: Task, partner: Partner): Actor {
  const owner = task.owner?.reference;
  if (owner && network.directory.service(owner)?.partner === partner.id) return 'owner';
  return task.meta?.source === sourceOfPartner(partner.id) ? 'requester' : 'other';
}

async function keepMove(
  gateway: Gateway,
  received: Received,
  task: StoredTask,
  version: number,
  move: Move,
): Promise<Answer> {
  const { partner, at, requestId, correlationId, traceId, contentType, body, bodyDigest } = received;
  const messageId = gateway.world.newId();
  const ids = { requestId, traceId, ...(correlationId ? { correlationId } : {}) };
  const answer = { ...task, meta: { ...task.meta, versionId: String(version + 1), lastUpdated: at.toISOString() } };
  const committed = await commitOrFault(gateway, {
    now: at,
    message: {
      id: messageId,
      partner: partner.id,
      ...ids,
      bodyDigest,
      contentType,
      body,
      receivedAt: at,
      configuration: gateway.configuration,
      answer: { status: 200, contentType: 'application/fhir+json', body: writeJson(answer) },
      record: JSON.stringify({ steps: [{ step: move.by, refused: false, issues: [] }] }),
    },
    changes: [{ resource: task, expect: { version }, readers: [] }],
    dispatches: dispatchesOf(gateway, otherParties(gateway, answer, partner, at), {
      messageId,
      correlationId: requestId,
      traceId,
    }),
    audit: [
      auditEvent({
        id: gateway.world.newId(),
        at,
        action: 'U',
        interaction: move.by,
        outcome: 'success',
        codes: [],
        partner: { id: partner.id, name: partner.name },
        ...ids,
        references: [`Task/${task.id}`],
      }),
    ],
  });
  switch (committed.kind) {
    case 'committed':
      return { kind: 'accepted', body: answer, location: `Task/${task.id}`, version: version + 1, steps: [] };
    case 'duplicate':
      return duplicateAnswer(committed.earlier);
    case 'reused':
      return refused([issue('request-id-reused', {})]);
    case 'stale':
      return refused([issue('version-stale', { current: committed.current ?? version })]);
    case 'exists':
    case 'fault':
      return refused([issue('store-unavailable', {})]);
  }
}

/** Owner and sender hear of each other's moves, each as far as disclosure lets it. */
function otherParties({ network }: Gateway, task: Task, mover: Partner, now: Date): Share[] {
  const owner = task.owner?.reference && network.directory.service(task.owner.reference)?.partner;
  const sender = [...network.partners.keys()].find((id) => task.meta?.source === sourceOfPartner(id));
  return [...new Set([owner, sender])].flatMap((partner) => {
    const recipient = partner && partner !== mover.id ? recipientOf(network, partner) : undefined;
    if (!partner || !recipient) return [];
    const graph = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] } as const;
    const given = disclose({
      graph: { ...graph, entry: [...graph.entry] },
      recipient,
      ...(sender ? { sender } : {}),
      purpose: 'status',
      now,
    });
    if (given.kind === 'refused') return [];
    const channel = network.partners.get(partner)?.channel ?? 'inbox';
    return [{ partner, purpose: 'status', bundle: given.bundle, receipt: given.receipt, channel }];
  });
}
