import type { Questionnaire, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import type { Caller } from '../../access/index.ts';
import type { Reading } from '../../exchange/memory/as-seen.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { canonicalBase } from '../../fhir/canonical.ts';
import { parseJson } from '../../fhir/json.ts';
import { asAsked, asFields } from '../../pages/inbox/answer-fields.ts';
import type { AskedQuestion, InboxRequest } from '../../pages/inbox/request.ts';
import { fieldsOf, itemsOf } from '../../pages/questionnaire/answers.ts';
import { type Question, questionsOf } from '../../pages/questionnaire/questions.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { isOpen, isQuestion, questionnaireOf } from '../../workflow/index.ts';
import { valuesIn } from './drafts.ts';

const sdc = 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp';

/** Whether the organisation may ask the one who requests: within care, once it carries the Task out (docs/guide/workflow.md). */
export const mayAsk = ({ network }: Gateway, { task }: InboxRequest, caller: Caller): boolean =>
  verbOf(task) === 'fulfill' &&
  isOpen(task) &&
  network.partners.get(caller.id)?.domain !== 'social' &&
  (task.focus?.reference ?? '').startsWith('ServiceRequest/');

/** The Task that asks the requester, in the words of who asks: a Questionnaire of one question. */
export function questionTask(id: string, form: URLSearchParams): Task {
  const question = {
    resourceType: 'Questionnaire',
    id: 'question',
    url: `${canonicalBase}/Questionnaire/${form.get('request') ?? ''}`,
    status: 'active',
    item: [{ linkId: 'question', type: 'text', text: form.get('words')?.trim() ?? '', required: true }],
  };
  return {
    resourceType: 'Task',
    contained: [question as NonNullable<Task['contained']>[number]],
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: sdc, code: 'complete-questionnaire' }] },
    focus: { reference: `Task/${id}` },
    input: [{ type: { coding: [{ system: sdc, code: 'questionnaire' }] }, valueReference: { reference: '#question' } }],
  };
}

/** The Questionnaire of a question: contained in it, or published. */
function questionnaireIn({ validator }: Gateway, task: Task): Questionnaire | undefined {
  const own = (task.contained ?? []).find((it): it is Questionnaire => it.resourceType === 'Questionnaire');
  return own ?? (validator.definitions.find('Questionnaire', questionnaireOf(task) ?? '') as Questionnaire | undefined);
}

function questionsIn(gateway: Gateway, task: Task): readonly Question[] {
  const found = isQuestion(task) ? questionnaireIn(gateway, task) : undefined;
  if (!found) return [];
  const { definitions } = gateway.validator;
  return questionsOf(
    found,
    {
      valueSet: (url) => definitions.find('ValueSet', url),
      codeSystem: (url) => definitions.find('CodeSystem', url),
      choicesFor: () => undefined,
    },
    {},
  );
}

/** What was typed, as the answer to a question; undefined where the Task is none. */
export function answerIn(gateway: Gateway, task: Task, form: URLSearchParams): QuestionnaireResponse | undefined {
  const questionnaire = isQuestion(task) ? questionnaireIn(gateway, task) : undefined;
  if (!questionnaire?.url) return undefined;
  const questions = asFields(questionsIn(gateway, task));
  const values = valuesIn(form, fieldsOf(questions, {}));
  return {
    resourceType: 'QuestionnaireResponse',
    questionnaire: questionnaire.version ? `${questionnaire.url}|${questionnaire.version}` : questionnaire.url,
    status: 'completed',
    item: asAsked(itemsOf(questions, values)),
  };
}

/** A request with what it asks, and what the organisation asked about it, as far as its reader may read. */
export async function withQuestions(
  gateway: Gateway,
  caller: Caller,
  permitted: Reading,
  request: InboxRequest,
): Promise<InboxRequest> {
  const { task } = request;
  if (isQuestion(task)) return { ...request, questions: questionsIn(gateway, task) };
  const criteria = [{ name: 'part-of', values: [`Task/${task.id}`] }];
  const found = await permitted.search('Task', { criteria, sort: '_lastUpdated', count: 50 }, caller.id);
  if (found.kind !== 'found') return request;
  const asked: AskedQuestion[] = [];
  for (const { text } of found.resources) {
    const it = parseJson(text) as Task;
    if (isQuestion(it)) asked.push(await askedIn(gateway, caller, permitted, it));
  }
  return { ...request, asked };
}

async function askedIn(gateway: Gateway, caller: Caller, permitted: Reading, it: Task): Promise<AskedQuestion> {
  const question = questionsIn(gateway, it)
    .map(({ label }) => label.nl)
    .join(' ');
  const reference = (it.output ?? []).flatMap(({ valueReference }) => valueReference?.reference ?? [])[0];
  const [type, id] = (reference ?? '').split('/');
  const stored = type === 'QuestionnaireResponse' && id ? await permitted.read(type, id, caller.id) : undefined;
  const response = stored && (parseJson(stored.text) as QuestionnaireResponse);
  const answer = (response?.item ?? [])
    .flatMap(({ answer: given = [] }) => given)
    .map(
      ({ valueString, valueDate, valueCoding, valueBoolean }) =>
        valueString ?? valueDate ?? valueCoding?.display ?? valueCoding?.code ?? String(valueBoolean ?? ''),
    )
    .filter(Boolean)
    .join('; ');
  return { question, answer: answer || undefined };
}
