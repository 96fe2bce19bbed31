import { timingSafeEqual } from 'node:crypto';
import type { Partner } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Authenticate, LoginRequest } from '../login.ts';
import type { UsedOnce } from '../token/used-once.ts';
import { seal, unseal } from './box.ts';
import { mostCharacters, valuesAt } from './claims.ts';
import { type CookieNames, cookieIn } from './cookies.ts';
import type { Drafts } from './drafts.ts';
import { isOwnPage, type PageOrigin } from './own-origin.ts';
import { demoIssuer, type Person, type WhoContext, whoIs } from './person.ts';
import type { Attempt, Identity, Provider } from './provider.ts';
import type { SessionContent } from './session-content.ts';
import type { OpenSession, Sessions } from './sessions.ts';

/** A login on its way to the provider and back, in a sealed cookie: it belongs to one browser (RFC 9700, section 4.7). */
export type PendingLogin = Attempt & {
  readonly issuer: string;
  readonly returnTo: string;
  readonly partner?: string;
  /** Milliseconds since 1970. */
  readonly until: number;
};

export type LoggedIn = { readonly partner: Partner; readonly person: Person; readonly session: OpenSession };

/** People who log in, for one configuration. */
export type People = {
  readonly who: WhoContext;
  readonly provider: Provider | undefined;
  readonly sessions: Sessions;
  /** Forms that people began. */
  readonly drafts: Drafts;
  readonly cookies: CookieNames;
  readonly isOwnPage: (page: PageOrigin) => boolean;
  readonly sealPending: (it: PendingLogin) => string;
  /** Undefined when there is none, or it is too old. */
  readonly pending: (cookies: string | undefined, now: Date) => PendingLogin | undefined;
  readonly once: UsedOnce;
  /** The session of a request. Issues: `login-missing`, `session-ended`, and those of `whoIs`. */
  readonly sessionOf: (cookies: string | undefined, now: Date) => Promise<Result<LoggedIn>>;
  /** The same, for a request that changes something. Issues besides: `request-forged`. */
  readonly changing: (request: LoginRequest, now: Date) => Promise<Result<LoggedIn>>;
};

export type PeopleParts = Pick<People, 'who' | 'provider' | 'sessions' | 'drafts' | 'cookies' | 'once'> & {
  readonly baseUrl: string;
  /** Key of the cookie of a login. */
  readonly pendingKey: Uint8Array;
};

/** How long somebody may take to log in at the provider (s). */
export const pendingSeconds = 600;

export function peopleOf({ baseUrl, pendingKey, ...parts }: PeopleParts): People {
  const { who, sessions, cookies } = parts;
  const sessionOf: People['sessionOf'] = async (header, now) => {
    const secret = cookieIn(header, cookies.session);
    if (secret === undefined) return failure(issue('login-missing', {}));
    const session = await sessions.open(secret, now);
    if (!session) return failure(issue('session-ended', {}));
    const known = whoIs(who, session.content, now);
    return known.ok ? success({ ...known.value, session }) : known;
  };
  const page = (it: PageOrigin) => isOwnPage(it, baseUrl);
  return {
    ...parts,
    isOwnPage: page,
    sealPending: (it) => seal(pendingKey, 'login', it),
    pending: (header, now) => {
      const found = unseal(pendingKey, 'login', cookieIn(header, cookies.login) ?? '') as PendingLogin | undefined;
      return found && found.until > now.getTime() ? found : undefined;
    },
    sessionOf,
    changing: async (request, now) => {
      const found = await sessionOf(request.cookies, now);
      if (!found.ok) return found;
      const isOwn = page(request.page ?? {}) && isSame(request.csrfToken ?? '', found.value.session.csrfToken);
      return isOwn ? found : failure(issue('request-forged', {}));
    },
  };
}

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'));

/** What a session remembers of an ID token: values of the configured claims, and nothing else of it. */
export function contentOf(
  { claims, idToken }: Identity,
  { settings }: Provider,
  it: { readonly partner?: string | undefined; readonly now: Date },
): SessionContent {
  const [name] = valuesAt(claims, settings.claims.name);
  const { acr } = claims;
  return {
    issuer: settings.issuer,
    subject: claims.sub,
    ...(name ? { name: name.slice(0, mostCharacters) } : {}),
    roles: valuesAt(claims, settings.claims.roles),
    organizations: valuesAt(claims, settings.claims.organization),
    ...(it.partner ? { partner: it.partner } : {}),
    ...(typeof acr === 'string' ? { assurance: acr } : {}),
    since: it.now.getTime(),
    idToken,
    emergencies: [],
  };
}

export const demoContent = (id: string, name: string, now: Date): SessionContent => ({
  issuer: demoIssuer,
  subject: id,
  name,
  roles: [],
  organizations: [],
  since: now.getTime(),
  emergencies: [],
});

/** Levels of assurance to request: what every role is satisfied with first, then lower ones that some role is. */
export function requestedLevels({ people }: WhoContext): readonly string[] {
  const levels = people?.provider?.assurance ?? [];
  const needed = (people?.roles ?? []).flatMap(({ minimum }) => (minimum === undefined ? [] : levels.indexOf(minimum)));
  if (needed.length === 0) return [];
  const [lowest, highest] = [Math.min(...needed), Math.max(...needed)];
  return [...levels.slice(highest), ...levels.slice(lowest, highest).reverse()];
}

/** Paths for systems, at which a session is no login. */
const forSystems = /^\/(?:notifications|oauth2\/token)\/?$/;

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Authentication by token, or by the session of a person where a request has a cookie and no token. */
export const withPeople =
  (authenticate: Authenticate, people: People): Authenticate =>
  async (request, now) => {
    const hasSession = cookieIn(request.cookies, people.cookies.session) !== undefined;
    if (request.authorization !== undefined || !hasSession || forSystems.test(request.path ?? ''))
      return authenticate(request, now);
    const found = reading.has(request.method ?? '')
      ? await people.sessionOf(request.cookies, now)
      : await people.changing(request, now);
    if (!found.ok) return found;
    const { partner, person } = found.value;
    return success({ ...partner, person });
  };
