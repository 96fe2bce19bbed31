import type { Context } from 'hono';
import { html } from 'hono/html';
import { type ActionName, mayPartner, type ResourceKind } from '../../access/decide/index.ts';
import { type Caller, type People, setCookie } from '../../access/index.ts';
import type { Reading } from '../../exchange/memory/as-seen.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { Issue } from '../../fhir/issue.ts';
import { success } from '../../fhir/result.ts';
import type { AssetPaths, Assets } from '../../pages/assets.ts';
import type { Documents } from '../../pages/docs/documents.ts';
import { failure, failureBox, failureTitle } from '../../pages/frame/failure.ts';
import { type Frame, framed, type PageContent, type Reader } from '../../pages/frame/frame.ts';
import type { PageName } from '../../pages/frame/navigation.ts';
import { type Language, type Part, type Theme, type View, viewIn } from '../../pages/frame/view.ts';
import type { Asked } from '../asked-by.ts';
import { forReader, type ReadOutcome } from '../reader.ts';
import { statusOf } from '../status.ts';

/** What a page loads and sends: files of the gateway itself, no script or style in the page, no frame around it. */
const policyTo = (forms: string, runs: boolean): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    ...(runs ? ["script-src 'self'"] : []),
    "img-src 'self' data:",
    ...(runs ? ["connect-src 'self'"] : []),
    `form-action ${forms}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** A page as a handler has it: who reads, in which language and theme. */
export type PageContext = { readonly view: View; readonly frame: Frame };

/** What pages need of the gateway besides what it decides. */
export type PageInfo = {
  readonly people: People;
  /** Files that pages load; absent: the console is not served. */
  readonly assets?: Assets;
  /** Folder of the example messages. */
  readonly examples?: string;
  /** Absent: none was installed. */
  readonly documents?: Documents;
};

type Info = PageInfo;

/** Language and theme stay as they were chosen, for a year. */
const yearSeconds = 365 * 24 * 3600;

/** Dutch, unless another was chosen with `?lang=`, or else is the `preferred` one. */
const languageOf = (context: Context, preferred = 'nl'): Language => {
  const chosen = context.req.query('lang') ?? cookieOf(context, 'mgn-language') ?? preferred;
  return chosen === 'en' ? 'en' : 'nl';
};

const themeOf = (context: Context): Theme | undefined => {
  const chosen = context.req.query('theme') ?? cookieOf(context, 'mgn-theme');
  return chosen === 'dark' || chosen === 'light' ? chosen : undefined;
};

const cookieOf = (context: Context, name: string): string | undefined =>
  new RegExp(`(?:^|;\\s*)${name}=([a-z]{2,5})(?:;|$)`).exec(context.req.header('cookie') ?? '')?.[1];

const noAssets: AssetPaths = { styles: '', icons: '', htmx: '', script: '' };

export function pageContextOf(
  gateway: Gateway,
  context: Context,
  { assets }: Pick<Info, 'assets'>,
  reader?: Reader,
  preferred?: Language,
): PageContext {
  const paths = assets?.paths ?? noAssets;
  const url = new URL(context.req.url);
  // `//host/path` in a link would lead to another host
  const pathname = url.pathname.replace(/^\/+/, '/');
  const { search } = url;
  return {
    view: viewIn(languageOf(context, preferred), paths),
    frame: {
      assets: paths,
      network: gateway.network.settings.name,
      theme: themeOf(context),
      address: context.req.method === 'GET' ? pathname + search : pathname,
      reader,
    },
  };
}

/** The pages that somebody may open: those of which the decision function permits the first question. */
function pagesFor({ network }: Gateway, caller: Caller): readonly PageName[] {
  const may = (action: ActionName, kind: ResourceKind) =>
    mayPartner(network, caller, action, [kind, 'unread']).decision;
  return [
    ...(may('read', 'published') ? (['start'] as const) : []),
    ...(may('messages', 'operation') ? (['messages'] as const) : []),
    ...(may('search-type', 'task') ? (['inbox'] as const) : []),
    ...(may('act', 'message') ? (['conversation', 'register'] as const) : []),
    ...(may('explain-message', 'draft') ? (['workbench'] as const) : []),
    'docs',
    'codes',
  ];
}

export async function readerOf(
  gateway: Gateway,
  context: Context,
  { people }: Pick<Info, 'people'>,
  caller: Caller | undefined,
): Promise<Reader | undefined> {
  if (!caller) return undefined;
  const found = caller.person ? await people.sessionOf(context.req.header('cookie'), gateway.world.now()) : undefined;
  return {
    name: caller.person?.name ?? caller.person?.id ?? caller.id,
    organization: caller.name,
    csrfToken: found?.ok ? found.value.session.csrfToken : undefined,
    pages: pagesFor(gateway, caller),
  };
}

/** A page for anybody, with the menu of who is logged in. */
export async function publicPage(gateway: Gateway, context: Context, info: Info): Promise<PageContext> {
  const found = await info.people.sessionOf(context.req.header('cookie'), gateway.world.now());
  const caller = found.ok ? { ...found.value.partner, person: found.value.person } : undefined;
  return pageContextOf(gateway, context, info, await readerOf(gateway, context, info, caller));
}

/** Whether a part of a page is asked for, which htmx puts into the page that is open. */
export const isPart = (context: Context): boolean => context.req.header('hx-request') === 'true';

export type Sent = {
  readonly status?: number;
  readonly issuer?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
};

/** A whole page, with the headers of every page. */
export async function replyPage(
  context: Context,
  { view, frame }: PageContext,
  content: PageContent,
  sent: Sent = {},
): Promise<Response> {
  return respond(context, view.language, String(await framed(view, frame, content)), sent, !content.isDoor);
}

/** A part of a page. */
export const replyPart = async (
  context: Context,
  { view }: PageContext,
  part: Part,
  sent: Sent = {},
): Promise<Response> => respond(context, view.language, String(await html`${part}`), sent);

function respond(
  context: Context,
  language: Language,
  text: string,
  { status = 200, issuer, headers, cookies = [] }: Sent,
  runs = true,
): Response {
  const all = new Headers({
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Language': language,
    'Content-Security-Policy': policyTo(issuer ? `'self' ${new URL(issuer).origin}` : "'self'", runs),
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    // with no-referrer a browser sends the forms of a page with `Origin: null`, which is no page of the gateway
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Cookie, HX-Request',
    ...headers,
  });
  const isSecure = new URL(context.req.url).protocol === 'https:';
  for (const [query, cookie, known] of [
    ['lang', 'mgn-language', ['nl', 'en']],
    ['theme', 'mgn-theme', ['light', 'dark']],
  ] as const) {
    const chosen = context.req.query(query) ?? '';
    if ((known as readonly string[]).includes(chosen))
      all.append('Set-Cookie', setCookie(cookie, chosen, yearSeconds, isSecure));
  }
  for (const cookie of cookies) all.append('Set-Cookie', cookie);
  return new Response(text, { status, headers: all });
}

/** A refusal as a page, or as a part of one; who has to log in is led there. */
export async function refusePage(
  gateway: Gateway,
  context: Context,
  info: Info,
  issues: readonly Issue[],
  caller?: Caller,
): Promise<Response> {
  const status = statusOf(issues);
  const page = pageContextOf(gateway, context, info, await readerOf(gateway, context, info, caller));
  const { address = '/' } = page.frame;
  const mustLogIn = issues.some(({ rule }) => rule === 'login-missing');
  if (mustLogIn && context.req.method === 'GET' && !isPart(context))
    return new Response(null, {
      status: 303,
      headers: { Location: `/login?return=${encodeURIComponent(address)}`, 'Cache-Control': 'no-store' },
    });
  const headers: Record<string, string> = status === 503 || status === 429 ? { 'Retry-After': '10' } : {};
  if (isPart(context)) return replyPart(context, page, failureBox(page.view, { issues, status }), { status, headers });
  const login = status === 401 ? { login: address } : {};
  return replyPage(
    context,
    page,
    { title: failureTitle(page.view, status), content: failure(page.view, { issues, status, ...login }) },
    { status, headers },
  );
}

const markup = () => success('html');

/**
 * Runs the reading interaction of a page: the same decision and the same audit event as for the API. `show` gets what the caller may
 * read, and the page around it.
 */
export const forPage = (
  gateway: Gateway,
  context: Context,
  info: Info,
  interaction: string,
  show: (caller: Caller, page: PageContext, permitted: Reading) => Promise<ReadOutcome>,
  asked?: Asked,
): Promise<Response> =>
  forReader(
    gateway,
    context,
    interaction,
    async (caller, permitted) => {
      const reader = await readerOf(gateway, context, info, caller);
      return show(caller, pageContextOf(gateway, context, info, reader), permitted);
    },
    markup,
    { refuse: (issues, caller) => refusePage(gateway, context, info, issues, caller), ...(asked ? { asked } : {}) },
  );
