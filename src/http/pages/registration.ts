import type { Context } from 'hono';
import type { DraftValues, LoggedIn } from '../../access/index.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { dayShown, type Errors } from '../../pages/form/field.ts';
import { failureBox } from '../../pages/frame/failure.ts';
import { type Consequence, consequencesOf } from '../../pages/registration/consequence.ts';
import { type Practice, referralForm } from '../../pages/registration/form.ts';
import { registrationsPage, registrationTitle, sentPage, stepPage } from '../../pages/registration/page.ts';
import { type Applicant, errorsIn, firstWrong, steps } from '../../pages/registration/steps.ts';
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
import { holderOf, isUuid, ownDraft, sessionIn, valuesIn } from './drafts.ts';
import { requestOf } from './inbox.ts';
import type { PageContext } from './page.ts';

const formName = 'registration';

/** GET /register: begin a registration, or go on with one. */
export const showRegistrations = (gateway: Gateway, context: Context, { info }: FormParts): Promise<Response> =>
  onForm(gateway, context, { info }, async ({ page }) => {
    const session = await sessionIn(gateway, context, info);
    if (!session) return notFound;
    const begun = await info.people.drafts.all(holderOf(session), formName, gateway.world.now());
    const content = registrationsPage(page.view, begun, tokenOf(gateway, page), gateway.world.newId());
    return shown(context, page, content);
  });

/** POST /register: a new draft, named by the field `request`, so that a form that is sent twice begins one. */
export const beginRegistration = (gateway: Gateway, context: Context, { info }: FormParts): Promise<Response> =>
  onPosted(gateway, context, { info }, async ({ session, form }) => {
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
    return to(isBegun ? `/register/${id}?step=1` : '/register');
  });

/** GET /register/[id]?step=[n]: one step; what it became, once it was sent. */
export const showRegistration = (gateway: Gateway, context: Context, parts: FormParts): Promise<Response> =>
  onForm(gateway, context, parts, async ({ caller, page, permitted }) => {
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
  });

/** POST /register/[id]?step=[n]: saves a step, and goes where the button says: `go`. */
export const saveRegistration = (gateway: Gateway, context: Context, parts: FormParts): Promise<Response> =>
  onPosted(gateway, context, parts, async ({ session, form }, { page }) => {
    const go = form.get('go') ?? 'next';
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
  });

/** The message that a system would post to /intake/referral, by the same way. */
async function send(gateway: Gateway, context: Context, parts: FormParts, place: Place): Promise<ReadOutcome> {
  const { session, id, values, page } = place;
  const body = messageOf(gateway, session, values);
  const answer = await sendDraft(gateway, context, id, {
    contentType: 'application/json',
    body,
    target: 'POST intake/referral',
    intake: 'referral',
  });
  const refusal = refusalOf(answer);
  if (!refusal) {
    const task = /\bTask\/([0-9a-f-]{36})/.exec(JSON.stringify(answer.body))?.[1];
    if (task) await parts.info.people.drafts.markSent(holderOf(session), id, task, gateway.world.now());
    return to(`/register/${id}`);
  }
  const status = statusOf(refusal.issues);
  const refused = failureBox(page.view, {
    issues: refusal.issues.filter(({ severity }) => severity !== 'information'),
    status,
  });
  return answerStep(gateway, context, parts, { ...place, at: steps.length - 1, errors: {}, status, refused });
}

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

type Answered = Place & {
  readonly at: number;
  readonly errors: Errors;
  readonly status?: number;
  readonly refused?: ReturnType<typeof failureBox>;
};

async function answerStep(gateway: Gateway, context: Context, parts: FormParts, it: Answered): Promise<ReadOutcome> {
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
  { dryRuns }: FormParts,
  session: LoggedIn,
  values: DraftValues,
): Promise<readonly Consequence[] | undefined> {
  const { partner } = session;
  if (dryRuns(partner)) return undefined;
  const now = gateway.world.now();
  const deciding = withoutAsking(gateway);
  const draft = { contentType: 'application/json', body: messageOf(gateway, session, values), intake: 'referral' };
  const run = await considerDraft(gateway, draft, { partner, step: 'project', at: now, deciding });
  return run.ok && run.value.ok ? consequencesOf(deciding, run.value.value, { partner, now }) : undefined;
}

const shown = (
  context: Context,
  page: PageContext,
  content: ReturnType<typeof stepPage>,
  more: Parameters<typeof shownForm>[3] = {},
): Promise<ReadOutcome> =>
  shownForm(context, page, { title: registrationTitle(page.view), current: 'register', content }, more);
