import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { pageHead } from '../frame/head.ts';
import { type PageName, pages } from '../frame/navigation.ts';
import type { Part, View } from '../frame/view.ts';

const words = {
  title: { nl: 'Nu', en: 'Now' },
  sentence: { nl: 'Wat u hier kunt doen.', en: 'What you can do here.' },
};

const about: Readonly<Partial<Record<PageName, Bilingual>>> = {
  inbox: {
    nl: 'Bekijk wat aan uw organisatie wordt gevraagd, en antwoord voor de termijn.',
    en: 'See what your organisation is requested to do, and answer before the deadline.',
  },
  workbench: {
    nl: 'Probeer een bericht en zie elke stap. Er wordt niets bewaard en niets verstuurd.',
    en: 'Try a message and see each step. Nothing is stored and nothing is sent.',
  },
  codes: {
    nl: 'Zoek een foutcode op: wat is er mis, en wat doet u eraan?',
    en: 'Look up an error code: what is wrong, and what is its remedy?',
  },
};

export const startTitle = ({ say }: View): string => say(words.title);

/** The pages that are offered, each with what it is for. */
export function startPage({ say, icon }: View, offered: readonly PageName[]): Part {
  const shown = offered.filter((it) => about[it]);
  return html`${pageHead(say(words.title), say(words.sentence))}
<div class="grid">${shown.map((it) => {
    const { path, icon: symbol, name } = pages[it];
    return html`<section class="card w-4 stack"><h2 class="row">${icon(symbol)}<a href="${path}">${say(name)}</a></h2><p class="soft">${say(about[it] as Bilingual)}</p></section>`;
  })}</div>`;
}
