import type { Bundle, QuestionnaireResponse, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { answerTo } from '../../disclosure/index.ts';
import { clone } from '../../fhir/clone.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { issue } from '../../fhir/issue.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { resourceIdentifier } from '../../vocabulary/identifiers.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { answerOutput, isOpen, isQuestion, questionnaireOf } from '../../workflow/index.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import type { Consequence } from '../effect/consequence.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { focusOf } from '../memory/journey.ts';
import { atGateway, find, readAt } from '../memory/memory.ts';
import type { Answer } from '../pipeline/answer.ts';
import { change, newOf } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { refusingIssues, validated } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parseWrite } from '../reading/parse.ts';
import { containedQuestionnaire } from './request-information.ts';

type Response = QuestionnaireResponse & { readonly id: string };

/** The answer to a question: sent with the move (`isNew`), or posted before it. */
export type SubmittedAnswer = { readonly task: Task; readonly response: Response; readonly isNew: boolean };

/**
 * The answer that completes a question: sent with $transition, or posted earlier and referenced in Task.output.
 * Undefined for any other move, and when there is no answer: the state machine then refuses the move.
 */
export async function submittedAnswer(
  gateway: Gateway,
  received: Received,
  { before, after, sent }: { readonly before: Task; readonly after: Task; readonly sent: Resource | undefined },
): Promise<Result<SubmittedAnswer | undefined>> {
  if (!isQuestion(before) || after.status !== 'completed' || !isOpen(before)) return success(undefined);
  if (ownerOf(gateway.network, before) !== received.partner.id) return success(undefined);
  if (sent) {
    const response = await responseTo(gateway, received, before, sent);
    if (!response.ok) return response;
    const output = [...(after.output ?? []), answerOutput(`QuestionnaireResponse/${response.value.id}`)];
    return success({ task: { ...after, output }, response: response.value, isNew: true });
  }
  const referenced = (after.output ?? []).flatMap(({ valueReference }) => valueReference?.reference ?? []);
  const reference = referenced.map((it) => atGateway(it, gateway.network.settings.baseUrl)).find(isResponse);
  if (!reference) return success(undefined);
  const posted = await readAt(gateway.store, reference, received.partner.id);
  const isAnswer = isType(posted, 'QuestionnaireResponse') && isAnswerTo(before, posted as QuestionnaireResponse);
  if (!isAnswer) return failure(issue('questionnaire-response-invalid', {}, { expression: 'Task.output' }));
  return success({ task: after, response: posted as Response, isNew: false });
}

const isResponse = (reference: string | undefined): reference is string =>
  reference?.startsWith('QuestionnaireResponse/') ?? false;

/** Commits the answer with its move, grants the requester read access, and discloses the answer with its Task. */
export const discloseAnswer =
  ({ task, response, isNew }: SubmittedAnswer): Consequence =>
  async ({ network }, { versioned, mover, at }) => {
    const question = versioned.find(({ resource }) => resource.id === task.id)?.resource as Question | undefined;
    const requester = question && senderOf(network, question);
    const recipient = requester ? recipientOf(network, requester) : undefined;
    const readers = [mover, ...(requester ? [requester] : [])];
    const changes = isNew ? [{ resource: response, expect: 'new' as const, readers }] : [];
    const grants = isNew ? [] : [{ type: 'QuestionnaireResponse', id: response.id, readers }];
    if (!question || !requester || !recipient) return success({ changes, grants });
    const graph: Bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: question }, { resource: response }],
    };
    const disclosed = answerTo({ graph, recipient, legalBasis: legalBasisOf(question), now: at });
    const disclosure = disclosureTo(network, {
      partner: requester,
      purpose: 'answer',
      ...disclosed,
      updatesTask: true,
    });
    return success({ changes, grants, disclosures: [disclosure] });
  };

type Question = Task & { readonly id: string };

/**
 * FHIR create of an answer, to be referenced in the output of the Task that it completes (SDC). Accepted only while a
 * question to its sender is open; until the Task completes, only the sender may read it. Issue:
 * `questionnaire-response-not-requested`.
 */
export const createAnswer = (gateway: Gateway, envelope: Envelope): Promise<Answer> =>
  change(gateway, envelope, { interaction: 'create', target: newOf('QuestionnaireResponse') }, (received) =>
    considerAnswer(gateway, received),
  );

async function considerAnswer(gateway: Gateway, received: Received): Promise<Result<CommitPlan>> {
  const { network, store } = gateway;
  const parsed = parseWrite(received, network.settings);
  if (!parsed.ok) return parsed;
  const sent = parsed.value.resource;
  const referenced = isType(sent, 'QuestionnaireResponse') ? (sent.basedOn ?? []) : [];
  const orders = referenced.flatMap(({ reference = '' }) => atGateway(reference, network.settings.baseUrl) ?? []);
  const tasks = await find<Task>(store, 'Task', 'focus', orders);
  const about = tasks.map(({ id }) => `Task/${id}`);
  const questions = (await find<Task>(store, 'Task', 'focus', about, { reader: received.partner.id })).filter(
    (it) => isQuestion(it) && isOpen(it) && ownerOf(network, it) === received.partner.id,
  );
  const question = questions.find((it) => usesQuestionnaireOf(it, sent as QuestionnaireResponse)) ?? questions[0];
  if (!question)
    return failure(issue('questionnaire-response-not-requested', {}, { expression: 'QuestionnaireResponse.basedOn' }));
  const response = await responseTo(gateway, received, question, sent);
  if (!response.ok) return response;
  const resource = { ...response.value, meta: { ...response.value.meta, versionId: '1' } };
  return success({
    interaction: 'create',
    action: 'C',
    body: resource,
    location: `QuestionnaireResponse/${resource.id}`,
    version: 1,
    steps: [],
    changes: [{ resource, expect: 'new', readers: [received.partner.id] }],
    guards: [{ type: 'Task', id: question.id, version: Number(question.meta?.versionId) }],
    dispatches: () => [],
    codes: [],
    journey: `Task/${question.id}`,
  });
}

/**
 * Validates a sent resource as the answer to this question. It must conform to the Questionnaire of the question and
 * refer only to the person and order of the question and to the directory. Issue: `questionnaire-response-invalid`.
 */
async function responseTo(
  gateway: Gateway,
  { partner }: Received,
  question: Task,
  sent: Resource,
): Promise<Result<Response>> {
  const { network, world, validator, terminology, store } = gateway;
  const invalidResponse = failure(issue('questionnaire-response-invalid', {}, { expression: 'QuestionnaireResponse' }));
  if (!isType(sent, 'QuestionnaireResponse')) return invalidResponse;
  const own = containedQuestionnaire(question);
  const responseValidator = own ? validator.with([own]) : validator;
  const report = await validated({ validator: responseValidator, terminology }, sent);
  if (report.verdict !== 'valid') return failure(...refusingIssues(report.issues));
  if (!usesQuestionnaireOf(question, sent) || !isComplete(sent)) return invalidResponse;

  const order = await readAt(store, await focusOf(store, question));
  const subject = isType(order, 'ServiceRequest') ? (order as ServiceRequest).subject.reference : undefined;
  if (!subject || !order) return invalidResponse;
  const base = network.settings.baseUrl;
  const assigned = { subject: { reference: subject }, basedOn: [{ reference: `ServiceRequest/${order.id}` }] };
  const allowed = new Set([subject, `ServiceRequest/${order.id}`]);
  const refersElsewhere = referencesIn(sent).some(({ text }) => {
    if (text === undefined || text.startsWith('#')) return false;
    const resolved = atGateway(text, base) ?? text;
    return !allowed.has(resolved) && !network.directory.organization(resolved) && !network.directory.service(resolved);
  });
  if (refersElsewhere) return invalidResponse;
  const id = world.newId();
  const { identifier, ...rest } = sent;
  const senderIdentifier = identifier?.system && identifier.value && !isBsn(identifier.system) ? identifier : undefined;
  return success({
    ...withoutBsn(rest),
    ...assigned,
    id,
    meta: { ...sent.meta, source: sourceOfPartner(partner.id) },
    identifier: senderIdentifier ?? resourceIdentifier(id),
  });
}

const isBsn = (system: string | undefined): boolean => system === identifierSystems.bsn;

/** Removes a BSN from author and source: the gateway stores a BSN in Patient.identifier only. */
function withoutBsn<T extends Pick<QuestionnaireResponse, 'author' | 'source'>>(response: T): T {
  const copy = clone(response);
  for (const party of [copy.author, copy.source]) if (party && isBsn(party.identifier?.system)) delete party.identifier;
  return copy;
}

/** Whether the response names the Questionnaire of the question, in the same version where both name one. */
function usesQuestionnaireOf(question: Task, { questionnaire }: QuestionnaireResponse): boolean {
  const own = containedQuestionnaire(question);
  const canonical = own ? `${own.url}${own.version ? `|${own.version}` : ''}` : (questionnaireOf(question) ?? '');
  const [url, version] = canonical.split('|');
  const [sentUrl, sentVersion] = (questionnaire ?? '').split('|');
  return url !== '' && url === sentUrl && (!version || !sentVersion || version === sentVersion);
}

const isComplete = ({ status }: QuestionnaireResponse): boolean => status === 'completed' || status === 'amended';

const isAnswerTo = (question: Task, response: QuestionnaireResponse): boolean =>
  isComplete(response) &&
  usesQuestionnaireOf(question, response) &&
  response.subject?.reference === question.for?.reference;
