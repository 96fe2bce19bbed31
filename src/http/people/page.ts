import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { mediaTypeOf } from '../../exchange/reading/media-type.ts';
import type { Issue } from '../../fhir/issue.ts';
import { pageHead } from '../../pages/frame/head.ts';
import type { Language, Part } from '../../pages/frame/view.ts';
import { type PageContext, type PageInfo, pageContextOf, replyPage } from '../pages/page.ts';
import { replyIssues } from '../reply.ts';
import { statusOf } from '../status.ts';

/** Dutch, unless the browser or the address asks for English. */
const languageOf = (context: Context): Language =>
  (context.req.query('lang') ?? context.req.header('accept-language') ?? '').toLowerCase().startsWith('en')
    ? 'en'
    : 'nl';

/** Whether a browser asks for a page. */
export const prefersPage = (context: Context): boolean =>
  (context.req.header('accept') ?? '').split(',').some((it) => mediaTypeOf(it).type === 'text/html');

export type DoorPage = {
  readonly title: string;
  readonly content: Part;
  readonly status?: number;
  /** Where the browser goes on to by itself. */
  readonly next?: string;
  /** What is said below the title. */
  readonly sentence?: string;
  /** It is the answer to a request that is not repeated: without the switches of language and theme. */
  readonly isOnce?: boolean;
};

/** The page around a login in the language that was chosen in the console, or else that of the browser. */
export const doorOf = (gateway: Gateway, context: Context, info: Pick<PageInfo, 'assets'>): PageContext =>
  pageContextOf(gateway, context, info, undefined, languageOf(context));

/** A page on the way in or out. It runs nothing. `cookies`: as several lines. */
export function page(
  context: Context,
  { view, frame }: PageContext,
  { title, content, status = 200, next, sentence = '', isOnce = false }: DoorPage,
  cookies: readonly string[] = [],
): Promise<Response> {
  const shown = html`<div class="narrow stack">${pageHead(title, sentence)}
${content}</div>`;
  const around = isOnce ? { ...frame, address: undefined } : frame;
  return replyPage(
    context,
    { view, frame: around },
    { title, content: shown, isDoor: true, next },
    { status, cookies },
  );
}

/** A redirect after a form or a login: the browser gets the next page. */
export function redirect(to: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ Location: to, 'Cache-Control': 'no-store' });
  for (const cookie of cookies) headers.append('Set-Cookie', cookie);
  return new Response(null, { status: 303, headers });
}

/** To somebody in a browser: the text of the code is for who programs a system. */
const notLoggedIn = {
  title: { nl: 'U bent niet ingelogd', en: 'You are not logged in' },
  text: {
    nl: 'U was al uitgelogd, of u hebt nog niet ingelogd. Log in om verder te gaan.',
    en: 'You have been logged out already, or have not logged in yet. Log in to continue.',
  },
} as const;

const words = {
  title: { nl: 'Inloggen is niet gelukt', en: 'The login failed' },
  again: { nl: 'Opnieuw inloggen', en: 'Log in again' },
  login: { nl: 'Inloggen', en: 'Log in' },
  code: { nl: 'Code', en: 'Code' },
} as const;

type Refused = { readonly gateway: Gateway; readonly info: Pick<PageInfo, 'assets'> };

/** A refusal: as a page for a browser, as an OperationOutcome for anything else. */
export async function refusal(
  { gateway, info }: Refused,
  context: Context,
  issues: readonly Issue[],
  cookies: readonly string[] = [],
) {
  if (!prefersPage(context)) {
    const answer = replyIssues(context, issues);
    for (const cookie of cookies) answer.headers.append('Set-Cookie', cookie);
    return answer;
  }
  const door = doorOf(gateway, context, info);
  const { say, language } = door.view;
  const isMissing = issues.every(({ rule }) => rule === 'login-missing');
  const { title } = isMissing ? notLoggedIn : words;
  const content = html`<section class="card stack" role="alert">${issues.map(({ message, dutch, rule }) => {
    const text = isMissing ? say(notLoggedIn.text) : language === 'nl' ? dutch : message;
    return html`<p>${text}</p><p class="faint">${say(words.code)}: <code>${rule}</code></p>`;
  })}<p><a class="button primary" href="/login">${say(isMissing ? words.login : words.again)}</a></p></section>`;
  const answer = await page(
    context,
    door,
    { title: say(title), content, status: statusOf(issues), isOnce: true },
    cookies,
  );
  if (answer.status === 503) answer.headers.set('Retry-After', '10');
  return answer;
}
