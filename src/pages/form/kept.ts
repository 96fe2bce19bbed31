import { html } from 'hono/html';
import { pageHead } from '../frame/head.ts';
import type { Part, View } from '../frame/view.ts';

const words = {
  title: { nl: 'Niets is kwijt', en: 'Nothing is lost' },
  ended: {
    nl: 'U was te lang weg, en bent uitgelogd. Wat u invulde staat nog op deze pagina. Het is nog niet bewaard.',
    en: 'You were away too long and have been logged out. What you filled in is still on this page. It is not saved yet.',
  },
  first: { nl: '1. Log opnieuw in. Dat opent een nieuw tabblad.', en: '1. Log in again. That opens a new tab.' },
  return: { nl: '2. Kom hier terug en ga verder.', en: '2. Come back here and continue.' },
  again: {
    nl: 'U bent opnieuw ingelogd. Ga verder om te bewaren wat u invulde.',
    en: 'You are logged in again. Continue to save what you filled in.',
  },
  logIn: { nl: 'Inloggen', en: 'Log in' },
  newTab: { nl: '(nieuw tabblad)', en: '(new tab)' },
  onward: { nl: 'Verder met dit formulier', en: 'Continue with this form' },
};

export const keptTitle = ({ say }: View): string => say(words.title);

export type Kept = {
  /** Path and query to which the form is sent again. */
  readonly address: string;
  readonly fields: readonly (readonly [string, string])[];
  /** Token of the session that there is now; absent: somebody has to log in first. */
  readonly csrfToken?: string | undefined;
};

/** A form that came when its session had ended: everything that was typed, to be sent again after a login. */
export function keptPage({ say, icon }: View, { address, fields, csrfToken }: Kept): Part {
  const again = html`<form method="post" action="${address}"><input type="hidden" name="csrf" value="${csrfToken ?? ''}">${fields.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="button${csrfToken === undefined ? '' : ' primary'}">${say(words.onward)}${icon('arrow-right')}</button></form>`;
  return html`${pageHead(say(words.title), say(csrfToken === undefined ? words.ended : words.again))}
<section class="card stack narrow-list">${
    csrfToken === undefined
      ? html`<p>${say(words.first)}</p><p><a class="button primary" href="/login?return=%2F" target="_blank" rel="opener">${icon('lock')}${say(words.logIn)}<span class="vh"> ${say(words.newTab)}</span></a></p><p>${say(words.return)}</p>`
      : ''
  }${again}</section>`;
}
