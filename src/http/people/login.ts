import type { Context } from 'hono';
import {
  contentOf,
  cookieIn,
  isLoopbackRequest,
  type LoggedIn,
  type People,
  pendingSeconds,
  requestedLevels,
  returnPath,
  setCookie,
  whoIs,
} from '../../access/index.ts';
import { auditEvent } from '../../audit/event.ts';
import { refused } from '../../exchange/pipeline/answer.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { agentOf, tracesOf } from '../../exchange/reading/audited-request.ts';
import { catalogue } from '../../fhir/catalogue/index.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { envelopeOf, isClientOnThisMachine } from '../envelope.ts';
import type { PageInfo } from '../pages/page.ts';
import { demoPage } from './demo.ts';
import { redirect, refusal } from './page.ts';

type SessionContent = ReturnType<typeof contentOf>;

/**
 * GET /login: the way to the provider, `?return=/path` back to a page, `?partner=id` for somebody of several organisations. In a
 * demo network without a provider it is a page with the people of the demo.
 */
export async function beginLogin(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { people } = info;
  const { provider, who, cookies } = people;
  if (!provider && mayChooseDemo(people, context)) return demoPage(gateway, context, info);
  if (!provider) return refuseLogin({ gateway, info }, context, [issue('login-people-absent', {})]);
  const begun = await provider.begin(requestedLevels(who));
  if (!begun.ok) return refuseLogin({ gateway, info }, context, begun.issues);
  const { url, attempt } = begun.value;
  const partner = context.req.query('partner');
  const pending = people.sealPending({
    ...attempt,
    issuer: provider.settings.issuer,
    returnTo: returnPath(context.req.query('return')),
    ...(partner && who.partners.has(partner) ? { partner } : {}),
    until: gateway.world.now().getTime() + pendingSeconds * 1_000,
  });
  return redirect(url, [setCookie(cookies.login, pending, pendingSeconds, cookies.isSecure)]);
}

/** GET /login/callback: the way back from the provider, once, in the browser that went there. */
export async function finishLogin(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { people } = info;
  const { provider, cookies } = people;
  const now = gateway.world.now();
  const forget = [setCookie(cookies.login, '', 0, cookies.isSecure)];
  const refuse = (issues: readonly Issue[]) => refuseLogin({ gateway, info }, context, issues, forget);
  const pending = people.pending(context.req.header('cookie'), now);
  if (!provider || !pending || pending.issuer !== provider.settings.issuer)
    return refuse([issue('login-attempt-missing', {})]);
  const used = { now, milliseconds: pendingSeconds * 1_000 };
  if (!(await people.once(['login', pending.state], used)))
    return refuse([issue('login-response-invalid', { problem: 'replayed' })]);
  const identity = await provider.complete(new URL(context.req.url).search, pending);
  if (!identity.ok) return refuse(identity.issues);
  const { sid } = identity.value.claims;
  return logIn({ gateway, info }, context, {
    content: contentOf(identity.value, provider, { partner: pending.partner, now }),
    returnTo: pending.returnTo,
    forget,
    ...(typeof sid === 'string' ? { providerSession: sid } : {}),
  });
}

type Door = { readonly gateway: Gateway; readonly info: PageInfo };

type Known = {
  readonly content: SessionContent;
  readonly returnTo: string;
  readonly providerSession?: string;
  /** Cookies that go with the answer. */
  readonly forget: readonly string[];
};

/** Begins the session of somebody whom the provider, or the demo, has identified. Its audit event is stored before. */
export async function logIn(
  { gateway, info }: Door,
  context: Context,
  { content, returnTo, providerSession, forget }: Known,
): Promise<Response> {
  const now = gateway.world.now();
  const { who, sessions, cookies } = info.people;
  const known = whoIs(who, content, now);
  if (!known.ok) return refuseLogin({ gateway, info }, context, known.issues, forget);
  await recordLogin(gateway, context, known.value, 'login');
  const before = cookieIn(context.req.header('cookie'), cookies.session);
  const { secret, ends } = await sessions.start(content, {
    now,
    before,
    ...(providerSession ? { providerSession } : {}),
  });
  const seconds = Math.floor((ends.getTime() - now.getTime()) / 1_000);
  return redirect(returnTo, [...forget, setCookie(cookies.session, secret, seconds, cookies.isSecure)]);
}

/** The AuditEvent of a login or a logout, with the level of assurance. */
export async function recordLogin(
  { world, store }: Gateway,
  context: Context,
  { partner, person }: Pick<LoggedIn, 'partner' | 'person'>,
  interaction: 'login' | 'logout',
): Promise<void> {
  const event = auditEvent({
    id: world.newId(),
    at: world.now(),
    action: 'E',
    interaction,
    outcome: 'success',
    codes: [],
    ...agentOf({ ...partner, person }),
    ...tracesOf(envelopeOf(context, 0)),
  });
  await store.appendAudit([event]);
}

export async function refuseLogin(
  { gateway, info }: Door,
  context: Context,
  issues: readonly Issue[],
  cookies: readonly string[] = [],
): Promise<Response> {
  const envelope = envelopeOf(context, 0);
  const [first] = issues;
  // anybody may cause these: the first of a minute is recorded, the next ones are counted (those of a login are there)
  const isOther = first !== undefined && catalogue[first.rule].category !== 'login';
  const isCounted = isOther && !gateway.refusedLogins.isFirst(envelope.address, first.rule, gateway.world.now());
  if (!isCounted) await auditRefusal(gateway, envelope, 'login', 'E')(refused(issues));
  return refusal({ gateway, info }, context, issues, cookies);
}

/** People of a demo log in without proof: in a demo network, from this machine, by an address of this machine (DNS rebinding). */
export const mayChooseDemo = ({ who, provider }: People, context: Context): boolean =>
  who.isDemo &&
  !provider &&
  (who.people?.demoPersons.length ?? 0) > 0 &&
  isClientOnThisMachine(context) &&
  isLoopbackRequest(context.req.header('host'));
