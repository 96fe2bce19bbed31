import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Part, View } from './view.ts';

/** The pages of the console, in the order of the menu. */
export type PageName = 'start' | 'messages' | 'inbox' | 'conversation' | 'register' | 'workbench' | 'docs' | 'codes';

type Group = 'today' | 'connect';

type Entry = { readonly path: string; readonly icon: string; readonly group: Group; readonly name: Bilingual };

export const pages: Readonly<Record<PageName, Entry>> = {
  start: { path: '/', icon: 'now', group: 'today', name: { nl: 'Nu', en: 'Now' } },
  messages: { path: '/messages', icon: 'messages', group: 'today', name: { nl: 'Berichten', en: 'Messages' } },
  inbox: { path: '/inbox', icon: 'inbox', group: 'today', name: { nl: 'Verzoeken', en: 'Requests' } },
  conversation: {
    path: '/conversation',
    icon: 'talk',
    group: 'today',
    name: { nl: 'Gesprekken', en: 'Conversations' },
  },
  register: { path: '/register', icon: 'edit', group: 'today', name: { nl: 'Aanmelden', en: 'Register' } },
  workbench: { path: '/workbench', icon: 'workbench', group: 'connect', name: { nl: 'Werkbank', en: 'Workbench' } },
  docs: { path: '/docs', icon: 'document', group: 'connect', name: { nl: 'Documentatie', en: 'Documentation' } },
  codes: { path: '/docs/findings', icon: 'codes', group: 'connect', name: { nl: 'Foutcodes', en: 'Error codes' } },
};

const groups: Readonly<Record<Group, Bilingual>> = {
  today: { nl: 'Vandaag', en: 'Today' },
  connect: { nl: 'Aansluiten', en: 'Connect' },
};

type Menu = { readonly offered: readonly PageName[]; readonly current: PageName | undefined };

/** The menu at the side. */
export const rail = (view: View, { offered, current }: Menu): Part => {
  const { say } = view;
  const parts = (Object.keys(groups) as Group[]).flatMap((group) => {
    const entries = offered.filter((it) => pages[it].group === group);
    return entries.length === 0
      ? []
      : html`<div><h2 id="nav-${group}">${say(groups[group])}</h2><ul aria-labelledby="nav-${group}">${entries.map(
          (it) => html`<li>${link(view, it, current)}</li>`,
        )}</ul></div>`;
  });
  return html`<nav aria-label="${say({ nl: 'Hoofdmenu', en: 'Main menu' })}" class="stack-wide">${parts}</nav>`;
};

/** The bar at the foot of a phone: at most five pages. */
export const tabbar = (view: View, { offered, current }: Menu): Part =>
  html`<nav class="tabbar" aria-label="${view.say({ nl: 'Onderaan', en: 'At the foot' })}">${offered
    .slice(0, 5)
    .map((it) => link(view, it, current))}</nav>`;

const link = ({ say, icon }: View, it: PageName, current: PageName | undefined): Part => {
  const { path, icon: symbol, name } = pages[it];
  return html`<a href="${path}"${it === current ? html` aria-current="page"` : ''}>${icon(symbol)}${say(name)}</a>`;
};
