import { html } from 'hono/html';
import { pageHead } from '../frame/head.ts';
import { counted, type Part, type View } from '../frame/view.ts';
import type { Document, Documents } from './documents.ts';
import { addressOf, markupOf } from './markup.ts';

const words = {
  title: { nl: 'Documentatie', en: 'Documentation' },
  sentence: {
    nl: 'Van deze versie van de gateway, geordend naar lezer. De bladzijden zijn in het Engels.',
    en: 'Of this version of the gateway, ordered by reader.',
  },
  search: { nl: 'Zoek', en: 'Search' },
  label: { nl: 'Woorden', en: 'Words' },
  all: { nl: 'Alle documentatie', en: 'All documentation' },
  found: { nl: 'Gevonden', en: 'Found' },
  none: {
    nl: 'Niets gevonden. Zoek op minder of op kortere woorden; de documentatie is in het Engels.',
    en: 'Nothing found. Search for fewer or for shorter words.',
  },
  one: { nl: 'plaats', en: 'place' },
  more: { nl: 'plaatsen', en: 'places' },
  definitions: { nl: 'Profielen en codes', en: 'Profiles and codes' },
  findings: { nl: 'Foutcodes', en: 'Error codes' },
  api: { nl: 'API: OpenAPI', en: 'API: OpenAPI' },
  generated: { nl: 'Wat ook hier staat', en: 'Also here' },
};

/** More places than a reader looks through. */
const mostFound = 50;

export const docsTitle = ({ say }: View): string => say(words.title);

/** The index, with what is made from the sources beside it; or the places that have the words that are searched. */
export function docsPage(view: View, documents: Documents, query: string): Part {
  const { say, icon } = view;
  const index = documents.read('README');
  const body = query.trim()
    ? foundPlaces(view, documents, query)
    : index
      ? article({ ...index, text: index.text.replace(/^# .*\n/, '') }, documents)
      : '';
  return html`${pageHead(say(words.title), say(words.sentence))}
<div class="stack-wide">
<form class="filters" action="/docs" role="search"><div class="field grow"><label for="q">${say(words.label)}</label><input id="q" name="q" type="search" value="${query}" autocomplete="off"></div><button class="button primary">${icon('search')}${say(words.search)}</button></form>
<nav aria-label="${say(words.generated)}"><ul class="row plain"><li><a class="button" href="/docs/definitions">${icon('document')}${say(words.definitions)}</a></li><li><a class="button" href="/docs/findings">${icon('codes')}${say(words.findings)}</a></li><li><a class="button" href="/docs/openapi.json">${icon('plug')}${say(words.api)}</a></li></ul></nav>
${body}</div>`;
}

/** One page of the documentation. */
export const documentPage = (view: View, document: Document, documents: Documents): Part =>
  html`<p class="crumb"><a href="/docs">${view.icon('chevron-left')}${view.say(words.all)}</a></p>
${article(document, documents)}`;

function article(document: Document, documents: Documents): Part {
  const known = new Set(documents.names);
  return html`<article class="card prose" lang="${document.language}">${markupOf(document, (it) => known.has(it))}</article>`;
}

function foundPlaces(view: View, documents: Documents, query: string): Part {
  const { say } = view;
  const found = documents.search(query, mostFound);
  if (found.length === 0) return html`<section class="card"><p class="empty">${say(words.none)}</p></section>`;
  return html`<section class="card" aria-label="${say(words.found)}"><ul class="plain stack-tight" lang="en">${found.map(
    ({ document, heading, anchor }) =>
      html`<li><a href="${addressOf(document.name)}${anchor ? `#${anchor}` : ''}">${heading}</a> <span class="small faint">${document.title}</span></li>`,
  )}</ul><p class="pages"><span>${counted(view, found.length, words.one, words.more)}</span></p></section>`;
}
