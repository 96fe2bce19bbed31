import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { offeredMoves, offeredProgress } from '../../workflow/index.ts';
import type { Filling } from '../form/field.ts';
import type { Part, View } from '../frame/view.ts';
import { questionCards } from '../questionnaire/form.ts';
import { asFields } from './answer-fields.ts';
import type { InboxRequest } from './request.ts';
import { businessWords, rejectionWords } from './words.ts';

const words = {
  close: { nl: 'Sluiten', en: 'Close' },
  words: { nl: 'Uitleg (mag leeg)', en: 'Explanation (may be empty)' },
  noMedical: { nl: 'Schrijf geen medische informatie op.', en: 'Do not write medical information.' },
  outcome: { nl: 'Wat is het resultaat?', en: 'What is the outcome?' },
  outcomeHint: {
    nl: 'Een of twee zinnen. De verwijzer leest dit.',
    en: 'One or two sentences. The referrer reads this.',
  },
  ask: { nl: 'Vraag stellen', en: 'Ask a question' },
  askWhat: { nl: 'Wat wilt u weten?', en: 'What do you want to know?' },
  askThen: {
    nl: 'De verwijzer krijgt uw vraag. Uw termijn staat stil tot er antwoord is.',
    en: 'The referrer gets your question. Your deadline stops until there is an answer.',
  },
  question: { nl: 'Uw vraag', en: 'Your question' },
  send: { nl: 'Vraag versturen', en: 'Send the question' },
  progress: { nl: 'Voortgang melden', en: 'Report progress' },
  progressWhat: { nl: 'Hoe staat het ervoor?', en: 'How does it stand?' },
  progressThen: { nl: 'De verwijzer ziet dit.', en: 'The referrer sees this.' },
  report: { nl: 'Melden', en: 'Report' },
  answer: { nl: 'Antwoord versturen', en: 'Send the answer' },
  asked: { nl: 'Wat u vroeg', en: 'What you asked' },
  noAnswer: { nl: 'Nog geen antwoord.', en: 'No answer yet.' },
};

/** What a form of the page needs: the version that was read, and a name of its own so that it is done once. */
export type FormParts = {
  readonly csrfToken: string | undefined;
  readonly requestId: string;
  readonly mayAct: boolean;
  /** Whether the organisation may ask the one who requests. */
  readonly mayAsk: boolean;
};

type Look = { readonly label: Bilingual; readonly icon: string; readonly why?: Bilingual; readonly after?: Bilingual };

/** The moves of the owner (src/workflow/moves.ts), as people call them. */
const looks: Readonly<Record<string, Look>> = {
  acknowledge: { label: { nl: 'Gezien', en: 'Seen' }, icon: 'check' },
  accept: { label: { nl: 'Aannemen', en: 'Accept' }, icon: 'check' },
  start: { label: { nl: 'Wij zijn begonnen', en: 'We have begun' }, icon: 'check' },
  resume: { label: { nl: 'Weer verder', en: 'Resume' }, icon: 'check' },
  reject: {
    label: { nl: 'Afwijzen', en: 'Reject' },
    icon: 'close',
    why: { nl: 'Waarom kan het niet bij u?', en: 'Why can you not do it?' },
    after: {
      nl: 'De verwijzer krijgt uw reden en zoekt verder.',
      en: 'The referrer gets your reason and looks further.',
    },
  },
  pause: {
    label: { nl: 'Pauze', en: 'Pause' },
    icon: 'pause',
    why: { nl: 'Waarom staat het stil?', en: 'Why does it stand still?' },
    after: {
      nl: 'De verwijzer ziet uw reden. U gaat verder wanneer u wilt.',
      en: 'The referrer sees your reason. You resume when you like.',
    },
  },
  fail: {
    label: { nl: 'Niet gelukt', en: 'Did not succeed' },
    icon: 'fail',
    why: { nl: 'Waarom is het niet gelukt?', en: 'Why did it not succeed?' },
    after: {
      nl: 'De verwijzer krijgt uw reden. Het verzoek is dan klaar.',
      en: 'The referrer gets your reason. The request has ended then.',
    },
  },
  complete: { label: { nl: 'Afronden', en: 'Complete' }, icon: 'check' },
};

/** First what brings it on, then the rest. */
const mainMoves = ['accept', 'start', 'resume'];

/** What the organisation can do next, and nothing else; each is a form of its own, which works without a script. */
export function actions(view: View, it: InboxRequest, form: FormParts): Part | string {
  const { say, icon } = view;
  const { task } = it;
  const moves = offeredMoves(task);
  const of = (rule: string) => moves.find((move) => move.rule === rule);
  const hidden = (to: string) => hiddenIn(it, form, to);
  const plain = (rule: string, isMain: boolean) =>
    of(rule)
      ? html`<form method="post" action="/inbox/${task.id}"${isMain ? html` class="primary-form"` : ''}>${hidden(of(rule)?.to ?? '')}<button class="button${isMain ? ' primary' : ''}">${icon('check')}${say(looks[rule]!.label)}</button></form>`
      : '';
  const reasoned = ['pause', 'fail', 'reject'].filter(of);
  const progress = it.questions.length === 0 && moves.length > 0 ? offeredProgress(task) : [];
  const opener = (id: string, label: Bilingual, symbol: string) =>
    html`<button class="button" type="button" popovertarget="${id}">${icon(symbol)}${say(label)}</button>`;
  if (moves.length === 0) return '';
  return html`${of('answer') ? answerForm(view, it, hidden('completed')) : ''}
${of('complete') ? outcomeForm(view, task.id, hidden('completed')) : ''}
<div class="actions">${mainMoves.map((rule) => plain(rule, true))}${plain('acknowledge', false)}${
    form.mayAsk ? opener('ask', words.ask, 'question') : ''
  }${progress.length > 0 ? opener('progress', words.progress, 'edit') : ''}${reasoned.map((rule) => opener(rule, looks[rule]!.label, looks[rule]!.icon))}</div>
${form.mayAsk ? dialog(view, 'ask', { title: words.askWhat, follows: words.askThen }, html`<form method="post" action="/inbox/${task.id}" class="stack">${hidden('ask')}${area(view, 'ask-words', words.question, true)}<button class="button primary">${icon('sent')}${say(words.send)}</button></form>`) : ''}
${
  progress.length > 0
    ? dialog(
        view,
        'progress',
        { title: words.progressWhat, follows: words.progressThen },
        html`<form method="post" action="/inbox/${task.id}" class="stack">${hidden('progress')}${radios(
          view,
          'business',
          words.progressWhat,
          progress.map((code) => [code, businessWords[code] ?? { nl: code, en: code }] as const),
        )}${area(view, 'progress-words', words.words, false)}<button class="button primary">${say(words.report)}</button></form>`,
      )
    : ''
}
${reasoned.map((rule) => {
  const { label, why, after } = looks[rule]!;
  return dialog(
    view,
    rule,
    { title: why!, follows: after! },
    html`<form method="post" action="/inbox/${task.id}" class="stack">${hidden(of(rule)?.to ?? '')}${radios(view, 'reason', why!, rejectionWords)}${area(view, `${rule}-words`, words.words, false)}<button class="button danger">${say(label)}</button></form>`,
  );
})}`;
}

const hiddenIn = ({ version }: InboxRequest, { csrfToken, requestId }: FormParts, to: string): Part =>
  html`<input type="hidden" name="csrf" value="${csrfToken ?? ''}"><input type="hidden" name="version" value="${version}"><input type="hidden" name="request" value="${requestId}"><input type="hidden" name="to" value="${to}">`;

const dialog = (
  { say, icon }: View,
  id: string,
  { title, follows }: { readonly title: Bilingual; readonly follows: Bilingual },
  content: Part,
): Part =>
  html`<div id="${id}" popover role="dialog" aria-label="${say(title)}"><div class="split-item"><h2>${say(title)}</h2><button class="button quiet" type="button" popovertarget="${id}" popovertargetaction="hide">${icon('close')}<span class="vh">${say(words.close)}</span></button></div>
<p class="soft">${say(follows)}</p>${content}</div>`;

const radios = (
  { say }: View,
  name: string,
  legend: Bilingual,
  options: readonly (readonly [string, Bilingual])[],
): Part =>
  html`<fieldset><legend class="vh">${say(legend)}</legend>${options.map(
    ([code, label], index) =>
      html`<label class="choice"><input type="radio" name="${name}" value="${code}"${index === 0 ? html` checked` : ''}><span>${say(label)}</span></label>`,
  )}</fieldset>`;

const area = ({ say }: View, id: string, label: Bilingual, isRequired: boolean): Part =>
  html`<div class="field"><label for="${id}">${say(label)}</label><textarea id="${id}" name="words" rows="2" maxlength="1000"${isRequired ? html` required` : ''} aria-describedby="${id}-hint"></textarea><span class="hint" id="${id}-hint">${say(words.noMedical)}</span></div>`;

const outcomeForm = ({ say, icon }: View, id: string, hidden: Part): Part =>
  html`<form method="post" action="/inbox/${id}" class="card stack">${hidden}<div class="field"><label for="words">${say(words.outcome)}</label><span class="hint" id="words-hint">${say(words.outcomeHint)} ${say(words.noMedical)}</span><textarea id="words" name="words" rows="3" required maxlength="1000" aria-describedby="words-hint"></textarea></div><p><button class="button primary">${icon('check')}${say(looks.complete!.label)}</button></p></form>`;

/** A question to the organisation: its Questionnaire as a form. */
function answerForm(view: View, { task, questions }: InboxRequest, hidden: Part): Part {
  const filling: Filling = { view, values: {}, errors: {} };
  return html`<form method="post" action="/inbox/${task.id}" class="stack" data-keeps>${hidden}${questionCards(filling, asFields(questions))}<p><button class="button primary">${view.icon('sent')}${view.say(words.answer)}</button></p></form>`;
}

/** What the organisation asked, with the answers. */
export const answers = ({ say }: View, { asked }: InboxRequest): Part | string =>
  asked.length === 0
    ? ''
    : html`<section class="card stack-tight"><h2>${say(words.asked)}</h2><dl>${asked.map(
        ({ question, answer }) => html`<dt><strong>${question}</strong></dt><dd>${answer ?? say(words.noAnswer)}</dd>`,
      )}</dl></section>`;

const notices = {
  title: { nl: 'Dit is niet gedaan', en: 'This was not done' },
  moved: {
    nl: 'Iemand anders was u voor. Hieronder staat hoe het nu is. Kijk wat u nu nog wilt doen.',
    en: 'Somebody else was first. Below is how it stands now. See what you still want to do.',
  },
  yours: { nl: 'U schreef', en: 'You wrote' },
  code: { nl: 'Code', en: 'Code' },
};

/** Somebody else moved it first: what that means, and what was typed. */
export const overtaken = ({ say }: View, rule: string, typed: string): Part =>
  html`<div class="callout wait stack-tight" role="alert"><h2>${say(notices.title)}</h2><p>${say(notices.moved)}</p>${typed ? html`<p>${say(notices.yours)}: “${typed}”</p>` : ''}<p class="small faint">${say(notices.code)}: <code>${rule}</code></p></div>`;
