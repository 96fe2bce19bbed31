import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { mediaTypeOf } from '../../exchange/reading/media-type.ts';
import type { Issue } from '../../fhir/issue.ts';
import { replyIssues } from '../reply.ts';
import { statusOf } from '../status.ts';

export type Language = 'nl' | 'en';

/** Dutch, unless the browser or the address asks for English. */
export const languageOf = (context: Context): Language =>
  (context.req.query('lang') ?? context.req.header('accept-language') ?? '').toLowerCase().startsWith('en')
    ? 'en'
    : 'nl';

/** Whether a browser asks for a page. */
export const prefersPage = (context: Context): boolean =>
  (context.req.header('accept') ?? '').split(',').some((it) => mediaTypeOf(it).type === 'text/html');

const style =
  'body{font:1.0625rem/1.5 system-ui,sans-serif;max-width:38rem;margin:2rem auto;padding:0 1rem}' +
  'button{font:inherit;padding:.6rem 1rem;margin:.25rem 0;width:100%;text-align:left;min-height:44px}' +
  '.warn{border:3px solid;padding:.5rem 1rem}code{font-size:.875rem}';

/** A page runs nothing, is framed by nobody, and sends its forms to the gateway alone. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Part = ReturnType<typeof html>;
export type Page = {
  readonly title: string;
  readonly content: Part;
  readonly status?: number;
  /** Where the browser goes on to by itself. */
  readonly next?: string;
};

/** A plain page, until the console has its own. `headers`: cookies, as several lines. */
export async function page(
  context: Context,
  { title, content, status = 200, next }: Page,
  cookies: readonly string[] = [],
) {
  const language = languageOf(context);
  const text = await html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${next === undefined ? '' : html`<meta http-equiv="refresh" content="0;url=${next}">`}
<title>${title}</title><style>${raw(style)}</style></head>
<body><main><h1>${title}</h1>
${content}
</main></body></html>
`;
  const headers = new Headers({
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Language': language,
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
    // with no-referrer a browser sends the forms of a page with `Origin: null`, which is no page of the gateway
    'Referrer-Policy': 'same-origin',
  });
  for (const cookie of cookies) headers.append('Set-Cookie', cookie);
  return new Response(String(text), { status, headers });
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

/** A refusal: as a page for a browser, as an OperationOutcome for anything else. */
export async function refusal(context: Context, issues: readonly Issue[], cookies: readonly string[] = []) {
  if (!prefersPage(context)) {
    const answer = replyIssues(context, issues);
    for (const cookie of cookies) answer.headers.append('Set-Cookie', cookie);
    return answer;
  }
  const language = languageOf(context);
  const isMissing = issues.every(({ rule }) => rule === 'login-missing');
  const content = html`${issues.map(({ message, dutch, rule }) => {
    const text = isMissing ? notLoggedIn.text[language] : language === 'nl' ? dutch : message;
    return html`<p>${text}</p><p>${words.code[language]}: <code>${rule}</code></p>`;
  })}<p><a href="/login">${isMissing ? words.login[language] : words.again[language]}</a></p>`;
  const { title } = isMissing ? notLoggedIn : words;
  const answer = await page(context, { title: title[language], content, status: statusOf(issues) }, cookies);
  if (answer.status === 503) answer.headers.set('Retry-After', '10');
  return answer;
}
