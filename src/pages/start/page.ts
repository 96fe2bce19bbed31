import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { pageHead } from '../frame/head.ts';
import { type PageName, pages } from '../frame/navigation.ts';
import { dayAndTime } from '../frame/time.ts';
import type { Part, View } from '../frame/view.ts';
import { briefing, type OperatorView, operatorCards } from './operator.ts';

const words = {
  title: { nl: 'Nu', en: 'Now' },
  sentence: { nl: 'Wat u hier kunt doen.', en: 'What you can do here.' },
};

const about: Readonly<Partial<Record<PageName, Bilingual>>> = {
  messages: {
    nl: 'Zoek een bericht op, en zie wat ervan werd.',
    en: 'Find a message, and see what became of it.',
  },
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

/** The pages that are offered, each with what it is for; before them, for an operator, what needs somebody now. */
export function startPage(view: View, offered: readonly PageName[], operator: OperatorView | undefined): Part {
  const { say, icon } = view;
  const shown = offered.filter((it) => about[it]);
  return html`${pageHead(say(words.title), operator ? dayAndTime(view, operator.now, operator.timezone) : say(words.sentence))}
${operator ? html`<p class="briefing">${briefing(view, operator)}</p>${operatorCards(view, operator)}` : ''}
<div class="grid offered">${shown.map((it) => {
    const { path, icon: symbol, name } = pages[it];
    return html`<section class="card w-4 stack"><h2 class="row">${icon(symbol)}<a href="${path}">${say(name)}</a></h2><p class="soft">${say(about[it] as Bilingual)}</p></section>`;
  })}</div>`;
}
