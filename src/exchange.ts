/**
 * READ FIRST. The pipeline of a message, one line per step.
 *
 *   accept: authenticate -> receive -> parse -> validate -> map -> look up -> adopt -> validate -> check workflow
 *           -> route -> disclose -> validate -> store (message, resources, outbox and audit in one transaction)
 *   deliver: delivery/worker.ts starts from an outbox row
 *
 * Each kind of message (exchange/kinds.ts) has its own look-up, check, route and disclosures in one folder. A change of
 * a stored resource goes through exchange/pipeline/change.ts. Every exit writes an audit event: accepted, refused, each
 * delivery attempt.
 */
import { consentsConsidered, endWhatCameBetween, objectionsIn } from './exchange/consent/came-between.ts';
import { withObjections } from './exchange/consent/objection.ts';
import { tooManyConsents } from './exchange/consent/too-many-consents.ts';
import { askForMessage } from './exchange/disclose/outside-consent.ts';
import { shapeIssues } from './exchange/disclose/shape.ts';
import { describe } from './exchange/explain/describe.ts';
import { inTermsOfSentMessage } from './exchange/explain/sent-message-terms.ts';
import { kinds } from './exchange/kinds.ts';
import { asFillerOrder } from './exchange/maps/filler-order.ts';
import { type Form, inputProfileOf, nameOfForm, recogniseForm, toGraph } from './exchange/maps/forms.ts';
import { notRetained } from './exchange/maps/not-retained.ts';
import { senderKeysOf } from './exchange/maps/sender-keys.ts';
import { supplied } from './exchange/maps/supply.ts';
import { lookUp } from './exchange/memory/look-up.ts';
import type { Memory } from './exchange/memory/memory.ts';
import { originOf, withJourneyTrace } from './exchange/memory/trace.ts';
import { moveAll, transactionOfMoves } from './exchange/move/transaction-of-moves.ts';
import { admit } from './exchange/pipeline/admit.ts';
import { type Answer, refused } from './exchange/pipeline/answer.ts';
import type { Refuse } from './exchange/pipeline/audit-refusal.ts';
import { tryCommit } from './exchange/pipeline/commit.ts';
import { type DecisionContext, type Gateway, retryAfterSeconds } from './exchange/pipeline/gateway.ts';
import { adoptGraph, validateOutgoing, validateSentMessage } from './exchange/pipeline/judge.ts';
import type { MessageKind } from './exchange/pipeline/kind.ts';
import { retryAfterRace } from './exchange/pipeline/retry-after-race.ts';
import { type Pipeline, type PipelineOutcome, run, step } from './exchange/pipeline/step.ts';
import { commitPlanOf, type Prepared } from './exchange/prepared.ts';
import type { Envelope, Received } from './exchange/reading/envelope.ts';
import { headerOf } from './exchange/reading/message-response.ts';
import { parseMessage } from './exchange/reading/sent-message.ts';
import { answerResent, type Recognised, recognise } from './exchange/sender/answer-resent.ts';
import { checkSender, legalBasisIssues } from './exchange/sender/check-sender.ts';
import { retainRefused } from './exchange/sender/retain-refused.ts';
import { validateAdopted } from './exchange/sender/validate-adopted.ts';
import { beyondScopes } from './exchange/sender/within-scopes.ts';
import { issue } from './fhir/issue.ts';
import { failure, withWarnings } from './fhir/result.ts';
import type { MessageKeys } from './store/port.ts';
import { minutesEast } from './temporal.ts';
import { withSpans } from './tracing/index.ts';
import { yieldToOthers } from './turns.ts';
import type { Report } from './validation/index.ts';
import { implausibleDates } from './workflow/index.ts';

/**
 * Accepts a message, or refuses it with all findings. An accepted message is on disk with everything that follows from
 * it.
 */
export async function accept(gateway: Gateway, envelope: Envelope): Promise<Answer> {
  const admitted = await admit(gateway, envelope, 'accept', 'C');
  return admitted.kind === 'answered' ? admitted.answer : acceptAdmitted(gateway, envelope, admitted);
}

/** The same for an admitted message: one that the gateway itself read from its sender. */
export async function acceptAdmitted(
  gateway: Gateway,
  envelope: Pick<Envelope, 'traceId'>,
  { received, refuse }: { readonly received: Received; readonly refuse: Refuse },
): Promise<Answer> {
  if (await gateway.admission.isOverloaded())
    return refuse(refused([issue('overloaded', { seconds: retryAfterSeconds })]));
  const moves = transactionOfMoves(received, gateway.network.settings.limits);
  const answer = moves ? await moveAll(gateway, envelope, received, moves) : await asNew(gateway, envelope, received);
  if (answer.kind === 'accepted') return answer;
  await retainRefused(gateway, received, answer);
  return refuse(answer);
}

async function asNew(gateway: Gateway, envelope: Pick<Envelope, 'traceId'>, received: Received): Promise<Answer> {
  let decided: (() => Promise<void>) | undefined;
  const answer = await retryAfterRace(async () => {
    const considered = consentsConsidered(gateway.store);
    decided = undefined;
    let resent: Answer | undefined;
    let recognised: Recognised | undefined;
    const outcome = await consider(gateway, considered.memory, received, async (keys) => {
      recognised = await recognise(gateway.store, received.partner.id, keys);
      resent = recognised.earlier && (await answerResent(gateway, received, recognised.earlier, keys));
      return resent !== undefined;
    });
    if (resent) return resent;
    if (!outcome.ok) return refusal(gateway, outcome);
    const { value, steps } = outcome;
    const yieldIfDue = yieldToOthers();
    const traced = await withJourneyTrace(gateway.store, envelope, received, originOf(value.graph));
    const keyed = recognised ? { ...value, keys: recognised.keys } : value;
    const plan = await commitPlanOf(gateway, traced, keyed, steps);
    const whole = await withObjections(gateway, traced, plan, value.graph);
    if (!whole.ok) return refused(whole.issues, steps);
    await yieldIfDue();
    const guards = [...(whole.value.guards ?? []), ...considered.guards()];
    decided = async () =>
      endWhatCameBetween(gateway, traced, [...objectionsIn(value.graph), ...(await considered.since(value.graph))]);
    return tryCommit(gateway, traced, { ...whole.value, guards });
  });
  if (answer.kind === 'accepted') await decided?.();
  return answer;
}

function refusal(gateway: Gateway, { steps, fault }: Extract<PipelineOutcome<Prepared>, { ok: false }>): Answer {
  const last = steps.at(-1);
  if (fault) gateway.report(fault, last?.step ?? 'accept');
  return refused(last?.issues ?? [], steps);
}

/**
 * All steps before anything is stored: the same for a real message, for `explain` and for a shadow run of new rules.
 */
export const consider = async (
  context: DecisionContext,
  memory: Memory,
  received: Received,
  isResent: IsResent = async () => false,
): Promise<PipelineOutcome<Prepared>> =>
  inTermsOfSentMessage(context, received, await run(withSpans(pipeline(context, memory, received, isResent))));

/** Whether the sender sent a message with these keys before. The pipeline ends then: it was decided on once. */
type IsResent = (keys: MessageKeys) => Promise<boolean>;

async function* pipeline(
  context: DecisionContext,
  memory: Memory,
  received: Received,
  isResent: IsResent,
): Pipeline<Prepared> {
  const { network, forms, world } = context;
  const { settings } = network;
  const { partner, at } = received;
  const read = parseMessage(received, settings.limits, nameOfForm(forms, received.intake));
  const sent = yield* step('parse', read, describe.parsed);
  const beyond = beyondScopes(partner, sent);
  if (beyond.length) yield* step('check scopes', failure(...beyond));
  const form = yield* step('recognise', recogniseForm(forms, sent, received), describe.form);
  const kind = kindOf(form);
  const source = yield* step('validate source', await validateSentMessage(context, form, sent));
  const options = { seed: world.newId(), now: at, zone: minutesEast(settings.timezone, at) };
  const { graph: readGraph, unmapped } = yield* step(
    'map',
    withWarnings(toGraph(form, sent, options), notRetained(sent, settings.baseUrl)),
    describe.mapped,
  );
  const { supplies } = form;
  const supply = { network, partner, taskCodes: context.taskCodes };
  const sentGraph = supplies ? yield* step('supply', supplied(readGraph, { ...supply, supplies })) : readGraph;
  const keys = kind.isNamedBySender && !received.pulled ? senderKeysOf(sentGraph, sent, received) : undefined;
  if (keys && (await isResent(keys))) yield* step('recognise resend', failure(issue('duplicate', {})));
  const mapped = received.pulled
    ? yield* step('follow placer', asFillerOrder(sentGraph, kind, received.pulled))
    : sentGraph;
  const loaded = await lookUp(memory, mapped, { base: settings.baseUrl, sender: partner.id });
  const required = kind.requires?.(mapped, settings.baseUrl) ?? [];
  const adopted = yield* step('adopt', adoptGraph(context, mapped, loaded, { sender: partner.id, required }));
  const asSent = sent.shape === 'fhir' ? { message: sent.message, ...source } : undefined;
  yield* step('validate own', await validateAdopted(context, asSent, adopted, kind.profiles));
  const inputProfile = inputProfileOf(form);
  const { pulled } = received;
  const incoming = { graph: adopted, loaded, inputProfile, partner, at, ...(pulled ? { pulled } : {}) };
  const tooMany = tooManyConsents(adopted);
  yield* step('check sender', tooMany.length ? failure(...tooMany) : checkSender(context, incoming, kind));
  const outside = await askForMessage(memory, incoming, context, kind);
  const open = await kind.open(memory, incoming, outside ? { ...context, outside } : context);
  const implausible = implausibleDates(adopted, { now: at, timezone: settings.timezone });
  const graph = yield* step('check workflow', withWarnings(open.check(), implausible));
  const routed = yield* step('route', open.route(graph), describe.routed);
  const forbidden = legalBasisIssues(context, partner, routed.graph);
  const disclosing = forbidden.length ? failure(...forbidden) : routed.disclosures();
  const disclosures = yield* step('disclose', disclosing, describe.disclosed);
  const reports = new Map<unknown, Report>();
  for (const it of disclosures)
    yield* step(`validate outgoing ${it.purpose}`, await validateOutgoing(context, it, graph, reports));
  const unshaped = shapeIssues(context, disclosures);
  if (unshaped.length) yield* step('shape', failure(...unshaped));
  return { ...routed, header: headerOf(sent.message), disclosures, unmapped, ...(keys ? { keys } : {}) };
}

/** The intake was compiled against the names of the kinds: a form of another kind is a fault of the gateway. */
function kindOf({ kind }: Form): MessageKind {
  const found = kinds.get(kind);
  if (!found) throw new Error(`${kind} is not a kind of message`);
  return found;
}
