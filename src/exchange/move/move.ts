import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mayPartner } from '../../access/decide/index.ts';
import type { Partner } from '../../directory/index.ts';
import {
  candidateElementsRefused,
  isUnselected,
  moveForSocialDomain,
  reasonForSocialDomain,
} from '../../disclosure/index.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { StoredResource } from '../../store/port.ts';
import { ownProfiles } from '../../vocabulary/own-profile.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { effects, isOpen, type OrderGraph, wantsSelection, withdrawalReason } from '../../workflow/index.ts';
import { cancelAppointments } from '../consultation/cancel-appointments.ts';
import { planMove } from '../effect/plan-move.ts';
import { discloseAnswer, submittedAnswer } from '../information/answer-question.ts';
import { actorsOf, ownerOf, senderOf } from '../memory/actors.ts';
import { relationTo, resourceAsSeen, withUnseen } from '../memory/as-seen.ts';
import { focusOf, orderGraphOf } from '../memory/journey.ts';
import { addsLabels, type LabelChange, withLabels } from '../memory/labels.ts';
import { find } from '../memory/memory.ts';
import { versionOf } from '../memory/versioned-effect.ts';
import type { Answer } from '../pipeline/answer.ts';
import { change, type Place, stored } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { unchanged } from '../pipeline/unchanged.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { withCodedReason } from './reason-in-words.ts';
import { type MoveMethod, requestedMove } from './requested-move.ts';

/** A change of a Task, or of the order itself, as a partner requests it. */
export type Move = Place & { readonly type: 'Task' | 'ServiceRequest'; readonly method: MoveMethod };

type Movable = (Task | ServiceRequest) & { readonly id: string };

/**
 * Moves a Task (https://hl7.org/fhir/R4/task.html#statemachine) or an order. The partner must name the version it read
 * (If-Match), and the state machine must allow the move to this partner. Consequences for the order and its other Tasks
 * are part of the same commit, and every party is notified.
 */
export const move = (gateway: Gateway, envelope: Envelope, request: Move): Promise<Answer> =>
  change(gateway, envelope, { interaction: request.method, target: stored(gateway, request) }, (received, current) =>
    considerMove(gateway, received, request, current),
  );

/** Decides on a move without storing anything. */
export async function considerMove(
  gateway: Gateway,
  received: Received,
  { method }: Move,
  { text }: StoredResource,
): Promise<Result<CommitPlan>> {
  const { network, world } = gateway;
  const { partner, at } = received;
  const before = parseJson(text) as Movable;
  // a patch is applied to what its sender sees: a `test` of anything else would reveal it
  const shown = resourceAsSeen(network, before, partner) as Movable;
  const requested = requestedMove(method, shown, received, network.settings);
  if (!requested.ok) return requested;
  const { labels } = requested.value;
  const coded = inOwnCodes(gateway, before, requested.value.after, partner);
  const reduced = reducedForReaders(gateway, before, coded, partner, labels);
  if (!reduced.ok) return reduced;
  const meta = withLabels(before.meta, labels);
  const readable: Movable = { ...reduced.value, ...(meta ? { meta } : {}) };
  const answer =
    before.resourceType === 'Task' && readable.resourceType === 'Task'
      ? await submittedAnswer(gateway, received, { before, after: readable, sent: requested.value.answer })
      : success(undefined);
  if (!answer.ok) return answer;
  const after = answer.value ? { ...answer.value.task, id: before.id } : readable;
  const invalid = validationErrors(gateway, after);
  if (invalid.length) return failure(...invalid);
  const actors = actorsOf(network, before, partner.id);
  if (!answer.value && !requested.value.reason && isSame(before, after) && !actors.includes('other'))
    return success(unchanged(method, resourceAsSeen(network, before, partner), versionOf(before)));
  const graph = await orderGraphFor(gateway, before);
  // of the other Tasks of an order, and of an order derived from it, only its sender is notified; others may not move it
  const isOfSender = actors.includes('requester');
  const derived = isOfSender ? await derivedOrder(gateway, before, graph) : undefined;
  if (isOfSender && addsLabels(labels) && after.resourceType === 'ServiceRequest' && isReadByExtract(gateway, graph))
    return failure(
      issue(
        'social-task-element-forbidden',
        { elements: 'ServiceRequest.meta' },
        { expression: 'ServiceRequest.meta' },
      ),
    );
  if (derived) return failure(issue('order-forwarded', { order: derived }, { expression: 'ServiceRequest' }));
  const reason = readableReason(gateway, graph, requested.value.reason && withdrawalReason(requested.value.reason));
  const result = effects(
    graph,
    after.resourceType === 'ServiceRequest' ? { kind: 'order', after, reason } : { kind: 'task', after },
    actors,
    { at, newId: world.newId },
  );
  if (!result.ok) return result;
  // the state machine refuses with its own reason whom it does not let move; it permits nobody else than a party
  if (!mayMove(gateway, before, partner, method)) return failure(issue('not-found', {}));
  const consequences = [...(answer.value ? [discloseAnswer(answer.value)] : []), cancelAppointments];
  return planMove(gateway, received, { graph, ...result.value, interaction: method, consequences });
}

function mayMove({ network }: Gateway, before: Movable, partner: Partner, method: MoveMethod): boolean {
  const relation =
    before.resourceType === 'Task'
      ? relationTo(network, before, partner)
      : senderOf(network, before) === partner.id
        ? 'sender'
        : 'disclosed';
  return mayPartner(network, partner, method, [before.resourceType === 'Task' ? 'task' : 'record', relation]).decision;
}

/** Codes of other drafts and reasons in words, read as the network's own. */
function inOwnCodes({ network, taskCodes }: Gateway, before: Movable, sent: Movable, mover: Partner): Movable {
  if (before.resourceType !== 'Task' || sent.resourceType !== 'Task') return sent;
  const { businessStatus, statusReason } = taskCodes(sent);
  const translated = {
    ...sent,
    ...(businessStatus ? { businessStatus } : {}),
    ...(statusReason ? { statusReason } : {}),
  };
  const isOwner = actorsOf(network, before, mover.id).includes('owner');
  // a placer that selects may write the verb too (Twiin ct-3); the gateway sets it, and the use case stays
  const selecting = wantsSelection(before, translated) ? { ...translated, code: before.code! } : translated;
  return { ...withCodedReason(before, selecting, isOwner), id: before.id };
}

const isSame = (before: Movable, after: Movable): boolean => canonicalJson(before) === canonicalJson(after);

/**
 * A Task owned by the social domain is reduced to the allow-list of the request, because its owner reads every change.
 */
function reducedForReaders(
  { network }: Gateway,
  before: Movable,
  sent: Movable,
  mover: Partner,
  labels: LabelChange,
): Result<Movable> {
  if (before.resourceType !== 'Task' || sent.resourceType !== 'Task') return success(sent);
  const after = { ...withUnseen(network, before, sent, mover), id: before.id };
  const owner = ownerOf(network, before);
  if (owner === mover.id) return success(after);
  if (isUnselected(before) && !wantsSelection(before, after)) {
    const [refused] = candidateElementsRefused(before, after);
    if (refused) {
      const elements = candidateElementsRefused(before, after).map((name) => `Task.${name}`);
      const place = { expression: `Task.${refused}` };
      return failure(issue('candidate-task-element-forbidden', { elements: elements.join(', ') }, place));
    }
  }
  if (mover.domain === 'social') return success(after);
  if (!owner || network.partners.get(owner)?.domain !== 'social') return success(after);
  const { task, refused: elementsRefused } = moveForSocialDomain(before, after, network.projections['social-domain']);
  const refused = [...elementsRefused, ...(addsLabels(labels) ? ['meta'] : [])];
  if (refused.length === 0) return success({ ...task, id: before.id });
  const elements = refused.map((name) => `Task.${name}`).join(', ');
  return failure(issue('social-task-element-forbidden', { elements }, { expression: `Task.${refused[0]}` }));
}

/**
 * Reference to the order that the gateway derived for the social domain. Its sender must withdraw that one instead
 * (`order-forwarded`).
 */
async function derivedOrder({ store }: Gateway, before: Movable, { tasks }: OrderGraph): Promise<string | undefined> {
  const isStillRequested = tasks.some((it) => isOpen(it) || verbOf(it) !== 'request-fulfillment');
  if (before.resourceType !== 'ServiceRequest' || isStillRequested) return undefined;
  const next = await find<ServiceRequest>(store, 'ServiceRequest', 'based-on', [`ServiceRequest/${before.id}`]);
  const derived = next.find(({ meta }) => meta?.source === before.meta?.source);
  return derived && `ServiceRequest/${derived.id}`;
}

/** The social domain and a candidate receive the code of a reason, never its text. */
const readableReason = (gateway: Gateway, graph: OrderGraph, reason: CodeableConcept | undefined) =>
  reason && isReadByExtract(gateway, graph) ? reasonForSocialDomain(reason) : reason;

/** Whether the owner of a Task of this order reads an extract only: the social domain, or a candidate. */
const isReadByExtract = ({ network }: Gateway, { tasks }: OrderGraph): boolean =>
  tasks.some((it) => network.partners.get(ownerOf(network, it) ?? '')?.domain === 'social' || isUnselected(it));

/**
 * A selection conforms to these invariants only once the gateway has added verb and person; they are checked again
 * then.
 */
const metBySelection: readonly string[] = ['mgn-task-2', 'mgn-task-3'];

/** Errors of the resource itself, before the state machine decides. */
function validationErrors({ validator }: Gateway, after: Movable): Issue[] {
  const { issues } = validator.validate(after, { profiles: ownProfiles(after) });
  return issues.filter((it) => isError(it) && !metBySelection.includes(it.constraint ?? ''));
}

async function orderGraphFor({ store }: Gateway, before: Movable): Promise<OrderGraph> {
  if (before.resourceType === 'ServiceRequest') return orderGraphOf(store, `ServiceRequest/${before.id}`);
  const graph = await orderGraphOf(store, await focusOf(store, before));
  return graph.tasks.some(({ id }) => id === before.id) ? graph : { ...graph, tasks: [...graph.tasks, before] };
}
