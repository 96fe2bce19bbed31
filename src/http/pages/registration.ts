import type { Context } from 'hono';
import type { DraftValues, LoggedIn } from '../../access/index.ts';
import { assumedConsent } from '../../consent-source/index.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { accept } from '../../exchange.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { issue } from '../../fhir/issue.ts';
import { success } from '../../fhir/result.ts';
import { dayShown, type Errors } from '../../pages/form/field.ts';
import { failureBox } from '../../pages/frame/failure.ts';
import { type Consequence, consequencesOf } from '../../pages/registration/consequence.ts';
import { type Practice, referralForm } from '../../pages/registration/form.ts';
import { registrationsPage, registrationTitle, sentPage, stepPage } from '../../pages/registration/page.ts';
import { type Applicant, errorsIn, firstWrong, steps } from '../../pages/registration/steps.ts';
import { inZone } from '../../temporal.ts';
import { considerDraft } from '../dry-run.ts';
import type { DryRuns } from '../dry-runs.ts';
import { envelopeOf } from '../envelope.ts';
import { redirect } from '../people/page.ts';
import type { ReadOutcome } from '../reader.ts';
import { statusOf } from '../status.ts';
import { holderOf, isUuid, maySend, ownDraft, sessionIn, valuesIn } from './drafts.ts';
import { requestOf } from './inbox.ts';
import { forPage, type PageContext, type PageInfo, replyPage } from './page.ts';
import { postedForm } from './posted.ts';

type Parts = { readonly info: PageInfo; readonly dryRuns: DryRuns };

const formName = 'registration';

const notFound: ReadOutcome = { kind: 'refused', issues: [issue('not-found', {})] };

/** GET /register: begin a registration, or go on with one. */
export const showRegistrations = (gateway: Gateway, context: Context, { info }: Parts): Promise<Response> =>
  forPage(
    gateway,
    context,
    info,
    'console',
    async (_, page): Promise<ReadOutcome> => {
      const session = await sessionIn(gateway, context, info);
      if (!session) return notFound;
      const begun = await info.people.drafts.all(holderOf(session), formName, gateway.world.now());
      const content = registrationsPage(page.view, begun, tokenOf(gateway, page), gateway.world.newId());
      return shown(context, page, content);
    },
    maySend,
  );

/** POST /register: a new draft, named by the field `request`, so that a form that is sent twice begins one. */
export async function beginRegistration(gateway: Gateway, context: Context, { info }: Parts): Promise<Response> {
  const posted = await postedForm(gateway, context, info);
  if (posted.kind === 'answered') return posted.response;
  const { session, form } = posted;
  return forPage(
    gateway,
    context,
    info,
    'console',
    async (): Promise<ReadOutcome> => {
      const id = form.get('request') ?? '';
      if (!isUuid(id)) return notFound;
      const today = todayIn(gateway);
      const values = {
        'referrer.name': [session.person.name ?? ''],
        priority: ['routine'],
        'share.date': [dayShown(today)],
      };
      const isBegun = await info.people.drafts.begin(
        holderOf(session),
        { id, form: formName, values },
        gateway.world.now(),
      );
      return { kind: 'shown', response: redirect(isBegun ? `/register/${id}?step=1` : '/register'), references: [] };
    },
    maySend,
  );
}

/** GET /register/[id]?step=[n]: one step; what it became, once it was sent. */
export const showRegistration = (gateway: Gateway, context: Context, parts: Parts): Promise<Response> =>
  forPage(
    gateway,
    context,
    parts.info,
    'console',
    async (caller, page, permitted): Promise<ReadOutcome> => {
      const own = await ownDraft(gateway, context, parts.info, formName);
      if (!own) return notFound;
      const { draft, session } = own;
      if (draft.sent !== undefined) {
        const stored = await permitted.read('Task', draft.sent, caller.id);
        if (!stored) return notFound;
        const { task, deadline } = await requestOf(gateway, caller, permitted, stored);
        const sent = { number: draft.sent.slice(-8), owner: task.owner?.display, due: deadline?.due };
        const content = sentPage(page.view, sent, tokenOf(gateway, page));
        return shown(context, page, content, { references: [`Task/${draft.sent}`] });
      }
      const applicant = applicantOf(gateway, session);
      const wrong = firstWrong(draft.values, applicant);
      const asked = Math.trunc(Number(context.req.query('step') ?? 0)) - 1;
      const reached = wrong < 0 ? steps.length - 1 : wrong;
      const at = asked >= 0 && asked < steps.length ? Math.min(asked, reached) : reached;
      return answerStep(gateway, context, parts, { page, session, id: draft.id, at, values: draft.values, errors: {} });
    },
    maySend,
  );

/** POST /register/[id]?step=[n]: saves a step, and goes where the button says: `go`. */
export async function saveRegistration(gateway: Gateway, context: Context, parts: Parts): Promise<Response> {
  const posted = await postedForm(gateway, context, parts.info);
  if (posted.kind === 'answered') return posted.response;
  const { session, form } = posted;
  const go = form.get('go') ?? 'next';
  return forPage(
    gateway,
    context,
    parts.info,
    'console',
    async (_, page): Promise<ReadOutcome> => {
      const { drafts } = parts.info.people;
      const own = await ownDraft(gateway, context, parts.info, formName);
      if (!own) return notFound;
      const { id } = own.draft;
      if (own.draft.sent !== undefined) return to(`/register/${id}`);
      if (go === 'remove') {
        await drafts.remove(holderOf(session), id);
        return to('/register');
      }
      const asked = Number(context.req.query('step') ?? 1) - 1;
      const at = steps[asked] ? asked : 0;
      const step = steps[at]!;
      const typed = valuesIn(form, step.fields);
      const saved = await drafts.change(holderOf(session), id, (it) => ({ ...it, ...typed }), gateway.world.now());
      if (!saved) return notFound;
      const { values } = saved;
      const applicant = applicantOf(gateway, session);
      const place = { page, session, id, values };
      if (go === 'back') return to(`/register/${id}?step=${Math.max(1, at)}`);
      if (go === 'later') return to('/register');
      if (go === 'look') return answerStep(gateway, context, parts, { ...place, at, errors: {} });
      const errors = errorsIn(step, values, applicant);
      if (Object.keys(errors).length > 0)
        return answerStep(gateway, context, parts, { ...place, at, errors, status: 422 });
      if (go !== 'send') return to(`/register/${id}?step=${Math.min(steps.length, at + 2)}`);
      const wrong = firstWrong(values, applicant);
      if (wrong >= 0) {
        const found = errorsIn(steps[wrong]!, values, applicant);
        return answerStep(gateway, context, parts, { ...place, at: wrong, errors: found, status: 422 });
      }
      return send(gateway, context, parts, place);
    },
    maySend,
  );
}

type Place = {
  readonly page: PageContext;
  readonly session: LoggedIn;
  readonly id: string;
  readonly values: DraftValues;
};

/** The message that a system would post to /intake/referral, by the same way. The draft names it: sent twice, it is sent once. */
async function send(gateway: Gateway, context: Context, parts: Parts, place: Place): Promise<ReadOutcome> {
  const { session, id, values, page } = place;
  const body = messageOf(gateway, session, values);
  const answer = await accept(gateway, {
    ...envelopeOf(context, 0),
    requestId: id,
    contentType: 'application/json',
    answerable: success(undefined),
    intake: 'referral',
    target: 'POST intake/referral',
    readBody: async () => success(body),
  });
  const isDuplicate = answer.kind === 'refused' && answer.issues.every(({ rule }) => rule === 'duplicate');
  if (answer.kind === 'accepted' || isDuplicate) {
    const task = /\bTask\/([0-9a-f-]{36})/.exec(JSON.stringify(answer.body))?.[1];
    if (task) await parts.info.people.drafts.markSent(holderOf(session), id, task, gateway.world.now());
    return to(`/register/${id}`);
  }
  const status = statusOf(answer.issues);
  const refused = failureBox(page.view, {
    issues: answer.issues.filter(({ severity }) => severity !== 'information'),
    status,
  });
  return answerStep(gateway, context, parts, { ...place, at: steps.length - 1, errors: {}, status, refused });
}

const to = (address: string): ReadOutcome => ({ kind: 'shown', response: redirect(address), references: [] });

const todayIn = (gateway: Gateway): string =>
  inZone(gateway.network.settings.timezone, gateway.world.now()).toPlainDate().toString();

const applicantOf = (gateway: Gateway, { partner }: LoggedIn): Applicant => ({
  isCare: partner.domain === 'care',
  today: todayIn(gateway),
});

const messageOf = (gateway: Gateway, session: LoggedIn, values: DraftValues): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify(referralForm(values, applicantOf(gateway, session), practiceOf(gateway, session))),
  );

/** The organisation of the directory, by the identifiers that it has there. */
function practiceOf({ network }: Gateway, { partner }: LoggedIn): Practice {
  const found = network.directory.organization(partner.organization);
  const of = (system: string) => found?.identifiers.find((it) => it.system === system)?.value;
  const numbers = {
    agb: of(identifierSystems.agb),
    ura: of(identifierSystems.ura),
    kvk: of(identifierSystems.kvk),
  };
  const known = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
  return { name: found?.name ?? partner.name, ...known };
}

const tokenOf = ({ network }: Gateway, { frame }: PageContext) => ({
  csrfToken: frame.reader?.csrfToken,
  timezone: network.settings.timezone,
});

type Answered = Place & {
  readonly at: number;
  readonly errors: Errors;
  readonly status?: number;
  readonly refused?: ReturnType<typeof failureBox>;
};

async function answerStep(gateway: Gateway, context: Context, parts: Parts, it: Answered): Promise<ReadOutcome> {
  const { page, session, id, values, at, errors, status = 200, refused } = it;
  const applicant = applicantOf(gateway, session);
  const consequences = steps[at]?.name === 'share' ? await consequencesIn(gateway, parts, session, values) : undefined;
  const filling = { view: page.view, values, errors };
  const content = stepPage(filling, tokenOf(gateway, page), { id, at, applicant, consequences, refused });
  return shown(context, page, content, { status });
}

/** What follows from the answers so far: by a dry run of the message. Undefined where it would not be accepted yet. */
async function consequencesIn(
  gateway: Gateway,
  { dryRuns }: Parts,
  session: LoggedIn,
  values: DraftValues,
): Promise<readonly Consequence[] | undefined> {
  const { partner } = session;
  if (dryRuns(partner)) return undefined;
  const now = gateway.world.now();
  const deciding = { ...gateway, network: gateway.network, consentSource: assumedConsent };
  const draft = { contentType: 'application/json', body: messageOf(gateway, session, values), intake: 'referral' };
  const run = await considerDraft(gateway, draft, { partner, step: 'project', at: now, deciding });
  return run.ok && run.value.ok ? consequencesOf(deciding, run.value.value, { partner, now }) : undefined;
}

const shown = async (
  context: Context,
  page: PageContext,
  content: ReturnType<typeof stepPage>,
  { status = 200, references = [] }: { readonly status?: number; readonly references?: readonly string[] } = {},
): Promise<ReadOutcome> => ({
  kind: 'shown',
  response: await replyPage(
    context,
    page,
    {
      title: registrationTitle(page.view),
      current: 'register',
      content,
      isRoomy: true,
      isForm: /\/[0-9a-f-]{36}$/.test(context.req.path),
    },
    { status },
  ),
  references,
});
