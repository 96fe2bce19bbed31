import type { CarePlan, Questionnaire, QuestionnaireResponse } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Caller, DraftValues, LoggedIn } from '../../access/index.ts';
import { ownerOf } from '../../exchange/memory/actors.ts';
import type { Reading } from '../../exchange/memory/as-seen.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { canonicalBase, mgnProfile } from '../../fhir/canonical.ts';
import { resourcesOf } from '../../fhir/graph.ts';
import { type Issue, isError } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import {
  conversationsPage,
  conversationTitle,
  planPage,
  recordPage,
  recordSentPage,
} from '../../pages/conversation/page.ts';
import { english } from '../../pages/conversation/words.ts';
import { dayShown, type Errors, type Option, typedIn } from '../../pages/form/field.ts';
import { failureBox } from '../../pages/frame/failure.ts';
import { errorsOf, fieldsOf, itemsOf, rowsName, rowsOf } from '../../pages/questionnaire/answers.ts';
import { type Question, questionsOf } from '../../pages/questionnaire/questions.ts';
import { considerDraft } from '../dry-run.ts';
import type { ReadOutcome } from '../reader.ts';
import { statusOf } from '../status.ts';
import {
  type FormParts,
  notFound,
  onForm,
  onPosted,
  type Place,
  refusalOf,
  sendDraft,
  shownForm,
  to,
  todayIn,
  tokenOf,
  withoutAsking,
} from './draft-form.ts';
import { holderOf, isUuid, type OwnDraft, ownDraft, sessionIn, valuesIn } from './drafts.ts';
import { requestOf } from './inbox.ts';
import type { PageContext, PageInfo } from './page.ts';

const formName = 'conversation';
const questionnaireUrl = `${canonicalBase}/Questionnaire/verkennend-gesprek`;

/** GET /conversation: registrations that the organisation accepted, and records that the reader began. */
export const showConversations = (gateway: Gateway, context: Context, { info }: FormParts): Promise<Response> =>
  onForm(gateway, context, { info }, async ({ caller, page, permitted }) => {
    const session = await sessionIn(gateway, context, info);
    if (!session) return notFound;
    const criteria = [{ name: 'status', values: ['accepted', 'in-progress'] }];
    const found = await permitted.search('Task', { criteria, sort: '_lastUpdated', count: 100 }, caller.id);
    if (found.kind !== 'found') return notFound;
    const own = found.resources.filter((it) => ownerOf(gateway.network, parseJson(it.text) as never) === caller.id);
    const requests = await Promise.all(own.map((it) => requestOf(gateway, caller, permitted, it)));
    const open = requests.flatMap(({ useCase, task, person }) =>
      useCase === 'registration' ? { task: task.id, person: person ?? task.id.slice(-8) } : [],
    );
    const drafts = await info.people.drafts.all(holderOf(session), formName, gateway.world.now());
    const begun = [];
    for (const { id, values, ends } of drafts) {
      const order = await orderOf(gateway, caller, permitted, typedIn(values, 'task'));
      if (order) begun.push({ id, ends, person: typedIn(order, 'person'), task: typedIn(values, 'task') });
    }
    const content = conversationsPage(page.view, { open, begun }, tokenOf(gateway, page), gateway.world.newId);
    const tasks = new Set([...open, ...begun].map(({ task }) => `Task/${task}`));
    return shown(context, page, content, { references: [...tasks] });
  });

/** POST /conversation: begins the record of the Task in the field `task`. */
export const beginConversation = (gateway: Gateway, context: Context, { info }: FormParts): Promise<Response> =>
  onPosted(gateway, context, { info }, async ({ form, session }, { caller, permitted }) => {
    const [id, task] = [form.get('request') ?? '', form.get('task') ?? ''];
    const order = isUuid(id) && isUuid(task) ? await orderOf(gateway, caller, permitted, task) : undefined;
    if (!order) return notFound;
    const now = gateway.world.now();
    const values = { ...order, task: [task], date: [dayShown(todayIn(gateway))] };
    const isBegun = await info.people.drafts.begin(holderOf(session), { id, form: formName, values }, now);
    return to(isBegun ? `/conversation/${id}` : '/conversation');
  });

/** The order of a Task that the organisation owns, and the name of its person. */
async function orderOf(
  gateway: Gateway,
  caller: Caller,
  permitted: Reading,
  id: string,
): Promise<DraftValues | undefined> {
  const stored = await permitted.read('Task', id, caller.id);
  if (!stored) return undefined;
  const { task, person } = await requestOf(gateway, caller, permitted, stored);
  const order = task.focus?.reference;
  if (ownerOf(gateway.network, task) !== caller.id || !order) return undefined;
  return { order: [order], person: [person ?? id.slice(-8)] };
}

/** The record in the address. It names a person: it opens as long as its organisation may read of which registration it is. */
async function ownRecord(
  gateway: Gateway,
  context: Context,
  info: PageInfo,
  { caller, permitted }: { readonly caller: Caller; readonly permitted: Reading },
): Promise<OwnDraft | undefined> {
  const own = await ownDraft(gateway, context, info, formName);
  if (!own || own.draft.sent !== undefined) return own;
  return (await orderOf(gateway, caller, permitted, typedIn(own.draft.values, 'task'))) ? own : undefined;
}

/** GET /conversation/[id]: the form with the plan; `?plan=1`: the plan alone. */
export const showConversation = (gateway: Gateway, context: Context, parts: FormParts): Promise<Response> =>
  onForm(gateway, context, parts, async ({ caller, page, permitted }) => {
    const own = await ownRecord(gateway, context, parts.info, { caller, permitted });
    if (!own) return notFound;
    const { draft, session } = own;
    if (draft.sent !== undefined) return shown(context, page, recordSentPage(page.view));
    return answer(gateway, context, parts, { page, session, id: draft.id, values: draft.values, errors: {} });
  });

/** POST /conversation/[id]: saves what was typed, and does what the button says: `go`. */
export const saveConversation = (gateway: Gateway, context: Context, parts: FormParts): Promise<Response> =>
  onPosted(gateway, context, parts, async ({ form, session }, { caller, page, permitted }) => {
    const go = form.get('go') ?? 'save';
    const { drafts } = parts.info.people;
    const own = await ownRecord(gateway, context, parts.info, { caller, permitted });
    if (!own) return notFound;
    const { id } = own.draft;
    if (own.draft.sent !== undefined) return to(`/conversation/${id}`);
    if (go === 'remove') {
      await drafts.remove(holderOf(session), id);
      return to('/conversation');
    }
    const questions = questionsIn(gateway);
    const counted = valuesIn(
      form,
      questions.map(({ linkId }) => rowsName(linkId)),
    );
    const typed = valuesIn(form, fieldsOf(questions, counted));
    const added = questions.find(({ linkId }) => go === `add:${linkId}`);
    const more = added ? { [rowsName(added.linkId)]: [String(rowsOf(typed, added) + 1)] } : {};
    const change = (it: DraftValues) => ({ ...it, ...typed, ...more });
    const saved = await drafts.change(holderOf(session), id, change, gateway.world.now());
    if (!saved) return notFound;
    if (go === 'later') return to('/conversation');
    if (added) return to(`/conversation/${id}#group-${added.linkId}`);
    const place = { page, session, id, values: saved.values };
    const errors = go === 'send' ? errorsOf(questions, saved.values) : {};
    if (Object.keys(errors).length > 0) return answer(gateway, context, parts, { ...place, errors, status: 422 });
    if (go !== 'send') return to(`/conversation/${id}`);
    return send(gateway, context, parts, place);
  });

/** The answers as a system would post them to /fhir, by the same way. */
async function send(gateway: Gateway, context: Context, parts: FormParts, place: Place): Promise<ReadOutcome> {
  const { session, id, values } = place;
  const body = responseOf(gateway, values);
  const sent = await sendDraft(gateway, context, id, { contentType: 'application/fhir+json', body, target: 'POST ' });
  const refusal = refusalOf(sent);
  if (!refusal) {
    await parts.info.people.drafts.markSent(holderOf(session), id, typedIn(values, 'task'), gateway.world.now());
    return to(`/conversation/${id}`);
  }
  const status = statusOf(refusal.issues);
  return answer(gateway, context, parts, { ...place, errors: {}, status, issues: refusal.issues.filter(isError) });
}

const responseOf = (gateway: Gateway, values: DraftValues): Uint8Array => {
  const response: QuestionnaireResponse = {
    resourceType: 'QuestionnaireResponse',
    meta: { profile: [mgnProfile('conversation-form')] },
    questionnaire: questionnaireUrl,
    status: 'completed',
    basedOn: [{ reference: typedIn(values, 'order') }],
    // the day alone: a form that is sent twice is the same message
    authored: todayIn(gateway),
    item: itemsOf(questionsIn(gateway), values),
  };
  return new TextEncoder().encode(JSON.stringify(response));
};

/** The questions of the published Questionnaire, with services and organisations of the directory to choose from. */
function questionsIn({ validator, network }: Gateway): readonly Question[] {
  const { definitions } = validator;
  const questionnaire = definitions.find('Questionnaire', questionnaireUrl) as Questionnaire | undefined;
  const { directory } = network;
  const option = ({ reference, name }: { readonly reference: string; readonly name: string }): Option => ({
    value: reference,
    label: { nl: name, en: name },
  });
  const lists: Readonly<Record<string, () => readonly Option[]>> = {
    'request-service': () => directory.services.filter(({ active }) => active).map(option),
    'consent-recipient': () =>
      directory.organizations
        .filter(({ active, member, domain }) => active && member && domain === 'social')
        .map(option),
  };
  return questionnaire
    ? questionsOf(
        questionnaire,
        {
          valueSet: (url) => definitions.find('ValueSet', url),
          codeSystem: (url) => definitions.find('CodeSystem', url),
          choicesFor: (linkId) => lists[linkId]?.(),
        },
        english,
      )
    : [];
}

type Answered = Place & { readonly errors: Errors; readonly status?: number; readonly issues?: readonly Issue[] };

async function answer(gateway: Gateway, context: Context, parts: FormParts, it: Answered): Promise<ReadOutcome> {
  const { page, session, id, values, errors, status = 200, issues } = it;
  const plan = await planIn(gateway, parts, session, values);
  const refused = issues && failureBox(page.view, { issues, status });
  const record = { id, person: typedIn(values, 'person'), questions: questionsIn(gateway), plan, refused };
  const references = [`Task/${typedIn(values, 'task')}`];
  const content =
    context.req.query('plan') === '1'
      ? planPage(page.view, record)
      : recordPage({ view: page.view, values, errors }, tokenOf(gateway, page), record);
  return shown(context, page, content, { status, references });
}

/** The plan in plain Dutch, as the gateway would write it of what was typed so far. Undefined where there is none yet. */
async function planIn(
  gateway: Gateway,
  { dryRuns }: FormParts,
  { partner }: LoggedIn,
  values: DraftValues,
): Promise<string | undefined> {
  if (dryRuns(partner)) return undefined;
  const deciding = withoutAsking(gateway);
  const draft = { contentType: 'application/fhir+json', body: responseOf(gateway, values) };
  const run = await considerDraft(gateway, draft, { partner, step: 'explain', at: gateway.world.now(), deciding });
  if (!run.ok || !run.value.ok) return undefined;
  const plan = resourcesOf(run.value.value.graph).find((it) => isType(it, 'CarePlan')) as CarePlan | undefined;
  return plan?.text?.div;
}

const shown = (
  context: Context,
  page: PageContext,
  content: ReturnType<typeof recordPage>,
  more: Parameters<typeof shownForm>[3] = {},
): Promise<ReadOutcome> =>
  shownForm(context, page, { title: conversationTitle(page.view), current: 'conversation', content }, more);
