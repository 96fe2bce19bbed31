import type { Parameters, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Caller } from '../../access/index.ts';
import { deadlinesOf, useCaseOf } from '../../deadline/index.ts';
import { ownerOf } from '../../exchange/memory/actors.ts';
import type { Reading } from '../../exchange/memory/as-seen.ts';
import { caseOf } from '../../exchange/memory/case.ts';
import { move } from '../../exchange/move/move.ts';
import { createTask } from '../../exchange/order-then-task.ts';
import type { Answer } from '../../exchange/pipeline/answer.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { consider } from '../../exchange.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import { overtaken } from '../../pages/inbox/actions.ts';
import { inboxPage, inboxTitle, requestPage, type Shown, statusesOf, titleOf } from '../../pages/inbox/page.ts';
import { contentOf, type InboxRequest, listed } from '../../pages/inbox/request.ts';
import type { StoredResource } from '../../store/port.ts';
import { envelopeOf } from '../envelope.ts';
import { redirect } from '../people/page.ts';
import type { ReadOutcome } from '../reader.ts';
import { statusOf } from '../status.ts';
import { refusalOf } from './draft-form.ts';
import { mayFillIn } from './drafts.ts';
import { answerIn, mayAsk, questionTask, withQuestions } from './inbox-questions.ts';
import { forPage, type PageContext, type PageInfo, refusePage, replyPage } from './page.ts';
import { postedForm } from './posted.ts';

/** Tasks looked at for one page of the list. */
const pageSize = 100;

const shownIn = (context: Context): Shown => {
  const asked = context.req.query('show');
  return asked === 'open' || asked === 'done' ? asked : 'new';
};

/** GET /inbox: the Tasks of which the organisation of the reader is the owner, in its projection. */
export const showInbox = (gateway: Gateway, context: Context, info: PageInfo): Promise<Response> =>
  forPage(
    gateway,
    context,
    info,
    'search-type',
    async (caller, page, permitted): Promise<ReadOutcome> => {
      const shown = shownIn(context);
      const cursor = context.req.query('cursor');
      const criteria = [{ name: 'status', values: statusesOf[shown] }];
      const sort = shown === 'done' ? '-_lastUpdated' : '_lastUpdated';
      const query = { criteria, sort, count: pageSize, ...(cursor ? { cursor } : {}) } as const;
      const found = await permitted.search('Task', query, caller.id);
      if (found.kind !== 'found') return { kind: 'refused', issues: [issue('not-found', {})] };
      const own = found.resources.filter((it) => ownerOf(gateway.network, taskIn(it)) === caller.id);
      const requests = await Promise.all(own.map((it) => requestOf(gateway, caller, permitted, it)));
      const when = { now: gateway.world.now(), timezone: gateway.network.settings.timezone };
      const content = inboxPage(page.view, requests, { shown, next: found.next, when });
      const title = inboxTitle(page.view);
      const references = requests.flatMap(({ task, person }) => [
        `Task/${task.id}`,
        ...(person && task.for?.reference ? [task.for.reference] : []),
      ]);
      const response = await replyPage(context, page, { title, current: 'inbox', content, isRoomy: true });
      return { kind: 'shown', response, references };
    },
    { action: 'search-type', kind: 'task' },
  );

/** GET /inbox/[id]: one of them, with what the organisation may read of its order. */
export const showRequest = (gateway: Gateway, context: Context, info: PageInfo): Promise<Response> =>
  forPage(
    gateway,
    context,
    info,
    'read',
    (caller, page, permitted) => requestOutcome(gateway, context, { caller, page, permitted }),
    { action: 'read', kind: 'task' },
  );

type Asking = {
  readonly caller: Caller;
  readonly page: PageContext;
  readonly permitted: Reading;
  /** A form that was not done, because somebody else moved the Task. */
  readonly missed?: { readonly rule: string; readonly typed: string; readonly status: number };
};

async function requestOutcome(
  gateway: Gateway,
  context: Context,
  { caller, page, permitted, missed }: Asking,
): Promise<ReadOutcome> {
  const stored = await permitted.read('Task', idIn(context), caller.id);
  if (!stored || ownerOf(gateway.network, taskIn(stored)) !== caller.id)
    return { kind: 'refused', issues: [issue('not-found', {})] };
  const { baseUrl, timezone } = gateway.network.settings;
  const request = await withQuestions(gateway, caller, permitted, await requestOf(gateway, caller, permitted, stored));
  const order = (request.task.focus?.reference ?? '').split('/');
  const found = order[0] === 'ServiceRequest' ? await caseOf(permitted, order[1] ?? '', caller.id, baseUrl) : undefined;
  const graph = (found?.graph.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
  const own = graph.find((it): it is ServiceRequest => it.resourceType === 'ServiceRequest' && it.id === order[1]);
  const patient = graph.find((it): it is Patient => `Patient/${it.id}` === request.task.for?.reference);
  const content = requestPage(page.view, request, {
    content: contentOf(own, patient, graph),
    form: {
      csrfToken: page.frame.reader?.csrfToken,
      requestId: gateway.world.newId(),
      mayAct: mayFillIn(gateway, caller),
      mayAsk: mayAsk(gateway, request, caller),
    },
    notice: missed && overtaken(page.view, missed.rule, missed.typed),
    when: { now: gateway.world.now(), timezone },
  });
  const title = titleOf(page.view, request);
  return {
    kind: 'shown',
    response: await replyPage(
      context,
      page,
      { title, current: 'inbox', content, isRoomy: true },
      { status: missed?.status ?? 200 },
    ),
    references: [`Task/${stored.id}`, ...graph.map((it) => `${it.resourceType}/${it.id}`)],
  };
}

/**
 * POST /inbox/[id]: moves the Task, as `$transition` does, of the version that the page showed. `request` names the form: sent twice, it is
 * done once.
 */
export async function answerRequest(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const posted = await postedForm(gateway, context, info);
  if (posted.kind === 'answered') return posted.response;
  const { form, session } = posted;
  const caller = { ...session.partner, person: session.person };
  const refuse = async (answer: Extract<Answer, { kind: 'refused' }>): Promise<Response> => {
    const [first] = answer.issues;
    const status = statusOf(answer.issues);
    if (!first || !overtakenBy.includes(first.rule)) return refusePage(gateway, context, info, answer.issues, caller);
    const missed = { rule: first.rule, typed: form.get('words')?.trim() ?? '', status };
    return asRequest(gateway, context, info, (it) => requestOutcome(gateway, context, { ...it, missed }));
  };
  const done = (answer: Answer): Response | Promise<Response> => {
    const refusal = refusalOf(answer);
    return refusal ? refuse(refusal) : redirect(`/inbox/${idIn(context)}`);
  };
  if (form.get('to') !== 'completed' || form.has('words'))
    return done(await sendMove(gateway, context, form, transitionOf(form)));
  // the answer to a question: what was typed, as its Questionnaire asks it
  return asRequest(gateway, context, info, async ({ permitted, caller: reader }) => {
    const stored = await permitted.read('Task', idIn(context), reader.id);
    const answer = stored && answerIn(gateway, taskIn(stored), form);
    if (!answer) return { kind: 'refused', issues: [issue('not-found', {})] };
    const { parameter = [] } = transitionOf(form);
    const parameters = {
      resourceType: 'Parameters' as const,
      parameter: [...parameter, { name: 'answer', resource: answer }],
    };
    const response = await done(await sendMove(gateway, context, form, parameters));
    return { kind: 'shown', response, references: [`Task/${idIn(context)}`] };
  });
}

type Read = (it: Asking) => Promise<ReadOutcome>;

const asRequest = (gateway: Gateway, context: Context, info: PageInfo, read: Read): Promise<Response> =>
  forPage(gateway, context, info, 'read', (caller, page, permitted) => read({ caller, page, permitted }), {
    action: 'read',
    kind: 'task',
  });

/** A move as `$transition` does it, or a question as a Task of its own; of the version that the page showed. */
function sendMove(gateway: Gateway, context: Context, form: URLSearchParams, parameters: Parameters): Promise<Answer> {
  const id = idIn(context);
  const isAsking = form.get('to') === 'ask';
  const content = isAsking ? questionTask(id, form) : parameters;
  const body = new TextEncoder().encode(JSON.stringify(content));
  const version = /^\d{1,9}$/.exec(form.get('version') ?? '')?.[0];
  const envelope = {
    ...envelopeOf(context, 0),
    requestId: form.get('request') ?? undefined,
    contentType: 'application/fhir+json',
    answerable: success(undefined),
    target: isAsking ? 'POST Task' : `POST Task/${id}/$transition`,
    readBody: async () => success(body),
  };
  return isAsking
    ? createTask(consider)(gateway, envelope)
    : move(gateway, envelope, { type: 'Task', method: 'transition', id, ifMatch: version && `W/"${version}"` });
}

/** Rules by which somebody else was first. */
const overtakenBy: readonly string[] = ['version-stale', 'task-ended'];

/** The Parameters of $transition that the form stands for. */
function transitionOf(form: URLSearchParams): Parameters {
  const [to, reason, words, business] = ['to', 'reason', 'words', 'business'].map(
    (name) => form.get(name)?.trim() ?? '',
  );
  return {
    resourceType: 'Parameters',
    parameter: [
      ...(to === 'progress' ? [progressOf(business ?? '', words ?? '')] : [{ name: 'status', valueCode: to ?? '' }]),
      ...(reason
        ? [
            {
              name: 'reason',
              valueCodeableConcept: {
                coding: [{ system: mgnCodeSystem('status-reason'), code: reason }],
                ...(words ? { text: words } : {}),
              },
            },
          ]
        : []),
      ...(to === 'completed' && words ? [{ name: 'outcome', valueString: words }] : []),
    ],
  };
}

const progressOf = (code: string, text: string) => ({
  name: 'businessStatus',
  valueCodeableConcept: {
    coding: [{ system: mgnCodeSystem('business-status'), code }],
    ...(text ? { text } : {}),
  },
});

const taskIn = ({ text }: StoredResource): InboxRequest['task'] => parseJson(text) as Task & { id: string };

/** Ids of the gateway only: the number of a person must not be looked up by an address. */
const idIn = (context: Context): string =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(context.req.param('id') ?? '')?.[0] ?? '-';

export async function requestOf(
  { network }: Gateway,
  caller: Caller,
  permitted: Reading,
  stored: StoredResource,
): Promise<InboxRequest> {
  const task = taskIn(stored);
  const readAt = async <T extends Resource>(type: string, reference: string | undefined): Promise<T | undefined> => {
    const [found, id] = (reference ?? '').split('/');
    const it = found === type && id ? await permitted.read(type, id, caller.id) : undefined;
    return it && (parseJson(it.text) as T);
  };
  const order = await readAt<ServiceRequest>('ServiceRequest', task.focus?.reference);
  const patient = await readAt<Patient>('Patient', task.for?.reference);
  const versions = stored.version === 1 ? [stored] : await permitted.history('Task', stored.id, caller.id);
  const before = versions.findIndex((it) => taskIn(it).status !== task.status);
  const inStatusSince = (before < 0 ? versions.at(-1) : versions[before - 1])?.lastUpdated ?? stored.lastUpdated;
  const { rules, calendar } = network.settings.watchdog;
  const watched = {
    useCase: useCaseOf(task),
    status: task.status,
    priority: task.priority ?? order?.priority ?? 'routine',
    inStatusSince,
    changedAt: stored.lastUpdated,
    createdAt: versions.at(-1)?.lastUpdated ?? stored.lastUpdated,
  };
  return listed(task, order, patient, deadlinesOf(watched, rules, calendar)[0]);
}
