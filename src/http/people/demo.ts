import type { Context } from 'hono';
import { html } from 'hono/html';
import { demoContent, type People, returnPath } from '../../access/index.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { roleWords } from '../../pages/frame/role-words.ts';
import type { PageInfo } from '../pages/page.ts';
import { doorOf, page } from './page.ts';

const words = {
  title: { nl: 'Inloggen in de demo', en: 'Log in to the demo' },
  warning: {
    nl: 'Dit is een demonetwerk op deze computer. Iedereen kan hier iedere rol kiezen, zonder wachtwoord. Gebruik geen echte gegevens.',
    en: 'This is a demo network on this computer. Anybody can choose any role here, without a password. Use no real data.',
  },
  choose: { nl: 'Kies wie u bent.', en: 'Choose who you are.' },
  logIn: { nl: 'Inloggen', en: 'Log in' },
  as: { nl: 'als', en: 'as' },
} as const;

/** The page on which somebody chooses a person of the demo, plainly marked. */
export function demoPage(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { who } = info.people;
  const door = doorOf(gateway, context, info);
  const { say } = door.view;
  const back = returnPath(context.req.query('return'));
  const content = html`<p class="callout wait"><strong>DEMO</strong> ${say(words.warning)}</p>
<form class="card" method="post" action="/login/demo"><input type="hidden" name="return" value="${back}"><ul class="list">
${(who.people?.demoPersons ?? []).map(
  ({ id, name, partner, roles }) =>
    html`<li class="split-item"><div><strong>${name}</strong><br><span class="faint">${who.partners.get(partner)?.name ?? partner} · ${roles.map((it) => say(roleWords[it])).join(', ')}</span></div><button class="button" name="person" value="${id}">${say(words.logIn)} <span class="vh">${say(words.as)} ${name}</span></button></li>`,
)}</ul></form>`;
  return page(context, door, { title: say(words.title), sentence: say(words.choose), content });
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
