/**
 * READ FIRST. The way of a message, one line a step.
 *
 *   accept: authenticate -> receive -> parse -> validate -> map -> adopt -> validate -> check workflow
 *           -> route -> disclose -> validate -> store (message, resources, outbox and audit in one transaction)
 *   deliver: delivery/worker.ts starts from an outbox row
 *
 * Every exit writes an audit event: accepted, refused, each delivery attempt.
 */
import { type Answer, refused } from './exchange/answer.ts';
import { enter } from './exchange/enter.ts';
import type { Envelope, Received } from './exchange/envelope.ts';
import { recogniseForm, sourceOf, toReferral } from './exchange/forms.ts';
import { type Deciding, type Gateway, retryAfterSeconds } from './exchange/gateway.ts';
import { shares } from './exchange/give.ts';
import {
  adoptGraph,
  checkWorkflow,
  referralProfile,
  routeReferral,
  validateOutgoing,
  validateOwn,
  validateSource,
} from './exchange/judge.ts';
import { keep } from './exchange/keep.ts';
import { headerOf } from './exchange/message-response.ts';
import { parse } from './exchange/parse.ts';
import { keepingOf, type Prepared } from './exchange/prepared.ts';
import { tell } from './exchange/tell.ts';
import { step, type Walked, type Way, walk } from './exchange/way.ts';
import { issue } from './fhir/issue.ts';
import { assign } from './routing/index.ts';

/** Takes a referral in, or says why not. After a promise of acceptance everything is on disk. */
export async function accept(gateway: Gateway, envelope: Envelope): Promise<Answer> {
  const entered = await enter(gateway, envelope, 'accept', 'C');
  if (entered.kind === 'answered') return entered.answer;
  const { received, refuse } = entered;
  if (await isOverfull(gateway)) return refuse(refused([issue('overloaded', { seconds: retryAfterSeconds })]));
  const considered = consider(gateway, received);
  if (!considered.ok) return refuse(refusal(gateway, considered));
  const kept = await keep(gateway, received, keepingOf(gateway, received, considered.value, considered.steps));
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

const isOverfull = async ({ store, admission }: Gateway): Promise<boolean> =>
  (await store.depth()).waiting > admission.waiting;

function refusal(gateway: Gateway, { steps, fault }: Extract<Walked<Prepared>, { ok: false }>): Answer {
  const last = steps.at(-1);
  if (fault) gateway.report(fault, last?.step ?? 'accept');
  return refused(last?.issues ?? [], steps);
}

/** All steps that need no store: the same for a real message, for `explain` and for a rehearsal of new rules. */
export const consider = (deciding: Deciding, received: Received): Walked<Prepared> => walk(way(deciding, received));

function* way(deciding: Deciding, { partner, contentType, body, at }: Received): Way<Prepared> {
  const { validator, network, forms, world } = deciding;
  const { resource, text } = yield* step('parse', parse(contentType, body, network.settings.limits), tell.parsed);
  const form = yield* step('recognise', recogniseForm(forms, resource), tell.form);
  yield* step('validate source', validateSource(deciding, form, resource, text));
  const referral = yield* step('map', toReferral(form, resource, world.newId()), tell.mapped);
  const adopted = yield* step('adopt', adoptGraph(deciding, referral, partner.id));
  yield* step('validate own', validateOwn(validator, adopted, [referralProfile]));
  const sound = yield* step('check workflow', checkWorkflow(adopted, sourceOf(form)));
  const decision = yield* step('route', routeReferral(deciding, sound, form, partner.id), tell.decision);
  const graph = assign(sound, decision);
  const parties = { sender: partner.id, owner: decision.owner.partner };
  const given = yield* step('disclose', shares(network, graph, parties, at), tell.shares);
  for (const share of given)
    yield* step(`validate outgoing ${share.purpose}`, validateOutgoing(validator, share, sound));
  return { graph, decision, header: headerOf(resource), shares: given };
}
