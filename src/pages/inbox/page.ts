import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { ownCodes } from '../../vocabulary/concept.ts';
import { pageHead } from '../frame/head.ts';
import { dayAndTime, leftUntil, time } from '../frame/time.ts';
import type { Part, View } from '../frame/view.ts';
import { typeWords } from '../workbench/words.ts';
import { actions, answers, type FormParts } from './actions.ts';
import type { InboxRequest, RequestContent } from './request.ts';
import { businessWords, domainWords, statusWords, useCaseWords } from './words.ts';

const words = {
  title: { nl: 'Verzoeken', en: 'Requests' },
  sentence: { nl: 'Wat aan uw organisatie wordt gevraagd.', en: 'What your organisation is requested to do.' },
  tabs: { nl: 'Soort verzoeken', en: 'Kind of requests' },
  help: { nl: 'Hulp bij', en: 'Help with' },
  later: { nl: 'Naam volgt na aannemen', en: 'Name follows on acceptance' },
  from: { nl: 'van', en: 'from' },
  for: { nl: 'voor', en: 'for' },
  over: { nl: 'Termijn voorbij', en: 'Deadline passed' },
  today: { nl: 'Vandaag antwoorden, voor', en: 'Answer today, before' },
  tomorrow: { nl: 'Morgen, voor', en: 'Tomorrow, before' },
  days: { nl: 'dagen', en: 'days' },
  still: { nl: 'Nog', en: 'In' },
  answerBefore: { nl: 'Antwoord voor', en: 'Answer before' },
  wasDue: { nl: 'U had moeten antwoorden voor', en: 'Your answer was due before' },
  after: {
    remind: { nl: 'Daarna krijgt u een herinnering.', en: 'After that you get a reminder.' },
    alert: { nl: 'Daarna krijgt u een dringend bericht.', en: 'After that you get an urgent notice.' },
    escalate: { nl: 'Daarna zoekt het aanmeldteam contact.', en: 'After that the registration team contacts you.' },
  },
  older: { nl: 'Ouder', en: 'Older' },
  goals: { nl: 'Wat deze persoon wil bereiken', en: 'What this person wants to achieve' },
  agreements: { nl: 'Wat al is afgesproken', en: 'What is agreed already' },
  reasons: { nl: 'Waarom', en: 'Why' },
  contact: { nl: 'Bereikbaar', en: 'Contact' },
  got: { nl: 'Wat u hierbij krijgt', en: 'What you get with it' },
  gotWhy: {
    nl: 'U krijgt alleen wat nodig is en wat mag. Dat u dit bekijkt, staat in het overzicht van de persoon.',
    en: 'You get only what is needed and permitted. That you look at it is in the report for the person.',
  },
  ended: { nl: 'Dit verzoek is klaar. U hoeft niets te doen.', en: 'This request has ended. There is nothing to do.' },
};

export type Shown = 'new' | 'open' | 'done';

/** The statuses of each tab. */
export const statusesOf: Readonly<Record<Shown, readonly string[]>> = {
  new: ['requested', 'received'],
  open: ['accepted', 'in-progress', 'on-hold'],
  done: ['completed', 'rejected', 'failed', 'cancelled'],
};

const tabs: Readonly<Record<Shown, { readonly name: Bilingual; readonly empty: Bilingual }>> = {
  new: {
    name: { nl: 'Nieuw', en: 'New' },
    empty: {
      nl: 'Geen nieuwe verzoeken. Hier komt wat aan u wordt gevraagd, met de dag waarop u antwoordt.',
      en: 'No new requests. What you are requested to do appears here, with the day to answer.',
    },
  },
  open: {
    name: { nl: 'Loopt', en: 'In progress' },
    empty: {
      nl: 'Er loopt niets. Wat u aanneemt, komt hier.',
      en: 'Nothing in progress. What you accept appears here.',
    },
  },
  done: {
    name: { nl: 'Klaar', en: 'Done' },
    empty: {
      nl: 'Nog niets klaar. Wat u afrondt of afwijst, komt hier.',
      en: 'Nothing done yet. What you complete or reject appears here.',
    },
  },
};

export const inboxTitle = ({ say }: View): string => say(words.title);

export type When = { readonly now: Date; readonly timezone: string };

/** The list: what is requested, for whom, before when. */
export function inboxPage(
  view: View,
  found: readonly InboxRequest[],
  { shown, next, when }: { readonly shown: Shown; readonly next: string | undefined; readonly when: When },
): Part {
  const { say, icon } = view;
  return html`${pageHead(say(words.title), say(words.sentence))}
<div class="stack narrow-list">
<nav class="tabs" aria-label="${say(words.tabs)}">${(Object.keys(tabs) as Shown[]).map(
    (it) =>
      html`<a href="/inbox?show=${it}"${it === shown ? html` aria-current="true"` : ''}>${say(tabs[it].name)}</a>`,
  )}</nav>
${
  found.length === 0
    ? html`<section class="card empty">${icon('inbox', 'icon-large')}<p>${say(tabs[shown].empty)}</p></section>`
    : html`<div class="card flush"><ul>${found.map(
        (it) =>
          html`<li><a class="request-link" href="/inbox/${it.task.id}"><strong>${titleOf(view, it)}</strong><span>${it.person ?? say(words.later)}</span>${
            shown === 'done'
              ? html`<span class="small">${say(statusWords[it.task.status] ?? words.ended)}</span>`
              : deadline(view, it, when)
          }${it.from ? html`<span class="small faint">${say(words.from)} ${it.from}</span>` : ''}</a></li>`,
      )}</ul></div>`
}
${next ? html`<p><a class="button" href="/inbox?show=${shown}&amp;cursor=${next}">${say(words.older)}${icon('chevron-right')}</a></p>` : ''}
</div>`;
}

export function titleOf({ say }: View, { useCase, domains }: InboxRequest): string {
  const named = domains.flatMap((it) => domainWords[it] ?? []);
  if (useCase === 'social-request' && named.length > 0)
    return `${say(words.help)} ${named.map((it) => say(it)).join(', ')}`;
  return say(useCaseWords[useCase] ?? words.title);
}

function deadline(view: View, { deadline: it }: InboxRequest, { now, timezone }: When): Part | string {
  if (!it) return '';
  const { say, icon } = view;
  const { kind, days } = leftUntil(it.due, now, timezone);
  const at = time(view, it.due, timezone);
  if (kind === 'over') return html`<span class="deadline fail">${icon('alarm')}${say(words.over)}</span>`;
  if (kind === 'today') return html`<span class="deadline fail">${icon('alarm')}${say(words.today)} ${at}</span>`;
  if (kind === 'tomorrow') return html`<span class="deadline wait">${icon('wait')}${say(words.tomorrow)} ${at}</span>`;
  return html`<span class="deadline">${icon('waiting')}${say(words.still)} ${days} ${say(words.days)}</span>`;
}

const businessIn = ({ say }: View, { task }: InboxRequest): string => {
  const found = ownCodes(task.businessStatus, 'business-status').flatMap((it) => businessWords[it] ?? [])[0];
  return found ? ` · ${say(found)}` : '';
};

export function requestPage(
  view: View,
  it: InboxRequest,
  {
    content,
    form,
    when,
    notice,
  }: {
    readonly content: RequestContent;
    readonly form: FormParts;
    readonly when: When;
    /** What happened to a form that was sent. */
    readonly notice?: Part | undefined;
  },
): Part {
  const { say, icon } = view;
  const { task, person } = it;
  const title = person ? `${titleOf(view, it)} ${say(words.for)} ${person}` : titleOf(view, it);
  const part = (heading: Bilingual, lines: readonly string[]) =>
    lines.length === 0
      ? ''
      : html`<section class="w-6 stack-tight"><h2>${say(heading)}</h2>${lines.map((line) => html`<p>${line}</p>`)}</section>`;
  return html`<header class="page-head"><div><p class="crumb"><a href="/inbox">${icon('chevron-left')}${say(words.title)}</a></p><h1>${title}</h1><p>${it.from ? `${say(words.from)} ${it.from} · ` : ''}${say(statusWords[task.status] ?? words.title)}${businessIn(view, it)}</p></div></header>
<article class="stack-wide request-page">
${notice ?? ''}
${due(view, it, when)}
<div class="grid">
${part(words.goals, content.goals)}${part(words.agreements, content.agreements)}${part(words.reasons, content.reasons)}
${
  content.phones.length + (content.address ? 1 : 0) > 0
    ? html`<section class="w-6 stack-tight"><h2>${say(words.contact)}</h2>${content.phones.map(
        (phone) => html`<p><a href="tel:${phone.replace(/[^+\d]/g, '')}">${phone}</a></p>`,
      )}${content.address ? html`<p>${content.address}</p>` : ''}</section>`
    : ''
}
</div>
<details><summary><strong>${say(words.got)}</strong></summary><p class="soft">${content.types.map((type) => say(typeWords[type] ?? { nl: type, en: type })).join(', ')}. ${say(words.gotWhy)}</p></details>
${answers(view, it)}
${form.mayAct ? actions(view, it, form) : ''}
</article>`;
}

function due(view: View, { task, deadline: it }: InboxRequest, { now, timezone }: When): Part | string {
  const { say } = view;
  if (statusesOf.done.includes(task.status)) return html`<div class="callout"><p>${say(words.ended)}</p></div>`;
  if (!it) return '';
  const isOver = it.due <= now;
  return html`<div class="callout${isOver ? ' fail' : ''}"><p><strong>${say(isOver ? words.wasDue : words.answerBefore)} ${dayAndTime(view, it.due, timezone)}.</strong>${
    isOver ? '' : ` ${say(words.after[it.rule.does])}`
  }</p></div>`;
}
