import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { catalogue } from '../../fhir/catalogue/index.ts';
import type { Fault, Rule } from '../../fhir/catalogue/rule.ts';
import type { RuleCode } from '../../fhir/issue.ts';
import { pageHead } from '../frame/head.ts';
import { counted, type Part, type View } from '../frame/view.ts';

const words = {
  title: { nl: 'Foutcodes', en: 'Error codes' },
  sentence: {
    nl: 'Elke code die de gateway kan teruggeven, met wat u eraan doet. Een code verandert nooit van betekenis.',
    en: 'Every code that the gateway can return, with its remedy. A code never changes its meaning.',
  },
  search: { nl: 'Zoek', en: 'Search' },
  label: { nl: 'Code of woord', en: 'Code or word' },
  code: { nl: 'Code', en: 'Code' },
  text: { nl: 'Wat er is, en wat u doet', en: 'The finding and its remedy' },
  acts: { nl: 'Aan zet', en: 'Who acts' },
  found: { nl: 'Gevonden codes', en: 'Codes found' },
  none: {
    nl: 'Niets gevonden. Zoek op een korter woord, of op een deel van de code.',
    en: 'Nothing found. Search for a shorter word, or for a part of the code.',
  },
  all: { nl: 'Alle foutcodes', en: 'All error codes' },
  one: { nl: 'code', en: 'code' },
  more: { nl: 'codes', en: 'codes' },
  status: { nl: 'HTTP-status', en: 'HTTP status' },
  severity: { nl: 'Ernst', en: 'Severity' },
  system: { nl: 'In een OperationOutcome', en: 'In an OperationOutcome' },
  other: { nl: 'In het Engels', en: 'In Dutch' },
  try: { nl: 'Probeer het in de werkbank', en: 'Try it in the workbench' },
  facts: { nl: 'Gegevens', en: 'Facts' },
};

const faults: Readonly<Record<Fault, Bilingual>> = {
  sender: { nl: 'de afzender', en: 'the sender' },
  gateway: { nl: 'de beheerder van de gateway', en: 'the operator of the gateway' },
  receiver: { nl: 'de ontvanger', en: 'the receiver' },
};

const severities: Readonly<
  Record<Rule['severity'], { readonly word: Bilingual; readonly chip: string; readonly icon: string }>
> = {
  fatal: { word: { nl: 'fout', en: 'error' }, chip: 'fail', icon: 'fail' },
  error: { word: { nl: 'fout', en: 'error' }, chip: 'fail', icon: 'fail' },
  warning: { word: { nl: 'let op', en: 'warning' }, chip: 'wait', icon: 'warn' },
  information: { word: { nl: 'ter info', en: 'for information' }, chip: 'info', icon: 'info' },
};

const rules: readonly (readonly [string, Rule])[] = Object.entries(catalogue);

export const findingsTitle = ({ say }: View): string => say(words.title);

export const isCode = (code: string): code is RuleCode => Object.hasOwn(catalogue, code);

const chip = ({ say, icon }: View, severity: Rule['severity']): Part => {
  const look = severities[severity];
  return html`<span class="chip ${look.chip}">${icon(look.icon)}${say(look.word)}</span>`;
};

/** All codes, or those that have the words that are searched. */
export function findingsPage(view: View, query: string): Part {
  const { say, icon, language } = view;
  const wanted = query.trim().toLowerCase();
  const found = rules.filter(([code, it]) => `${code} ${it.en} ${it.nl}`.toLowerCase().includes(wanted));
  return html`${pageHead(say(words.title), say(words.sentence))}
<div class="stack-wide">
<form class="filters" action="/docs/findings" role="search"><div class="field grow"><label for="q">${say(words.label)}</label><input id="q" name="q" type="search" value="${query}" autocomplete="off"></div><button class="button primary">${icon('search')}${say(words.search)}</button></form>
<section class="card flush" aria-label="${say(words.found)}">${
    found.length === 0
      ? html`<p class="empty">${say(words.none)}</p>`
      : html`<div class="table-wrap"><table class="card-list"><thead><tr><th scope="col">${say(words.code)}</th><th scope="col">${say(words.text)}</th><th scope="col">${say(words.acts)}</th></tr></thead><tbody>${found.map(
          ([code, it]) =>
            html`<tr><th scope="row"><a href="/docs/findings/${code}"><code>${code}</code></a></th><td class="wide">${it[language]}</td><td class="wide soft">${say(faults[it.fault])}</td></tr>`,
        )}</tbody></table></div><p class="pages"><span>${counted(view, found.length, words.one, words.more)}</span></p>`
  }</section></div>`;
}

/** One code: what is wrong, what to do, who has to act. `status`: the HTTP status of a response that begins with it. */
export function findingPage(view: View, code: RuleCode, status: number): Part {
  const { say, icon, language } = view;
  const rule: Rule = catalogue[code];
  const other = language === 'nl' ? 'en' : 'nl';
  return html`<header class="page-head"><div><p class="crumb"><a href="/docs/findings">${icon('chevron-left')}${say(words.all)}</a></p><h1><code>${code}</code></h1><p>${chip(view, rule.severity)}</p></div></header>
<div class="grid">
<section class="card w-7 stack"><p class="large">${rule[language]}</p><p><a class="button" href="/workbench">${icon('workbench')}${say(words.try)}</a></p>
<p class="small faint">${say(words.other)}</p><p class="small" lang="${other}">${rule[other]}</p></section>
<section class="card w-5" aria-labelledby="facts"><h2 class="vh" id="facts">${say(words.facts)}</h2><dl class="facts">
<dt>${say(words.acts)}</dt><dd>${say(faults[rule.fault])}</dd>
<dt>${say(words.status)}</dt><dd>${status}</dd>
<dt>${say(words.severity)}</dt><dd><code>${rule.severity}</code></dd>
<dt>${say(words.system)}</dt><dd><code>issue.details.coding</code>, <code>${mgnCodeSystem('error')}</code></dd>
</dl></section></div>`;
}
