import { html } from 'hono/html';
import { isError } from '../../fhir/issue.ts';
import { pageHead } from '../frame/head.ts';
import type { Part, View } from '../frame/view.ts';
import { disclosureCard } from './disclosures.ts';
import { type Example, examples } from './examples.ts';
import { issueBox, panes } from './panes.ts';
import { routeCard } from './route.ts';
import type { Trial } from './trial.ts';
import { stepWords } from './words.ts';

const words = {
  title: { nl: 'Werkbank', en: 'Workbench' },
  sentence: {
    nl: 'Probeer een bericht. Er wordt niets bewaard en niets verstuurd.',
    en: 'Try a message. Nothing is stored and nothing is sent.',
  },
  share: { nl: 'Deel deze proef', en: 'Share this trial' },
  shared: {
    nl: 'De link is gekopieerd. Uw bericht staat alleen in de link, achter het hekje. Het komt niet op onze server terecht totdat iemand de link opent.',
    en: 'The link is copied. Your message is in the link only, after the hash. It does not reach our server until the link is opened.',
  },
  run: { nl: 'Draai', en: 'Run' },
  example: { nl: 'Voorbeeld', en: 'Example' },
  chooseExample: { nl: 'Kies een voorbeeld', en: 'Choose an example' },
  open: { nl: 'Open', en: 'Open' },
  file: { nl: 'Bestand', en: 'File' },
  by: { nl: 'U probeert als', en: 'You try as' },
  yours: { nl: 'Uw bericht', en: 'Your message' },
  yoursHint: {
    nl: 'Plak JSON, XML, HL7 v2 of een formulier, of sleep een bestand hierheen. Gebruik alleen testpersonen.',
    en: 'Paste JSON, XML, HL7 v2 or a form, or drop a file here. Use test persons only.',
  },
  steps: { nl: 'Stappen van deze proef', en: 'Steps of this trial' },
  good: { nl: 'goed', en: 'passed' },
  attention: { nl: 'let op', en: 'warning' },
  wrong: { nl: 'fout', en: 'failed' },
  accepted: { nl: 'Dit bericht wordt aangenomen.', en: 'This message will be accepted.' },
  refused: { nl: 'Dit bericht wordt geweigerd.', en: 'This message will be refused.' },
  onLine: { nl: 'Regel', en: 'Line' },
  empty: { nl: 'Nog niets geprobeerd', en: 'Nothing tried yet' },
  emptyHow: {
    nl: 'Kies een voorbeeld, of plak een bericht. U ziet dan elke stap: wat er mis is, wat ervan wordt, waar het heen gaat en wie wat krijgt.',
    en: 'Choose an example, or paste a message. You then see each step: what is wrong, what it becomes, where it goes and who gets what.',
  },
  whatIf: { nl: 'Wat als', en: 'What if' },
  call: { nl: 'Dezelfde aanroep', en: 'The same call' },
  copy: { nl: 'Kopieer', en: 'Copy' },
  callRegion: { nl: 'Aanroep met curl', en: 'Call with curl' },
  callHint: {
    nl: 'Zonder $explain wordt het bericht echt aangenomen. Draai eerst hier.',
    en: 'Without $explain the message is really accepted. Run it here first.',
  },
  callIntake: {
    nl: 'Dit stuurt het bericht echt. Voor dit formaat is deze pagina de proef.',
    en: 'This really sends the message. For this format, this page is the trial.',
  },
  information: { nl: 'Ter informatie', en: 'For information' },
  slow: {
    nl: 'De gateway antwoordt niet. Er is niets verloren: uw bericht staat nog hier. Probeer het over een minuut opnieuw.',
    en: 'The gateway does not answer. Nothing is lost: your message is still here. Try again in a minute.',
  },
};

export const workbenchTitle = ({ say }: View): string => say(words.title);

export type Workbench = {
  /** The message, as it stands in the box. */
  readonly text: string;
  readonly example: Example | undefined;
  /** Name of the organisation of the reader. */
  readonly organization: string;
  readonly csrfToken: string | undefined;
  readonly baseUrl: string;
  readonly result: Part;
};

/** The page: the message and what becomes of it. */
export function workbenchPage(view: View, it: Workbench): Part {
  const { say, icon } = view;
  return html`${pageHead(
    say(words.title),
    say(words.sentence),
    html`<button class="button" type="button" id="share" hidden>${icon('link')}${say(words.share)}</button><button class="button primary" type="submit" form="trial">${icon('play')}${say(words.run)}</button>`,
  )}
<div class="stack-wide">
<section class="card stack">
<form class="filters" action="/workbench" id="examples"><div class="field grow"><label for="example">${say(words.example)}</label><select id="example" name="example"><option value="">${say(words.chooseExample)}</option>${examples.map(
    ({ id, title }) =>
      html`<option value="${id}"${id === it.example?.id ? html` selected` : ''}>${id.slice(0, 3)} · ${say(title)}</option>`,
  )}</select></div>
<div class="row"><button class="button" type="submit" id="open-example">${say(words.open)}</button><button class="button" type="button" id="file-button" hidden>${icon('upload')}${say(words.file)}</button></div></form>
<form id="trial" method="post" action="/workbench" hx-post="/workbench" hx-target="#trial-result" hx-swap="innerHTML" class="stack">
<input type="hidden" name="csrf" value="${it.csrfToken ?? ''}">
<details${it.example ? '' : html` open`}><summary><strong>${say(words.yours)}</strong></summary>
<div class="field drop"><p class="hint" id="message-hint">${say(words.yoursHint)} ${say(words.by)} ${it.organization}.</p>
<textarea id="message" name="message" rows="12" spellcheck="false" autocomplete="off" aria-label="${say(words.yours)}" aria-describedby="message-hint">
${it.text}</textarea></div></details>
<input type="file" id="file" hidden>
</form>
</section>
<div id="trial-result" class="stack-wide">${it.result}</div>
<template id="no-answer"><div class="callout fail" role="alert"><p>${say(words.slow)}</p></div></template>
<p class="toast" id="toast" role="status" hidden>${say(words.shared)}</p>
</div>`;
}

export const nothingTried = ({ say, icon }: View): Part =>
  html`<section class="card empty">${icon('workbench', 'icon-large')}<h2>${say(words.empty)}</h2><p>${say(words.emptyHow)}</p></section>`;

/** What a trial brought; the part of the page that is replaced by the next one. */
export function trialResult(
  view: View,
  trial: Trial,
  { example, baseUrl }: Pick<Workbench, 'example' | 'baseUrl'>,
): Part {
  const { say } = view;
  const information = trial.issues.filter(({ issue }) => issue.severity === 'information');
  return html`${verdict(view, trial)}
${stepList(view, trial)}
${panes(view, trial)}
<div class="grid">
${routeCard(view, trial.decisions)}
${disclosureCard(view, trial.recipients)}
<section class="card w-7 stack" aria-labelledby="call"><div class="card-head"><h2 id="call">${say(words.call)}</h2><button class="button quiet" type="button" data-copy="call-text" hidden>${view.icon('copy')}${say(words.copy)}</button></div>
<pre class="copy" id="call-text" tabindex="0" role="region" aria-label="${say(words.callRegion)}">${curl(trial, baseUrl)}</pre>
<p class="small soft">${say(trial.format.intake ? words.callIntake : words.callHint)}</p></section>
${whatIf(view, example, trial)}
${
  information.length > 0
    ? html`<section class="card"><details><summary><strong>${say(words.information)}</strong> <span class="count">${information.length}</span></summary>${information.map(
        ({ issue, line }) => issueBox(view, issue, line),
      )}</details></section>`
    : ''
}
</div>`;
}

/** The outcome in a sentence, with what to look at first. */
function verdict(view: View, { isAccepted, issues }: Trial): Part {
  const { say, language } = view;
  const errors = issues.filter(({ issue, line }) => isError(issue) && line !== undefined);
  const elsewhere = issues.filter(({ issue, line }) => issue.severity !== 'information' && line === undefined);
  return html`<div class="callout ${isAccepted ? 'good' : 'fail'}" id="verdict" tabindex="-1"><h2>${say(isAccepted ? words.accepted : words.refused)}</h2>${
    errors.length > 0
      ? html`<ul class="small">${errors
          .slice(0, 10)
          .map(
            ({ issue, line }) =>
              html`<li><a href="#r${line}">${say(words.onLine)} ${line}</a>: ${language === 'nl' ? issue.dutch : issue.message}</li>`,
          )}</ul>`
      : ''
  }${elsewhere.slice(0, 10).map(({ issue }) => issueBox(view, issue, undefined))}</div>`;
}

function stepList({ say, icon }: View, { steps }: Trial): Part {
  return html`<ol class="steps" aria-label="${say(words.steps)}">${steps.map(({ step, refused, issues }) => {
    const isWarned = issues.some(({ severity }) => severity === 'warning');
    const [symbol, mark, word] = refused
      ? (['fail', 'fail', words.wrong] as const)
      : isWarned
        ? (['warn', 'wait', words.attention] as const)
        : (['ok', 'ok', words.good] as const);
    const name = stepWords[step];
    return html`<li>${icon(symbol, mark)}${name ? say(name) : step}<span class="vh">: ${say(word)}</span></li>`;
  })}</ol>`;
}

const curl = ({ format: { contentType, intake } }: Trial, baseUrl: string): string =>
  [
    `curl -s '${intake ? `${baseUrl.replace(/\/fhir$/, '')}/intake/${intake}` : `${baseUrl}/$explain`}' \\`,
    `  -H "Authorization: Bearer $TOKEN" \\`,
    `  -H "X-Request-Id: $(uuidgen)" \\`,
    `  -H "Content-Type: ${contentType}" \\`,
    `  --data-binary @message`,
  ].join('\n');

const changes = {
  bsn: { nl: 'Maak het BSN fout', en: 'Make the BSN wrong' },
  postcode: { nl: 'Verhuis de persoon naar de andere gemeente', en: 'Move the person to the other municipality' },
  syntax: { nl: 'Haal een haakje weg', en: 'Remove a bracket' },
};

/** A change of an example, by the name in the address. */
export type ChangeName = keyof typeof changes;
export const isChange = (name: string): name is ChangeName => Object.hasOwn(changes, name);

function whatIf({ say }: View, example: Example | undefined, { input }: Trial): Part | string {
  if (!example) return '';
  const text = input.lines.map((it) => it.text).join('\n');
  const offered = (Object.keys(changes) as ChangeName[]).filter((it) => changed(text, it) !== text);
  return html`<section class="card w-5 stack" aria-labelledby="what-if"><div class="card-head"><h2 id="what-if">${say(words.whatIf)}</h2></div>
<ul class="list small">${offered.map(
    (it) => html`<li><a href="/workbench?example=${example.id}&amp;change=${it}">${say(changes[it])}</a></li>`,
  )}</ul></section>`;
}

/** An example, changed: the last digit of its BSN, the postcode of the person, a bracket. */
export function changed(text: string, change: ChangeName): string {
  switch (change) {
    case 'bsn':
      return text.replace(
        /(9999\d{4})(\d)(?=["^<])/,
        (_, start: string, last: string) => start + ((Number(last) + 1) % 10),
      );
    case 'postcode':
      return text.replace(/\b128\d ?([A-Z]{2})\b/, '1291 $1');
    case 'syntax':
      return text.replace(/(?:<\/entry>|\}\s*\]\s*\}?\s*)$|<\/entry>/, '');
  }
}
