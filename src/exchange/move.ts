import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Partner } from '../directory/index.ts';
import { moveForSocialDomain, reasonForSocialDomain } from '../disclosure/index.ts';
import { mgnProfile } from '../fhir/canonical.ts';
import { type Issue, isError, issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { effects, isOpen, type OrderGraph, verbOf } from '../workflow/index.ts';
import { actorsOf, ownerOf } from './actors.ts';
import type { Answer } from './answer.ts';
import { answerAlong, answerGiven } from './answer-question.ts';
import { withUnseen } from './as-seen.ts';
import { asked, type By } from './asked.ts';
import { carryOut } from './carry-out.ts';
import { calledOff } from './consultation/called-off.ts';
import { enter } from './enter.ts';
import type { Envelope, Received } from './envelope.ts';
import type { Gateway } from './gateway.ts';
import { find, focusOf, orderGraphOf } from './journey.ts';
import type { Keeping } from './keep.ts';
import { onJourney } from './trace.ts';
import { keepOrAgain } from './until-settled.ts';

/** A change of a Task, or of the order itself, as a partner asks for it. */
export type Move = {
  readonly type: 'Task' | 'ServiceRequest';
  readonly id: string;
  readonly ifMatch: string | undefined;
  readonly by: By;
};

type Movable = (Task | ServiceRequest) & { readonly id: string };

/**
 * Moves a Task (https://hl7.org/fhir/R4/task.html#statemachine) or an order: only from the version that the partner has
 * read, only by a move that docs/guide/workflow.md allows this partner. What follows from it for the order and its other Tasks
 * happens in the same transaction, and every party is told.
 */
export async function move(gateway: Gateway, envelope: Envelope, wish: Move): Promise<Answer> {
  const target = `${wish.by} ${wish.type}/${wish.id} ${wish.ifMatch ?? ''}`;
  const entered = await enter(gateway, { ...envelope, target }, wish.by, 'U');
  if (entered.kind === 'answered') return entered.answer;
  const { refuse } = entered;
  const received = await onJourney(gateway.store, envelope, entered.received, `${wish.type}/${wish.id}`);
  const kept = await keepOrAgain(gateway, received, () => considerMove(gateway, received, wish));
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

/** What a move makes, before anything is kept. */
export async function considerMove(gateway: Gateway, received: Received, wish: Move): Promise<Result<Keeping>> {
  const { store, network, world } = gateway;
  const { partner, at } = received;
  const stored = await store.read(wish.type, wish.id, partner.id);
  if (!stored) return failure(issue('not-found', {}));
  const expected = versionAsked(wish.ifMatch);
  if (expected === undefined) return failure(issue('if-match-missing', {}));
  if (expected !== stored.version) return failure(issue('version-stale', { current: stored.version }));

  const before = parseJson(stored.text) as Movable;
  const wanted = asked(wish.by, before, received, network.settings.limits);
  if (!wanted.ok) return wanted;
  const readable = forItsReaders(gateway, before, wanted.value.after, partner);
  if (!readable.ok) return readable;
  const given =
    before.resourceType === 'Task' && readable.value.resourceType === 'Task'
      ? await answerGiven(gateway, received, { before, after: readable.value, sent: wanted.value.answer })
      : success(undefined);
  if (!given.ok) return given;
  const after = given.value ? { ...given.value.task, id: before.id } : readable.value;
  const unfit = misfits(gateway, after);
  if (unfit.length) return failure(...unfit);
  const graph = await graphAround(gateway, before);
  const goesOnAs = await goesOn(gateway, before, graph);
  if (goesOnAs) return failure(issue('order-goes-on', { order: goesOnAs }, { expression: 'ServiceRequest' }));
  const reason = readableReason(gateway, graph, wanted.value.reason);
  const asOrder = after.resourceType === 'ServiceRequest';
  const made = effects(
    graph,
    asOrder ? { kind: 'order', after, reason } : { kind: 'task', after },
    actorsOf(network, before, partner.id),
    { at, newId: world.newId },
  );
  if (!made.ok) return made;
  const answered = given.value ? answerAlong(gateway, given.value, made.value.effects, received) : undefined;
  const off = await calledOff(gateway, store, graph, { effects: made.value.effects, now: at });
  const along = answered
    ? { ...answered, changes: [...answered.changes, ...off.changes], shares: [...answered.shares, ...off.shares] }
    : off;
  return carryOut(gateway, received, { graph, ...made.value, interaction: wish.by, along });
}

/** The version that If-Match names; undefined when it names none. */
export const versionAsked = (ifMatch: string | undefined): number | undefined => {
  const version = /^\s*(?:W\/)?"(\d+)"\s*$/.exec(ifMatch ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
};

/** What care writes in a Task of the social domain is read there: it is held to the same allow-list as the request was. */
function forItsReaders({ network }: Gateway, before: Movable, after: Movable, mover: Partner): Result<Movable> {
  if (before.resourceType !== 'Task' || after.resourceType !== 'Task') return success(after);
  const owner = ownerOf(network, before);
  if (owner === mover.id) return success(after);
  if (mover.domain === 'social') return success({ ...withUnseen(network, before, after, mover), id: before.id });
  if (!owner || network.partners.get(owner)?.domain !== 'social') return success(after);
  const { task, refused } = moveForSocialDomain(before, after);
  if (refused.length === 0) return success({ ...task, id: before.id });
  const elements = refused.map((name) => `Task.${name}`).join(', ');
  return failure(issue('social-task-closed', { elements }, { expression: `Task.${refused[0]}` }));
}

/** An order that was sent to the social domain goes on as the one that was made of it: that one is withdrawn. */
async function goesOn({ store }: Gateway, before: Movable, { tasks }: OrderGraph): Promise<string | undefined> {
  const asking = tasks.some((it) => isOpen(it) || verbOf(it) !== 'request-fulfillment');
  if (before.resourceType !== 'ServiceRequest' || asking) return undefined;
  const next = await find<ServiceRequest>(store, 'ServiceRequest', 'based-on', [`ServiceRequest/${before.id}`]);
  const made = next.find(({ meta }) => meta?.source === before.meta?.source);
  return made && `ServiceRequest/${made.id}`;
}

/** Of a reason that reaches the social domain only the code goes on. */
function readableReason({ network }: Gateway, { tasks }: OrderGraph, reason: CodeableConcept | undefined) {
  const isSocial = (task: Task) => network.partners.get(ownerOf(network, task) ?? '')?.domain === 'social';
  return reason && tasks.some(isSocial) ? reasonForSocialDomain(reason) : reason;
}

/** Invariants that a selection meets only once the gateway has added verb and person; they are looked at again after. */
const metBySelection: readonly string[] = ['mgn-task-2', 'mgn-task-3'];

/** What is wrong with it as a resource, before it is asked whether the move is legal. */
function misfits({ validator }: Gateway, after: Movable): Issue[] {
  const profiles = after.resourceType === 'Task' ? [mgnProfile('coordination-task')] : [];
  const { issues } = validator.validate(after, { profiles });
  return issues.filter((it) => isError(it) && !metBySelection.includes(it.constraint ?? ''));
}

async function graphAround({ store }: Gateway, before: Movable): Promise<OrderGraph> {
  if (before.resourceType === 'ServiceRequest') return orderGraphOf(store, `ServiceRequest/${before.id}`);
  const graph = await orderGraphOf(store, await focusOf(store, before));
  return graph.tasks.some(({ id }) => id === before.id) ? graph : { ...graph, tasks: [...graph.tasks, before] };
}
