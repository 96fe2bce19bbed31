import { html } from 'hono/html';
import { errorSummary, type Filling, type Values } from '../form/field.ts';
import { progress, stepButtons, stepList } from '../form/wizard.ts';
import { pageHead } from '../frame/head.ts';
import { dayAndTime } from '../frame/time.ts';
import type { Part, View } from '../frame/view.ts';
import { contentOfStep } from './content.ts';
import { nameOf } from './names.ts';
import type { StepShown } from './shown.ts';
import { errorsIn, steps } from './steps.ts';

const words = {
  title: { nl: 'Aanmelden voor een verkennend gesprek', en: 'Register for an exploratory conversation' },
  sentence: {
    nl: 'U vult in wie het is en wat de vraag is. Ongeveer zes minuten. U kunt altijd stoppen en later verdergaan.',
    en: 'You fill in who it is and what the request is. About six minutes. You can stop at any time and continue later.',
  },
  begin: { nl: 'Nieuwe aanmelding', en: 'New registration' },
  earlier: { nl: 'Waar u was gebleven', en: 'Where you stopped' },
  none: {
    nl: 'U hebt geen aanmelding die nog niet is verstuurd. Wat u begint, blijft hier zeven dagen staan. Alleen u ziet het.',
    en: 'You have no registration that was not sent yet. What you begin stays here for seven days. Only you see it.',
  },
  nameless: { nl: 'Nog zonder naam', en: 'Without a name yet' },
  kept: { nl: 'Bewaard tot', en: 'Kept until' },
  onward: { nl: 'Verder met', en: 'Continue with' },
  remove: { nl: 'Weggooien', en: 'Discard' },
  send: { nl: 'Aanmelding versturen', en: 'Send the registration' },
  all: { nl: 'Uw aanmeldingen', en: 'Your registrations' },
  sent: { nl: 'Verstuurd', en: 'Sent' },
  team: { nl: 'belt de persoon', en: 'calls the person' },
  byThen: { nl: 'Zij antwoorden voor', en: 'They answer before' },
  silent: {
    nl: 'Horen wij dan niets, dan zoekt het netwerk uit waarom. U hoeft niets te doen.',
    en: 'If we hear nothing by then, the network finds out why. There is nothing for you to do.',
  },
  number: { nl: 'Uw nummer', en: 'Your number' },
  told: { nl: 'U hoort van ons', en: 'You hear from us' },
  when: {
    nl: 'als zij aannemen, na het gesprek, en als er hulp is',
    en: 'when they accept, after the conversation, and when there is help',
  },
  another: { nl: 'Nog iemand aanmelden', en: 'Register somebody else' },
};

export const registrationTitle = ({ say }: View): string => say(words.title);

export type Begun = { readonly id: string; readonly values: Values; readonly ends: Date };

export type Token = { readonly csrfToken: string | undefined; readonly timezone: string };

const csrf = ({ csrfToken }: Token): Part => html`<input type="hidden" name="csrf" value="${csrfToken ?? ''}">`;

/** The first page: begin, or go on with what was begun. `newId` names the next one, so that it is begun once. */
export function registrationsPage(view: View, begun: readonly Begun[], token: Token, newId: string): Part {
  const { say, icon } = view;
  return html`${pageHead(say(words.title), say(words.sentence))}
<div class="stack-wide narrow-list">
<form method="post" action="/register">${csrf(token)}<input type="hidden" name="request" value="${newId}"><button class="button primary">${icon('plus')}${say(words.begin)}</button></form>
<section class="stack" aria-labelledby="earlier"><h2 id="earlier">${say(words.earlier)}</h2>${
    begun.length === 0
      ? html`<p class="soft">${say(words.none)}</p>`
      : html`<div class="card flush"><ul class="list">${begun.map(({ id, values, ends }) => {
          const name = nameOf(values) || say(words.nameless);
          return html`<li class="split-item"><div><a href="/register/${id}"><span class="vh">${say(words.onward)} </span><strong>${name}</strong></a><p class="small faint">${say(words.kept)} ${dayAndTime(view, ends, token.timezone)}</p></div><form method="post" action="/register/${id}">${csrf(token)}<button class="button quiet" name="go" value="remove">${icon('close')}${say(words.remove)}<span class="vh"> ${name}</span></button></form></li>`;
        })}</ul></div>`
  }</section>
</div>`;
}

/** One step of the form. */
export function stepPage(filling: Filling, token: Token, shown: StepShown): Part {
  const { view, values, errors } = filling;
  const { id, at, applicant, refused } = shown;
  const marks = steps.map((it, index) => ({
    title: it.title,
    isDone: index < at && Object.keys(errorsIn(it, values, applicant)).length === 0,
  }));
  const address = `/register/${id}`;
  return html`<header class="page-head"><div><p class="crumb"><a href="/register">${view.icon('chevron-left')}${view.say(words.all)}</a></p><h1>${view.say(words.title)}</h1></div></header>
<form method="post" action="${address}?step=${at + 1}" class="wizard" novalidate data-keeps>
<section class="step" aria-labelledby="step-title">
${csrf(token)}
${stepList(view, marks, at, address)}
<div class="card stack-wide">
${progress(view, marks, at)}
${refused ?? ''}
${errorSummary(view, errors)}
${contentOfStep(filling, shown)}
${stepButtons(view, at === steps.length - 1 ? { at, send: words.send } : { at })}
</div>
</section>
</form>`;
}

export type SentShown = {
  readonly number: string;
  readonly owner: string | undefined;
  readonly due: Date | undefined;
};

/** After it was sent: who has the move, and until when. */
export function sentPage(view: View, { number, owner, due }: SentShown, { timezone }: Token): Part {
  const { say, icon } = view;
  return html`${pageHead(say(words.title), '')}
<section class="card stack-wide narrow-list" aria-labelledby="sent-title"><div class="narrow stack"><p class="ok row">${icon('ok', 'icon-large')}<strong>${say(words.sent)}</strong></p><h2 id="sent-title">${owner ?? say({ nl: 'Het team', en: 'The team' })} ${say(words.team)}</h2>${
    due
      ? html`<p>${say(words.byThen)} <strong>${dayAndTime(view, due, timezone)}</strong>. ${say(words.silent)}</p>`
      : ''
  }</div>
<dl class="facts"><dt>${say(words.number)}</dt><dd><code>${number}</code></dd><dt>${say(words.told)}</dt><dd>${say(words.when)}</dd></dl>
<p><a class="button" href="/register">${icon('plus')}${say(words.another)}</a></p></section>`;
}
