import { html } from 'hono/html';
import type { Issue } from '../../fhir/issue.ts';
import { pageHead } from './head.ts';
import type { Part, View } from './view.ts';

export type Failure = {
  readonly issues: readonly Issue[];
  readonly status: number;
  /** The reader has to log in first; where to go back to. */
  readonly login?: string;
};

const titles = {
  login: { nl: 'Log eerst in', en: 'Log in first' },
  forbidden: { nl: 'Dit mag u niet zien', en: 'You may not see this' },
  absent: { nl: 'Deze pagina is er niet', en: 'This page does not exist' },
  busy: { nl: 'Nu even te druk', en: 'Too busy at this moment' },
  failed: { nl: 'Er ging iets mis bij ons', en: 'Something failed on our side' },
  refused: { nl: 'Dit kan zo niet', en: 'This cannot be done like this' },
};

const words = {
  nothingLost: {
    nl: 'Er is niets verloren en niets verstuurd. Probeer het over een minuut opnieuw.',
    en: 'Nothing is lost and nothing was sent. Try again in a minute.',
  },
  again: { nl: 'Opnieuw proberen', en: 'Try again' },
  logIn: { nl: 'Inloggen', en: 'Log in' },
  start: { nl: 'Naar het begin', en: 'To the start' },
  code: { nl: 'Code', en: 'Code' },
};

const titleOf = (status: number) => {
  if (status === 401) return titles.login;
  if (status === 403) return titles.forbidden;
  if (status === 404) return titles.absent;
  if (status === 429) return titles.busy;
  return status >= 500 ? titles.failed : titles.refused;
};

export const failureTitle = ({ say }: View, status: number): string => say(titleOf(status));

/** What went wrong and what to do, in the words of the catalogue; the codes behind it. */
export function failure(view: View, { issues, status, login }: Failure): Part {
  const { say } = view;
  const action =
    login !== undefined
      ? html`<a class="button primary" href="/login?return=${encodeURIComponent(login)}">${say(words.logIn)}</a>`
      : status >= 429
        ? html`<a class="button primary" href="">${say(words.again)}</a>`
        : html`<a class="button primary" href="/">${say(words.start)}</a>`;
  return html`${pageHead(failureTitle(view, status), status >= 500 ? say(words.nothingLost) : '')}
<section class="card stack" role="alert">${said(view, issues)}<p>${action}</p></section>`;
}

/** The same as a part of a page. */
export const failureBox = (view: View, { issues, status }: Failure): Part =>
  html`<div class="callout fail stack" role="alert"><h2>${failureTitle(view, status)}</h2>${
    status >= 500 ? html`<p>${view.say(words.nothingLost)}</p>` : ''
  }${said(view, issues)}</div>`;

const said = ({ language, say }: View, issues: readonly Issue[]): Part[] =>
  issues.map(
    ({ message, dutch, rule }) =>
      html`<p>${language === 'nl' ? dutch : message}</p><p class="small faint">${say(words.code)}: <code>${rule}</code></p>`,
  );
