import type { Context } from 'hono';
import { html } from 'hono/html';
import { demoContent, type People, returnPath } from '../../access/index.ts';
import { languageOf, page } from './page.ts';

const words = {
  title: { nl: 'Inloggen in de demo', en: 'Log in to the demo' },
  warning: {
    nl: 'Dit is een demonetwerk op deze computer. Iedereen kan hier iedere rol kiezen, zonder wachtwoord. Gebruik geen echte gegevens.',
    en: 'This is a demo network on this computer. Anybody can choose any role here, without a password. Use no real data.',
  },
  choose: { nl: 'Kies wie u bent:', en: 'Choose who you are:' },
} as const;

/** The page on which somebody chooses a person of the demo, plainly marked. */
export function demoPage(context: Context, { who }: People): Promise<Response> {
  const language = languageOf(context);
  const back = returnPath(context.req.query('return'));
  const content = html`<p class="warn"><strong>DEMO</strong> ${words.warning[language]}</p>
<p>${words.choose[language]}</p>
<form method="post" action="/login/demo"><input type="hidden" name="return" value="${back}">
${(who.people?.demoPersons ?? []).map(
  ({ id, name, partner, roles }) =>
    html`<p><button name="person" value="${id}">${name}<br>${who.partners.get(partner)?.name ?? partner} · ${roles.join(', ')}</button></p>`,
)}</form>`;
  return page(context, { title: words.title[language], content });
}

/** The session of a person of the demo; undefined when there is no such person. */
export function chosenPerson({ who }: People, form: URLSearchParams, now: Date) {
  const found = who.people?.demoPersons.find(({ id }) => id === form.get('person'));
  return (
    found && {
      content: demoContent(found.id, found.name, now),
      returnTo: returnPath(form.get('return') ?? undefined),
      forget: [],
    }
  );
}
