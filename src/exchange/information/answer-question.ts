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
import { parse } from '../reading/parse.ts';
import { containedQuestionnaire } from './request-information.ts';

type Response = QuestionnaireResponse & { readonly id: string };

/** An answer that is given: new with the move, or posted before it. */
export type SubmittedAnswer = { readonly task: Task; readonly response: Response; readonly isNew: boolean };

/**
 * The answer by which a question is completed: sent along with $transition, or posted before and named in Task.output.
 * Undefined for every other move, and where there is none: the state machine says what is missing.
 */
export async function submittedAnswer(
  gateway: Gateway,
  received: Received,
  { before, after, sent }: { readonly before: Task; readonly after: Task; readonly sent: Resource | undefined },
): Promise<Result<SubmittedAnswer | undefined>> {
  if (!isQuestion(before) || after.status !== 'completed' || !isOpen(before)) return success(undefined);
  if (ownerOf(gateway.network, before) !== received.partner.id) return success(undefined);
  if (sent) {
    const made = await responseTo(gateway, received, before, sent);
    if (!made.ok) return made;
    const output = [...(after.output ?? []), answerOutput(`QuestionnaireResponse/${made.value.id}`)];
    return success({ task: { ...after, output }, response: made.value, isNew: true });
  }
  const named = (after.output ?? []).flatMap(({ valueReference }) => valueReference?.reference ?? []);
  const reference = named.map((it) => atGateway(it, gateway.network.settings.baseUrl)).find(isResponse);
  if (!reference) return success(undefined);
  const posted = await readAt(gateway.store, reference, received.partner.id);
  const fits = isType(posted, 'QuestionnaireResponse') && answers(before, posted as QuestionnaireResponse);
  if (!fits) return failure(issue('questionnaire-response-invalid', {}, { expression: 'Task.output' }));
  return success({ task: after, response: posted as Response, isNew: false });
}

const isResponse = (reference: string | undefined): reference is string =>
  reference?.startsWith('QuestionnaireResponse/') ?? false;

/** The answer beside its move: stored or opened for the requester, who gets it with its Task. */
export const discloseAnswer =
  ({ task, response, isNew }: SubmittedAnswer): Consequence =>
  async ({ network }, { versioned, mover, at }) => {
    const question = versioned.find(({ resource }) => resource.id === task.id)?.resource as Question | undefined;
    const asker = question && senderOf(network, question);
    const recipient = asker ? recipientOf(network, asker) : undefined;
    const readers = [mover, ...(asker ? [asker] : [])];
    const changes = isNew ? [{ resource: response, expect: 'new' as const, readers }] : [];
    const grants = isNew ? [] : [{ type: 'QuestionnaireResponse', id: response.id, readers }];
    if (!question || !asker || !recipient) return success({ changes, grants });
    const graph: Bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: question }, { resource: response }],
    };
    const disclosed = answerTo({ graph, recipient, legalBasis: legalBasisOf(question), now: at });
    const disclosure = disclosureTo(network, { partner: asker, purpose: 'answer', ...disclosed, updatesTask: true });
    return success({ changes, grants, disclosures: [disclosure] });
  };

type Question = Task & { readonly id: string };

/**
 * FHIR create of an answer, to be named by the Task that it completes (SDC). Taken only while a question waits for its
 * sender, who alone can read it until then.
 */
export const createAnswer = (gateway: Gateway, envelope: Envelope): Promise<Answer> =>
  change(gateway, envelope, { interaction: 'create', target: newOf('QuestionnaireResponse') }, (received) =>
    considerAnswer(gateway, received),
  );

async function considerAnswer(gateway: Gateway, received: Received): Promise<Result<CommitPlan>> {
  const { network, store } = gateway;
  const parsed = parse(received.contentType, received.body, network.settings.limits);
  if (!parsed.ok) return parsed;
  const sent = parsed.value.resource;
  const named = isType(sent, 'QuestionnaireResponse') ? (sent.basedOn ?? []) : [];
  const orders = named.flatMap(({ reference = '' }) => atGateway(reference, network.settings.baseUrl) ?? []);
  const tasks = await find<Task>(store, 'Task', 'focus', orders);
  const about = tasks.map(({ id }) => `Task/${id}`);
  const questions = (await find<Task>(store, 'Task', 'focus', about, received.partner.id)).filter(
    (it) => isQuestion(it) && isOpen(it) && ownerOf(network, it) === received.partner.id,
  );
  const asked = questions.find((it) => asks(it, sent as QuestionnaireResponse)) ?? questions[0];
  if (!asked)
    return failure(issue('questionnaire-response-not-requested', {}, { expression: 'QuestionnaireResponse.basedOn' }));
  const made = await responseTo(gateway, received, asked, sent);
  if (!made.ok) return made;
  const resource = { ...made.value, meta: { ...made.value.meta, versionId: '1' } };
  return success({
    interaction: 'create',
    action: 'C',
    body: resource,
    location: `QuestionnaireResponse/${resource.id}`,
    version: 1,
    steps: [],
    changes: [{ resource, expect: 'new', readers: [received.partner.id] }],
    guards: [{ type: 'Task', id: asked.id, version: Number(asked.meta?.versionId) }],
    dispatches: () => [],
    codes: [],
    journey: `Task/${asked.id}`,
  });
}

/** What was sent, as the answer to this question: held against its Questionnaire, about its person and order and nothing else. */
async function responseTo(
  gateway: Gateway,
  { partner }: Received,
  question: Task,
  sent: Resource,
): Promise<Result<Response>> {
  const { network, world, validator, terminology, store } = gateway;
  const unfit = failure(issue('questionnaire-response-invalid', {}, { expression: 'QuestionnaireResponse' }));
  if (!isType(sent, 'QuestionnaireResponse')) return unfit;
  const own = containedQuestionnaire(question);
  const holding = own ? validator.with([own]) : validator;
  const report = await validated({ validator: holding, terminology }, sent);
  if (report.verdict !== 'valid') return failure(...refusingIssues(report.issues));
  if (!asks(question, sent) || !isComplete(sent)) return unfit;

  const order = await readAt(store, await focusOf(store, question));
  const subject = isType(order, 'ServiceRequest') ? (order as ServiceRequest).subject.reference : undefined;
  if (!subject || !order) return unfit;
  const base = network.settings.baseUrl;
  const settled = { subject: { reference: subject }, basedOn: [{ reference: `ServiceRequest/${order.id}` }] };
  const lawful = new Set([subject, `ServiceRequest/${order.id}`]);
  const strange = referencesIn(sent).some(({ text }) => {
    if (text === undefined || text.startsWith('#')) return false;
    const there = atGateway(text, base) ?? text;
    return !lawful.has(there) && !network.directory.organization(there) && !network.directory.service(there);
  });
  if (strange) return unfit;
  const id = world.newId();
  const { identifier, ...rest } = sent;
  const known = identifier?.system && identifier.value && !isBsn(identifier.system) ? identifier : undefined;
  return success({
    ...withoutNumbers(rest),
    ...settled,
    id,
    meta: { ...sent.meta, source: sourceOfPartner(partner.id) },
    identifier: known ?? resourceIdentifier(id),
  });
}

const isBsn = (system: string | undefined): boolean => system === identifierSystems.bsn;

/** A BSN lives in Patient.identifier alone; who answers is told by name or by an identifier of its own. */
function withoutNumbers<T extends Pick<QuestionnaireResponse, 'author' | 'source'>>(response: T): T {
  const made = clone(response);
  for (const who of [made.author, made.source]) if (who && isBsn(who.identifier?.system)) delete who.identifier;
  return made;
}

/** Of the Questionnaire that was asked, in the version that was asked where both name one. */
function asks(question: Task, { questionnaire }: QuestionnaireResponse): boolean {
  const own = containedQuestionnaire(question);
  const canonical = own ? `${own.url}${own.version ? `|${own.version}` : ''}` : (questionnaireOf(question) ?? '');
  const [url, version] = canonical.split('|');
  const [givenUrl, givenVersion] = (questionnaire ?? '').split('|');
  return url !== '' && url === givenUrl && (!version || !givenVersion || version === givenVersion);
}

const isComplete = ({ status }: QuestionnaireResponse): boolean => status === 'completed' || status === 'amended';

const answers = (question: Task, response: QuestionnaireResponse): boolean =>
  isComplete(response) && asks(question, response) && response.subject?.reference === question.for?.reference;
