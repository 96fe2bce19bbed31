import type { Bundle, Task } from '@medplum/fhirtypes';
import { type Partner, recipientOf } from '../directory/index.ts';
import { disclose } from '../disclosure/index.ts';
import { mgnProfile } from '../fhir/canonical.ts';
import { isError, issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import type { Limits } from '../fhir/parse-error.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { type Actor, transition } from '../workflow/index.ts';
import { type Answer, refused } from './answer.ts';
import { dispatchesOf } from './dispatch.ts';
import { enter } from './enter.ts';
import type { Envelope, Received } from './envelope.ts';
import type { Gateway } from './gateway.ts';
import type { Share } from './give.ts';
import { applyJsonPatch } from './json-patch.ts';
import { sourceOfPartner } from './judge.ts';
import { type Keeping, keep } from './keep.ts';
import { decode, mediaTypeOf } from './media-type.ts';
import { parse } from './parse.ts';
import { parsePatch } from './patch.ts';

/** A change of a Task as a partner asks for it: by PUT of the whole, or by JSON Patch. */
export type Move = { readonly id: string; readonly ifMatch: string | undefined; readonly by: 'update' | 'patch' };

type StoredTask = Task & { readonly id: string };

/**
 * Moves a Task (https://hl7.org/fhir/R4/task.html#statemachine): only from the version that the partner has read,
 * only by a move that workflow.md allows this partner, and the other party is told in the same transaction.
 */
export async function moveTask(gateway: Gateway, envelope: Envelope, move: Move): Promise<Answer> {
  const target = `${move.by} Task/${move.id} ${move.ifMatch ?? ''}`;
  const entered = await enter(gateway, { ...envelope, target }, move.by, 'U');
  if (entered.kind === 'answered') return entered.answer;
  const { received, refuse } = entered;
  const { partner } = received;
  const stored = await gateway.store.read('Task', move.id, partner.id);
  if (!stored) return refuse(refused([issue('not-found', {})]));
  const expected = versionOf(move.ifMatch);
  if (expected === undefined) return refuse(refused([issue('if-match-missing', {})]));
  if (expected !== stored.version) return refuse(refused([issue('version-stale', { current: stored.version })]));

  const before = parseJson(stored.text) as StoredTask;
  const after = changed(gateway, before, received, move);
  if (!after.ok) return refuse(refused(after.issues));
  const moved = transition({ before, after: after.value, actor: actorsOf(gateway, before, partner) });
  if (!moved.ok) return refuse(refused(moved.issues));
  const task = { ...moved.value.task, id: before.id };
  const kept = await keep(gateway, received, keepingOf(gateway, received, task, stored.version, move));
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

const versionOf = (ifMatch: string | undefined): number | undefined => {
  const version = /^\s*(?:W\/)?"(\d+)"\s*$/.exec(ifMatch ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
};

/** The Task as the partner wants it: valid, and in everything that is the gateway's own as it was. */
function changed({ validator, network }: Gateway, before: StoredTask, received: Received, move: Move): Result<Task> {
  const by = move.by === 'patch' ? patched : replaced;
  const wanted = by(before, received, network.settings.limits);
  if (!wanted.ok) return wanted;
  const task: Task = { ...wanted.value, id: before.id, ...(before.meta ? { meta: before.meta } : {}) };
  const report = validator.validate(task, { profiles: [mgnProfile('coordination-task')] });
  return report.verdict === 'valid' ? success(task) : failure(...report.issues.filter(isError));
}

function patched(before: StoredTask, { contentType, body }: Received, limits: Limits): Result<Task> {
  const media = mediaTypeOf(contentType);
  if (media.type !== 'application/json-patch+json')
    return failure(issue('media-type-unsupported', { supported: 'application/json-patch+json' }));
  const text = decode(media, body);
  if (!text.ok) return text;
  const patch = parsePatch(text.value, limits);
  if (!patch.ok) return patch;
  const made = applyJsonPatch<Task>(before, patch.value);
  return made.ok ? sameTask(before, made.value) : made;
}

function replaced(before: StoredTask, { contentType, body }: Received, limits: Limits): Result<Task> {
  const parsed = parse(contentType, body, limits);
  return parsed.ok ? sameTask(before, parsed.value.resource) : parsed;
}

function sameTask(before: StoredTask, after: Resource): Result<Task> {
  if (isType(after, 'Task') && after.id === before.id) return success(after);
  return failure(issue('id-mismatch', {}, { expression: 'Task.id' }));
}

/** As what a partner touches this Task: as the system of its owner, of who sent it, or as neither. */
function actorsOf({ network }: Gateway, task: Task, partner: Partner): readonly Actor[] {
  const owner = task.owner?.reference;
  const isOwner = owner !== undefined && network.directory.service(owner)?.partner === partner.id;
  const isSender = task.meta?.source === sourceOfPartner(partner.id);
  const actors: Actor[] = [
    ...(isOwner ? ['owner' as const] : []),
    ...(isSender ? (['requester', 'creator'] as const) : []),
  ];
  return actors.length ? actors : ['other'];
}

function keepingOf(
  gateway: Gateway,
  { partner, at }: Received,
  task: StoredTask,
  current: number,
  move: Move,
): Keeping {
  const version = current + 1;
  const body = { ...task, meta: { ...task.meta, versionId: String(version), lastUpdated: at.toISOString() } };
  return {
    interaction: move.by,
    action: 'U',
    body,
    location: `Task/${task.id}`,
    version,
    steps: [],
    changes: [{ resource: task, expect: { version: current }, readers: [] }],
    dispatches: dispatchesOf(gateway, otherParties(gateway, body, partner, at)),
    codes: [],
  };
}

/** Owner and sender hear of each other's moves, each as far as disclosure lets it. */
function otherParties({ network }: Gateway, task: Task, mover: Partner, now: Date): Share[] {
  const owner = task.owner?.reference && network.directory.service(task.owner.reference)?.partner;
  const sender = [...network.partners.keys()].find((id) => task.meta?.source === sourceOfPartner(id));
  const graph: Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] };
  return [...new Set([owner, sender])].flatMap((partner) => {
    const recipient = partner && partner !== mover.id ? recipientOf(network, partner) : undefined;
    if (!partner || !recipient) return [];
    const given = disclose({
      graph,
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
