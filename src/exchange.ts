/**
 * READ FIRST. The way of a message, one line a step.
 *
 *   accept: authenticate -> receive -> parse -> validate -> map -> recall -> adopt -> validate -> check workflow
 *           -> route -> disclose -> validate -> store (message, resources, outbox and audit in one transaction)
 *   deliver: delivery/worker.ts starts from an outbox row
 *
 * Every exit writes an audit event: accepted, refused, each delivery attempt.
 */

import { minutesEast } from './deadline/index.ts';
import { tell } from './exchange/explain/describe.ts';
import { inTermsOfSource } from './exchange/explain/source-terms.ts';
import { kinds } from './exchange/kinds.ts';
import { asFiller } from './exchange/maps/filler-order.ts';
import { recogniseForm, sourceOf, toGraph } from './exchange/maps/forms.ts';
import { recall } from './exchange/memory/look-up.ts';
import type { Memory } from './exchange/memory/memory.ts';
import { moveAll, transactionOfMoves } from './exchange/move/transaction-of-moves.ts';
import { enter } from './exchange/pipeline/admit.ts';
import { type Answer, refused } from './exchange/pipeline/answer.ts';
import type { Refuse } from './exchange/pipeline/audit-refusal.ts';
import { tryKeep } from './exchange/pipeline/commit.ts';
import { type Deciding, type Gateway, retryAfterSeconds } from './exchange/pipeline/gateway.ts';
import { adoptGraph, validateOutgoing, validateOwn, validateSource } from './exchange/pipeline/judge.ts';
import type { Kind } from './exchange/pipeline/kind.ts';
import { untilSettled } from './exchange/pipeline/retry-after-race.ts';
import { step, type Walked, type Way, walk } from './exchange/pipeline/step.ts';
import { onJourney, originOf } from './exchange/pipeline/trace.ts';
import { keepingOf, type Prepared } from './exchange/prepared.ts';
import type { Envelope, Received } from './exchange/reading/envelope.ts';
import { headerOf } from './exchange/reading/message-response.ts';
import { parseMessage } from './exchange/reading/sent-message.ts';
import { replacedBy } from './exchange/referral/replaced.ts';
import { issue } from './fhir/issue.ts';

/** Takes a message in, or says why not. After a promise of acceptance everything is on disk. */
export async function accept(gateway: Gateway, envelope: Envelope): Promise<Answer> {
  const entered = await enter(gateway, envelope, 'accept', 'C');
  return entered.kind === 'answered' ? entered.answer : takeIn(gateway, envelope, entered);
}

/** The same for a message that is inside the door already: one that the gateway itself fetched from its sender. */
export async function takeIn(
  gateway: Gateway,
  envelope: Pick<Envelope, 'traceId'>,
  { received, refuse }: { readonly received: Received; readonly refuse: Refuse },
): Promise<Answer> {
  if (await isOverfull(gateway)) return refuse(refused([issue('overloaded', { seconds: retryAfterSeconds })]));
  const moves = transactionOfMoves(received, gateway.network.settings.limits);
  const kept = moves ? await moveAll(gateway, envelope, received, moves) : await asNew(gateway, envelope, received);
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

const asNew = (gateway: Gateway, envelope: Pick<Envelope, 'traceId'>, received: Received): Promise<Answer> =>
  untilSettled(async () => {
    const considered = await consider(gateway, gateway.store, received);
    if (!considered.ok) return refusal(gateway, considered);
    const { value, steps } = considered;
    const traced = await onJourney(gateway.store, envelope, received, originOf(value.graph));
    return tryKeep(gateway, traced, keepingOf(gateway, traced, value, steps));
  });

const isOverfull = async ({ store, admission }: Gateway): Promise<boolean> =>
  (await store.depth()).waiting > admission.waiting;

function refusal(gateway: Gateway, { steps, fault }: Extract<Walked<Prepared>, { ok: false }>): Answer {
  const last = steps.at(-1);
  if (fault) gateway.report(fault, last?.step ?? 'accept');
  return refused(last?.issues ?? [], steps);
}

/** All steps before anything is stored: the same for a real message, for `explain` and for a rehearsal of new rules. */
export const consider = async (deciding: Deciding, memory: Memory, received: Received): Promise<Walked<Prepared>> =>
  inTermsOfSource(deciding, received, await walk(way(deciding, memory, received)));

async function* way(deciding: Deciding, memory: Memory, received: Received): Way<Prepared> {
  const { network, forms, world } = deciding;
  const { partner, at } = received;
  const sent = yield* step('parse', parseMessage(received, network.settings.limits), tell.parsed);
  const form = yield* step('recognise', recogniseForm(forms, sent, received), tell.form);
  const kind: Kind = kinds[form.kind];
  yield* step('validate source', await validateSource(deciding, form, sent));
  const asked = { seed: world.newId(), now: at, zone: minutesEast(at, network.settings.timezone) };
  const { graph: sentGraph, unmapped } = yield* step('map', toGraph(form, sent, asked), tell.mapped);
  const mapped = received.pulled
    ? yield* step('follow placer', asFiller(sentGraph, form.kind, received.pulled))
    : sentGraph;
  const known = await recall(memory, mapped, network.settings.baseUrl, partner.id);
  const adopted = yield* step('adopt', adoptGraph(deciding, mapped, known, partner.id));
  yield* step('validate own', await validateOwn(deciding, adopted, kind.profiles));
  const compared = kind.compare ? yield* step('compare', await kind.compare(memory, adopted)) : adopted;
  const replaced = await replacedBy(memory, mapped, known);
  const incoming = {
    graph: compared,
    known,
    replaced,
    source: sourceOf(form),
    partner,
    at,
    ...(received.pulled ? { pulled: received.pulled } : {}),
  };
  const sound = { ...incoming, graph: yield* step('check workflow', kind.check(incoming, deciding)) };
  const routed = yield* step('route', kind.route(deciding, sound), tell.routed);
  const given = yield* step('disclose', kind.share(deciding, routed, sound), tell.shares);
  for (const share of given)
    yield* step(`validate outgoing ${share.purpose}`, await validateOutgoing(deciding, share, sound.graph));
  return { ...routed, header: headerOf(sent.message), shares: given, unmapped };
}
