import { html, raw } from 'hono/html';
import { errorSummary, type Filling } from '../form/field.ts';
import { pageHead } from '../frame/head.ts';
import { dayAndTime } from '../frame/time.ts';
import type { Part, View } from '../frame/view.ts';
import { questionCards } from '../questionnaire/form.ts';
import type { Question } from '../questionnaire/questions.ts';

const words = {
  title: { nl: 'Verkennend gesprek', en: 'Exploratory conversation' },
  sentence: {
    nl: 'Van wie u de aanmelding aannam, schrijft u hier samen het verslag. De persoon krijgt een plan in gewone taal.',
    en: 'Here you write the record together, of whom you accepted the registration. The person gets a plan in plain language.',
  },
  open: { nl: 'Aangenomen aanmeldingen', en: 'Accepted registrations' },
  none: {
    nl: 'Er is geen aanmelding waarvan u het verslag kunt schrijven. Neem eerst een aanmelding aan bij Verzoeken.',
    en: 'There is no registration of which you can write the record. Accept one first, under Requests.',
  },
  begin: { nl: 'Verslag beginnen', en: 'Begin the record' },
  begun: { nl: 'Waar u was gebleven', en: 'Where you stopped' },
  onward: { nl: 'Verder met', en: 'Continue with' },
  kept: { nl: 'Bewaard tot', en: 'Kept until' },
  remove: { nl: 'Weggooien', en: 'Discard' },
  all: { nl: 'Gesprekken', en: 'Conversations' },
  with: { nl: 'Gesprek met', en: 'Conversation with' },
  about: {
    nl: 'Alleen wie hier staat, kan het verslag lezen. Alles blijft bewaard als u later verdergaat.',
    en: 'Only those who are named here can read the record. Everything is kept when you continue later.',
  },
  plan: { nl: 'Zo krijgt de persoon het', en: 'This is what the person gets' },
  planEmpty: {
    nl: 'Het plan verschijnt hier zodra er een doel, afspraak of iets anders staat, en een uitkomst.',
    en: 'The plan appears here as soon as there is a goal, an agreement or something else, and an outcome.',
  },
  follows: { nl: 'Loopt mee met wat u bewaart.', en: 'Follows what you save.' },
  renew: { nl: 'Bewaren en plan bijwerken', en: 'Save and update the plan' },
  print: { nl: 'Plan afdrukken', en: 'Print the plan' },
  printHow: { nl: 'Afdrukken', en: 'Print' },
  back: { nl: 'Terug naar het verslag', en: 'Back to the record' },
  send: { nl: 'Verslag versturen', en: 'Send the record' },
  later: { nl: 'Later verder', en: 'Continue later' },
  sent: { nl: 'Het verslag is verstuurd', en: 'The record was sent' },
  sentThen: {
    nl: 'De verwijzer is op de hoogte. Wat u aan anderen vraagt, is onderweg.',
    en: 'The referrer is notified. What you request of others is on its way.',
  },
  another: { nl: 'Naar de gesprekken', en: 'To the conversations' },
};

export const conversationTitle = ({ say }: View): string => say(words.title);

export type Token = { readonly csrfToken: string | undefined; readonly timezone: string };

const csrf = ({ csrfToken }: Token): Part => html`<input type="hidden" name="csrf" value="${csrfToken ?? ''}">`;

export type OpenOrder = { readonly task: string; readonly person: string };

export type BegunRecord = { readonly id: string; readonly person: string; readonly ends: Date };

/** The first page: registrations that were accepted, and records that were begun. */
export function conversationsPage(
  view: View,
  { open, begun }: { readonly open: readonly OpenOrder[]; readonly begun: readonly BegunRecord[] },
  token: Token,
  newId: () => string,
): Part {
  const { say, icon } = view;
  return html`${pageHead(say(words.title), say(words.sentence))}
<div class="stack-wide narrow-list">
${
  begun.length === 0
    ? ''
    : html`<section class="stack" aria-labelledby="begun"><h2 id="begun">${say(words.begun)}</h2><div class="card flush"><ul class="list">${begun.map(
        ({ id, person, ends }) =>
          html`<li class="split-item"><div><a href="/conversation/${id}"><span class="vh">${say(words.onward)} </span><strong>${person}</strong></a><p class="small faint">${say(words.kept)} ${dayAndTime(view, ends, token.timezone)}</p></div><form method="post" action="/conversation/${id}">${csrf(token)}<button class="button quiet" name="go" value="remove">${icon('close')}${say(words.remove)}<span class="vh"> ${person}</span></button></form></li>`,
      )}</ul></div></section>`
}
<section class="stack" aria-labelledby="open"><h2 id="open">${say(words.open)}</h2>${
    open.length === 0
      ? html`<p class="soft">${say(words.none)}</p>`
      : html`<div class="card flush"><ul class="list">${open.map(
          ({ task, person }) =>
            html`<li class="split-item"><strong>${person}</strong><form method="post" action="/conversation">${csrf(token)}<input type="hidden" name="request" value="${newId()}"><input type="hidden" name="task" value="${task}"><button class="button">${icon('edit')}${say(words.begin)}<span class="vh"> ${person}</span></button></form></li>`,
        )}</ul></div>`
  }</section>
</div>`;
}

export type RecordShown = {
  readonly id: string;
  readonly person: string;
  readonly questions: readonly Question[];
  /** The plan as the gateway writes it: markup of its own, in which all text is escaped. */
  readonly plan: string | undefined;
  readonly refused?: Part | undefined;
};

/** The form, with the plan beside it. */
export function recordPage(filling: Filling, token: Token, shown: RecordShown): Part {
  const { view, errors } = filling;
  const { say, icon } = view;
  const { id, person, questions, plan, refused } = shown;
  return html`<header class="page-head no-print"><div><p class="crumb"><a href="/conversation">${icon('chevron-left')}${say(words.all)}</a></p><h1>${say(words.with)} ${person}</h1><p>${say(words.about)}</p></div></header>
<div class="grid"><form method="post" action="/conversation/${id}" class="w-7 stack-wide no-print" novalidate data-keeps id="record">
${csrf(token)}
<button class="vh" name="go" value="save" tabindex="-1" aria-hidden="true">${say(words.renew)}</button>
${refused ?? ''}
${errorSummary(view, errors)}
${questionCards(filling, questions)}
<div class="actions"><button class="button primary" name="go" value="send">${icon('sent')}${say(words.send)}</button><button class="button" name="go" value="save" formnovalidate>${icon('check')}${say(words.renew)}</button><button class="button" name="go" value="later" formnovalidate>${icon('pause')}${say(words.later)}</button></div>
</form>
<aside class="w-5 sticky stack" aria-labelledby="plan-title">
<div class="split-item no-print"><div><h2 id="plan-title">${say(words.plan)}</h2><p class="small faint">${say(words.follows)}</p></div>${plan ? html`<a class="button" href="/conversation/${id}?plan=1">${icon('print')}${say(words.print)}</a>` : ''}</div>
${sheet(view, plan, 3)}
</aside></div>`;
}

const sheet = ({ say }: View, plan: string | undefined, level: 2 | 3): Part =>
  html`<article class="card sheet" id="plan" tabindex="0" aria-label="${say(words.plan)}" lang="nl">${plan ? raw(asPart(plan, level)) : html`<p class="soft" lang="${say({ nl: 'nl', en: 'en' })}">${say(words.planEmpty)}</p>`}</article>`;

/** Headings of the plan follow on those of the page around it. */
const asPart = (plan: string, level: 2 | 3): string =>
  plan
    .replace(/<(\/?)h2>/g, `<$1h${level + 1}>`)
    .replace(/<(\/?)h1>/g, `<$1h${level}>`)
    .replaceAll(' xmlns="http://www.w3.org/1999/xhtml"', '')
    .replaceAll(' xml:lang="nl"', '');

/** The plan alone, to be printed. */
export function planPage(view: View, { id, person, plan }: RecordShown): Part {
  const { say, icon } = view;
  return html`<header class="page-head no-print"><div><p class="crumb"><a href="/conversation/${id}">${icon('chevron-left')}${say(words.back)}</a></p><h1>${say(words.plan)}: ${person}</h1></div><div class="row"><button class="button primary" type="button" data-print hidden>${icon('print')}${say(words.printHow)}</button></div></header>
${sheet(view, plan, 2)}`;
}

export const recordSentPage = ({ say, icon }: View): Part =>
  html`${pageHead(say(words.title), '')}<section class="card stack narrow-list"><p class="ok row">${icon('ok', 'icon-large')}<strong>${say(words.sent)}</strong></p><p>${say(words.sentThen)}</p><p><a class="button" href="/conversation">${say(words.another)}</a></p></section>`;
