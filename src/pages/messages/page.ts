import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { pageHead } from '../frame/head.ts';
import { dayAndTime } from '../frame/time.ts';
import { counted, type Part, type View } from '../frame/view.ts';
import { purposeWords } from '../workbench/words.ts';

/** A message: ids, codes and times. Never content, nor a name or number of a person. */
export type MessageRow = {
  readonly id: string;
  readonly sender: string;
  readonly state: string;
  readonly receivedAt: Date;
  readonly traceId: string;
  readonly codes: readonly string[];
  readonly deliveries: readonly {
    readonly id: string;
    readonly receiver: string;
    readonly kind: string;
    readonly state: string;
    readonly because?: string;
  }[];
};

/** What was searched, as it stands in the address. */
export type MessageSearch = {
  readonly q: string;
  readonly partner: string;
  readonly state: string;
  readonly days: string;
  readonly open: string;
};

const words = {
  title: { nl: 'Berichten', en: 'Messages' },
  sentence: {
    nl: 'Een rij per bericht. Vouw open voor de bestemmingen. U ziet soorten en tijden, geen inhoud.',
    en: 'One row a message. Unfold it for its destinations. You see kinds and times, no content.',
  },
  q: { nl: 'Ordernummer, spoor of foutcode', en: 'Order number, trace or error code' },
  partner: { nl: 'Partner', en: 'Partner' },
  allPartners: { nl: 'Alle partners', en: 'All partners' },
  state: { nl: 'Staat', en: 'State' },
  allStates: { nl: 'Alle', en: 'All' },
  since: { nl: 'Sinds', en: 'Since' },
  search: { nl: 'Zoek', en: 'Search' },
  time: { nl: 'Tijd', en: 'Time' },
  from: { nl: 'Van', en: 'From' },
  to: { nl: 'Bestemming', en: 'Destination' },
  why: { nl: 'Reden', en: 'Reason' },
  trace: { nl: 'Spoor', en: 'Trace' },
  one: { nl: 'bestemming', en: 'destination' },
  more: { nl: 'bestemmingen', en: 'destinations' },
  none: { nl: 'geen', en: 'none' },
  found: { nl: 'Gevonden berichten', en: 'Messages found' },
  unfold: { nl: 'Bestemmingen van het bericht van', en: 'Destinations of the message of' },
  older: { nl: 'Ouder', en: 'Older' },
  empty: {
    nl: 'Nog geen berichten. Stuur er een, of probeer er een in de werkbank.',
    en: 'No messages yet. Send one, or try one in the workbench.',
  },
  nothing: {
    nl: 'Niets gevonden. Zoek verder terug, of haal een keuze weg.',
    en: 'Nothing found. Search further back, or remove a choice.',
  },
  further: {
    nl: 'Hier is niets gevonden, maar nog niet alles is bekeken. Zoek verder met de knop.',
    en: 'Nothing found here, but not everything was looked at. Continue with the button.',
  },
} satisfies Record<string, Bilingual>;

/** How long ago, in days; empty: from the beginning. */
export const periods: readonly (readonly [string, Bilingual])[] = [
  ['1', { nl: '24 uur', en: '24 hours' }],
  ['7', { nl: '7 dagen', en: '7 days' }],
  ['30', { nl: '30 dagen', en: '30 days' }],
  ['', { nl: 'het begin', en: 'the beginning' }],
];

type Look = { readonly word: Bilingual; readonly chip: string; readonly icon: string };

const states: Readonly<Record<string, Look>> = {
  failed: { word: { nl: 'mislukt', en: 'failed' }, chip: 'fail', icon: 'fail' },
  waiting: { word: { nl: 'wacht', en: 'waits' }, chip: 'wait', icon: 'wait' },
  delivered: { word: { nl: 'bezorgd', en: 'delivered' }, chip: 'ok', icon: 'ok' },
  stored: { word: { nl: 'bewaard', en: 'stored' }, chip: '', icon: 'check' },
  refused: { word: { nl: 'geweigerd', en: 'refused' }, chip: 'fail', icon: 'fail' },
};

export const deliveryStates: Readonly<Record<string, Look>> = {
  ...states,
  dead: { word: { nl: 'opgegeven', en: 'given up' }, chip: 'fail', icon: 'fail' },
  'set-aside': { word: { nl: 'apart gezet', en: 'set aside' }, chip: 'fail', icon: 'warn' },
  skipped: { word: { nl: 'overgeslagen', en: 'skipped' }, chip: '', icon: 'idle' },
  withdrawn: { word: { nl: 'ingetrokken', en: 'withdrawn' }, chip: 'withheld', icon: 'withheld' },
};

export const messagesTitle = ({ say }: View): string => say(words.title);

type Found = {
  readonly rows: readonly MessageRow[];
  readonly next: string | undefined;
  readonly search: MessageSearch;
  readonly partners: ReadonlyMap<string, { readonly name: string }>;
  readonly timezone: string;
};

export function messagesPage(view: View, found: Found): Part {
  const { say, icon } = view;
  const { rows, next, search, timezone } = found;
  const isFiltered = [search.q, search.partner, search.state].some((it) => it !== '');
  return html`${pageHead(say(words.title), say(words.sentence))}
<div class="stack-wide">${filters(view, found)}
<section class="card flush" aria-label="${say(words.found)}">${
    rows.length === 0
      ? html`<p class="empty">${say(next ? words.further : isFiltered || search.days !== '' ? words.nothing : words.empty)}</p>`
      : html`<div class="table-wrap"><table class="rows card-list"><thead><tr><th scope="col">${say(words.time)}</th><th scope="col">${say(words.from)}</th><th scope="col">${say(words.to)}</th><th scope="col">${say(words.state)}</th><th scope="col">${say(words.why)}</th><th scope="col">${say(words.trace)}</th></tr></thead>${rows.map((it) => row(view, it, found, timezone))}</table></div>`
  }${next ? html`<p class="pages"><a class="button push" href="${address(search, { cursor: next, open: '' })}">${say(words.older)}${icon('chevron-right')}</a></p>` : ''}</section></div>`;
}

function filters({ say, icon }: View, { search, partners }: Found): Part {
  const option = (value: string, name: string, chosen: string) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ''}>${name}</option>`;
  return html`<form class="filters" action="/messages" role="search">
<div class="field grow"><label for="q">${say(words.q)}</label><input id="q" name="q" type="search" value="${search.q}" autocomplete="off"></div>
<div class="field"><label for="partner">${say(words.partner)}</label><select id="partner" name="partner">${option('', say(words.allPartners), search.partner)}${[...partners].map(([id, { name }]) => option(id, name, search.partner))}</select></div>
<div class="field"><label for="state">${say(words.state)}</label><select id="state" name="state">${option('', say(words.allStates), search.state)}${Object.entries(states).map(([code, { word }]) => option(code, say(word), search.state))}</select></div>
<div class="field"><label for="days">${say(words.since)}</label><select id="days" name="days">${periods.map(([days, name]) => option(days, say(name), search.days))}</select></div>
<button class="button primary">${icon('search')}${say(words.search)}</button></form>`;
}

function row(view: View, it: MessageRow, { search, partners }: Found, timezone: string): Part {
  const { say, icon } = view;
  const isOpen = search.open === it.id;
  const at = dayAndTime(view, it.receivedAt, timezone);
  const count = it.deliveries.length;
  const fold =
    count === 0
      ? ''
      : html`<a class="fold" href="${address(search, { open: isOpen ? '' : it.id })}" aria-expanded="${isOpen}"><span class="vh">${say(words.unfold)} ${at}</span>${icon('chevron-right')}</a>`;
  return html`<tbody><tr><td class="wide faint"><a href="/messages/${it.id}"><time datetime="${it.receivedAt.toISOString()}">${at}</time></a></td><th scope="row">${fold}${partners.get(it.sender)?.name ?? it.sender}</th><td class="wide">${count === 0 ? say(words.none) : counted(view, count, words.one, words.more)}</td><td>${chip(view, states[it.state], it.state)}</td><td class="wide">${codes(it.codes)}</td><td class="skip-phone"><a href="${address({ ...search, q: it.traceId }, { open: it.id })}"><code>${it.traceId.slice(0, 8)}</code></a></td></tr>${
    isOpen
      ? it.deliveries.map(
          (one) =>
            html`<tr class="child"><td class="skip-phone"></td><td><span class="branch" aria-hidden="true"></span>${partners.get(one.receiver)?.name ?? one.receiver}</td><td class="wide">${kindOf(view, one.kind)}</td><td>${chip(view, deliveryStates[one.state], one.state)}</td><td class="wide">${one.because ? html`<code>${one.because}</code>` : ''}</td><td class="skip-phone"><code>${one.id.slice(0, 8)}</code></td></tr>`,
        )
      : ''
  }</tbody>`;
}

export const kindOf = ({ say }: View, kind: string): string => {
  const found = Object.hasOwn(purposeWords, kind) ? purposeWords[kind] : undefined;
  return found ? say(found) : kind;
};

export const chip = ({ say, icon }: View, look: Look | undefined, state: string): Part =>
  html`<span class="chip ${look?.chip ?? ''}">${icon(look?.icon ?? 'info')}${look ? say(look.word) : state}</span>`;

const codes = (all: readonly string[]): Part[] =>
  all.slice(0, 3).map((it) => html`<a href="/docs/findings?q=${encodeURIComponent(it)}"><code>${it}</code></a> `);

/** Every view has an address. */
function address(search: MessageSearch, more: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...search, ...more })) if (value !== '') parameters.set(name, value);
  if (search.days === '') parameters.set('days', '');
  return `/messages?${parameters}`;
}
