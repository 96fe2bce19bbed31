import type { Context } from 'hono';
import { html } from 'hono/html';
import { type People, setCookie } from '../../access/index.ts';
import { auditEvent } from '../../audit/event.ts';
import { refused } from '../../exchange/pipeline/answer.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { tracesOf } from '../../exchange/reading/audited-request.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure } from '../../fhir/result.ts';
import { envelopeOf } from '../envelope.ts';
import type { PageInfo } from '../pages/page.ts';
import { chosenPerson } from './demo.ts';
import { formOf } from './form.ts';
import { logIn, mayChooseDemo, recordLogin, refuseLogin } from './login.ts';
import { doorOf, page, prefersPage, redirect, refusal } from './page.ts';

/**
 * POST /logout, with the token of the session in X-CSRF-Token or in the field `csrf` of a form: ends the session here, then at the
 * provider (https://openid.net/specs/openid-connect-rpinitiated-1_0.html). A provider that is away ends nothing, and hinders nothing.
 */
export async function logOut(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { people } = info;
  const envelope = envelopeOf(context, 0);
  const form = await formOf(context);
  const csrfToken = envelope.csrfToken ?? form.get('csrf') ?? undefined;
  const found = await people.changing({ ...envelope, csrfToken }, gateway.world.now());
  const forget = [setCookie(people.cookies.session, '', 0, people.cookies.isSecure)];
  if (!found.ok) {
    const hasEnded = found.issues.some(({ rule }) => rule === 'session-ended');
    await auditRefusal(gateway, envelope, 'logout', 'E')(refused(found.issues));
    return refusal({ gateway, info }, context, found.issues, hasEnded ? forget : []);
  }
  const { session } = found.value;
  await people.sessions.end(session.secret);
  await recordLogin(gateway, context, found.value, 'logout');
  const atProvider = await people.provider?.endSession(session.content.idToken);
  if (prefersPage(context))
    return atProvider ? leavingPage({ gateway, info }, context, atProvider, forget) : redirect('/login/ended', forget);
  const answer = context.json({ ended: true, ...(atProvider ? { endSession: atProvider } : {}) });
  for (const cookie of forget) answer.headers.append('Set-Cookie', cookie);
  return answer;
}

const words = {
  title: { nl: 'U bent uitgelogd', en: 'You are logged out' },
  ended: {
    nl: 'Sluit de browser als anderen dit apparaat ook gebruiken.',
    en: 'Close the browser if others use this device too.',
  },
  again: { nl: 'Opnieuw inloggen', en: 'Log in again' },
  leaving: {
    nl: 'U bent hier uitgelogd. Nu wordt u ook uitgelogd waar u inlogde.',
    en: 'You are logged out here. Now you are logged out where you logged in, too.',
  },
  goOn: { nl: 'Verder', en: 'Continue' },
} as const;

/**
 * Logged out here, and on the way to the provider. No redirect: browsers apply `form-action` of the page with the form to where its
 * answer redirects, and the provider is elsewhere (https://www.w3.org/TR/CSP3/#directive-form-action).
 */
function leavingPage(
  { gateway, info }: { readonly gateway: Gateway; readonly info: PageInfo },
  context: Context,
  provider: string,
  cookies: readonly string[],
): Promise<Response> {
  const door = doorOf(gateway, context, info);
  const { say } = door.view;
  const content = html`<section class="card stack"><p>${say(words.leaving)}</p><p><a class="button primary" href="${provider}">${say(words.goOn)}</a></p></section>`;
  return page(context, door, { title: say(words.title), content, next: provider, isOnce: true }, cookies);
}

/** GET /login/ended: where the browser is after a logout. */
export function loggedOutPage(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const door = doorOf(gateway, context, info);
  const { say } = door.view;
  const content = html`<section class="card"><p><a class="button primary" href="/login">${say(words.again)}</a></p></section>`;
  return page(context, door, { title: say(words.title), sentence: say(words.ended), content });
}

/**
 * POST /logout/back-channel (https://openid.net/specs/openid-connect-backchannel-1_0.html): the provider ends sessions. Each token
 * once.
 */
export async function logOutByProvider(gateway: Gateway, context: Context, people: People): Promise<Response> {
  const { provider, sessions, once } = people;
  const { store, world } = gateway;
  const envelope = envelopeOf(context, 0);
  const now = world.now();
  const token = (await formOf(context)).get('logout_token') ?? '';
  const checked = provider ? await provider.loggedOut(token, now) : failure(issue('login-people-absent', {}));
  const isNew = checked.ok && (await once(['logout', checked.value.jti], { now, milliseconds: 600_000 }));
  if (!checked.ok || !isNew || !provider) {
    const issues = checked.ok ? [issue('login-response-invalid', { problem: 'replayed' })] : checked.issues;
    await auditRefusal(gateway, envelope, 'logout', 'E')(refused(issues));
    return context.json({ error: 'invalid_request' }, 400);
  }
  const { subject, session } = checked.value;
  const count = await sessions.endOf({
    issuer: provider.settings.issuer,
    ...(subject === undefined ? {} : { subject }),
    ...(session === undefined ? {} : { session }),
  });
  const event = auditEvent({
    id: world.newId(),
    at: now,
    action: 'E',
    interaction: 'logout',
    outcome: 'success',
    codes: [],
    partner: { id: 'mgn-gateway', name: gateway.network.settings.name },
    details: { sessions: String(count), by: 'provider' },
    ...tracesOf(envelope),
  });
  await store.appendAudit([event]);
  return context.body(null, 200);
}

/** POST /login/demo: somebody chose a person of the demo. */
export async function logInToDemo(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { people } = info;
  const refuse = (it: Issue) => refuseLogin({ gateway, info }, context, [it]);
  if (!mayChooseDemo(people, context)) return refuse(issue('login-people-absent', {}));
  const { req } = context;
  const isOwn = people.isOwnPage({
    origin: req.header('origin'),
    site: req.header('sec-fetch-site'),
    host: req.header('host'),
  });
  if (!isOwn) return refuse(issue('request-forged', {}));
  const chosen = chosenPerson(people, await formOf(context), gateway.world.now());
  return chosen ? logIn({ gateway, info }, context, chosen) : refuse(issue('login-person-unknown', {}));
}
