import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { pageHead } from '../frame/head.ts';
import { dayAndTime, leftUntil, time } from '../frame/time.ts';
import type { Part, View } from '../frame/view.ts';
import { typeWords } from '../workbench/words.ts';
import type { InboxRequest, RequestContent } from './request.ts';
import { domainWords, rejectionWords, statusWords, useCaseWords } from './words.ts';

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
  accept: { nl: 'Aannemen', en: 'Accept' },
  reject: { nl: 'Afwijzen', en: 'Reject' },
  rejectWhy: { nl: 'Waarom kan het niet bij u?', en: 'Why can you not do it?' },
  rejectThen: {
    nl: 'De verwijzer krijgt uw reden en zoekt verder.',
    en: 'The referrer gets your reason and looks further.',
  },
  words: { nl: 'Uitleg (mag leeg)', en: 'Explanation (may be empty)' },
  noMedical: { nl: 'Schrijf geen medische informatie op.', en: 'Do not write medical information.' },
  begin: { nl: 'Wij zijn begonnen', en: 'We have begun' },
  complete: { nl: 'Afronden', en: 'Complete' },
  outcome: { nl: 'Wat is het resultaat?', en: 'What is the outcome?' },
  outcomeHint: {
    nl: 'Een of twee zinnen. De verwijzer leest dit.',
    en: 'One or two sentences. The referrer reads this.',
  },
  resume: { nl: 'Weer verder', en: 'Resume' },
  close: { nl: 'Sluiten', en: 'Close' },
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

/** What a form of the page needs: the version that was read, and a name of its own so that it is done once. */
export type FormParts = {
  readonly csrfToken: string | undefined;
  readonly requestId: string;
  readonly mayAct: boolean;
};

export function requestPage(
  view: View,
  it: InboxRequest,
  { content, form, when }: { readonly content: RequestContent; readonly form: FormParts; readonly when: When },
): Part {
  const { say, icon } = view;
  const { task, person } = it;
  const title = person ? `${titleOf(view, it)} ${say(words.for)} ${person}` : titleOf(view, it);
  const part = (heading: Bilingual, lines: readonly string[]) =>
    lines.length === 0
      ? ''
      : html`<section class="w-6 stack-tight"><h2>${say(heading)}</h2>${lines.map((line) => html`<p>${line}</p>`)}</section>`;
  return html`<header class="page-head"><div><p class="crumb"><a href="/inbox">${icon('chevron-left')}${say(words.title)}</a></p><h1>${title}</h1><p>${it.from ? `${say(words.from)} ${it.from} · ` : ''}${say(statusWords[task.status] ?? words.title)}</p></div></header>
<article class="stack-wide request-page">
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

/** What the organisation can do next; each is a form of its own, which works without a script. */
function actions(view: View, { task, version }: InboxRequest, { csrfToken, requestId }: FormParts): Part | string {
  const { say, icon } = view;
  const hidden = (to: string) =>
    html`<input type="hidden" name="csrf" value="${csrfToken ?? ''}"><input type="hidden" name="version" value="${version}"><input type="hidden" name="request" value="${requestId}"><input type="hidden" name="to" value="${to}">`;
  const plain = (to: string, label: Bilingual) =>
    html`<form method="post" action="/inbox/${task.id}" class="primary-form">${hidden(to)}<button class="button primary">${icon('check')}${say(label)}</button></form>`;
  const reject = html`<button class="button" type="button" popovertarget="reject">${icon('close')}${say(words.reject)}</button>`;
  switch (task.status) {
    case 'requested':
    case 'received':
      return html`<div class="actions">${plain('accepted', words.accept)}${reject}</div>${rejection(view, task.id, hidden('rejected'))}`;
    case 'accepted':
      return html`<div class="actions">${plain('in-progress', words.begin)}${reject}</div>${rejection(view, task.id, hidden('rejected'))}`;
    case 'in-progress':
      return html`<form method="post" action="/inbox/${task.id}" class="card stack">${hidden('completed')}<div class="field"><label for="words">${say(words.outcome)}</label><span class="hint" id="words-hint">${say(words.outcomeHint)} ${say(words.noMedical)}</span><textarea id="words" name="words" rows="3" required maxlength="1000" aria-describedby="words-hint"></textarea></div><p><button class="button primary">${icon('check')}${say(words.complete)}</button></p></form>`;
    case 'on-hold':
      return html`<div class="actions">${plain('in-progress', words.resume)}</div>`;
    default:
      return '';
  }
}

const rejection = ({ say, icon }: View, id: string, hidden: Part): Part =>
  html`<div id="reject" popover role="dialog" aria-label="${say(words.reject)}"><form method="post" action="/inbox/${id}" class="stack">${hidden}
<div class="split-item"><h2>${say(words.rejectWhy)}</h2><button class="button quiet" type="button" popovertarget="reject" popovertargetaction="hide">${icon('close')}<span class="vh">${say(words.close)}</span></button></div>
<p class="soft">${say(words.rejectThen)}</p>
<fieldset><legend class="vh">${say(words.rejectWhy)}</legend>${rejectionWords.map(
    ([code, name], index) =>
      html`<label class="choice"><input type="radio" name="reason" value="${code}"${index === 0 ? html` checked` : ''}><span>${say(name)}</span></label>`,
  )}</fieldset>
<div class="field"><label for="why">${say(words.words)}</label><textarea id="why" name="words" rows="2" maxlength="1000"></textarea><span class="hint">${say(words.noMedical)}</span></div>
<button class="button danger">${say(words.reject)}</button></form></div>`;
