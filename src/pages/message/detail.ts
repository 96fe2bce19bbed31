import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { DeliveryStory } from '../../operations/index.ts';
import { dayAndTime } from '../frame/time.ts';
import type { Part, View } from '../frame/view.ts';
import { chip, deliveryStates } from '../messages/page.ts';
import { basisWords, reasonWords, typeWords } from '../workbench/words.ts';
import type { Arrow } from './arrows.ts';
import { labelOf, nameOf, type Picture } from './label.ts';
import { outcomeWords, words } from './words.ts';

type Chosen = { readonly arrow: Arrow; readonly number: number };

/** What is behind an arrow: what went, what was withheld with its ground, each attempt. */
export function arrowDetail(view: View, picture: Picture, { arrow, number }: Chosen): Part {
  const { say, icon } = view;
  const { story } = picture;
  const [name, says] = labelOf(view, story, arrow);
  const delivery = arrow.kind === 'delivery' ? arrow.delivery : undefined;
  const to = delivery ? html` · ${nameOf(picture, delivery.receiver)}` : '';
  return html`<section class="card stack" aria-labelledby="detail"><h2 id="detail">${number} · ${name}${to}</h2>
<div class="row">${delivery ? chip(view, deliveryStates[delivery.state], delivery.state) : html`<span class="chip">${says}</span>`}</div>
<dl class="facts">${delivery?.receipts.flatMap(({ legalBasis }) => (legalBasis ? [html`<dt>${say(words.basis)}</dt><dd>${named(view, basisWords, legalBasis)}</dd>`] : [])) ?? ''}<dt>${say(words.configuration)}</dt><dd><code>${story.configuration.slice(0, 12)}</code></dd><dt>${say(words.trace)}</dt><dd><a href="/messages?q=${story.traceId}&amp;days="><code>${story.traceId.slice(0, 8)}</code></a></dd>${
    story.codes.length > 0
      ? html`<dt>${say(words.codes)}</dt><dd>${story.codes.map((it) => html`<a href="/docs/findings?q=${encodeURIComponent(it)}"><code>${it}</code></a> `)}</dd>`
      : ''
  }</dl>${delivery ? disclosure(view, delivery) : ''}<p class="small faint marked">${icon('lock')}<span>${say(words.kinds)}</span></p></section>${delivery ? attempts(view, picture, delivery) : ''}`;
}

const disclosure = (view: View, { receipts }: DeliveryStory): Part[] =>
  receipts.map(({ disclosed, withheld }) => {
    const { say, icon } = view;
    const sent = Object.entries(disclosed);
    const nothing = html`<p class="faint">${say(words.nothing)}</p>`;
    return html`<div class="disclosure"><div><h3 class="ok">${icon('sent')}${say(words.sent)}: ${sent.reduce((sum, [, count]) => sum + count, 0)}</h3>${
      sent.length === 0
        ? nothing
        : html`<ul>${sent.map(([type, count]) => html`<li>${count > 1 ? `${count} × ` : ''}${named(view, typeWords, type)}</li>`)}</ul>`
    }</div><div class="kept"><h3>${icon('withheld')}${say(words.withheld)}: ${withheld.reduce((sum, { count }) => sum + count, 0)}</h3>${
      withheld.length === 0
        ? nothing
        : html`<ul>${withheld.map((it) => html`<li>${it.count > 1 ? `${it.count} × ` : ''}${named(view, typeWords, it.resourceType)} <small>${named(view, reasonWords, it.reason)}</small></li>`)}</ul>`
    }</div></div>`;
  });

function attempts(view: View, { timezone }: Picture, { attempts: all }: DeliveryStory): Part {
  const { say } = view;
  const rows = all.map(
    (it) =>
      html`<tr><td>${dayAndTime(view, it.at, timezone)}</td><td>${named(view, outcomeWords, it.outcome)} <span class="faint">${it.status ?? say(words.noAnswer)}</span>${it.because ? html` <code>${it.because}</code>` : ''}</td><td class="num nowrap">${Math.round(it.milliseconds)} ms</td></tr>`,
  );
  return html`<section class="card flush" aria-labelledby="attempts"><div class="card-head"><h2 id="attempts">${say(words.attempts)}</h2></div>${
    rows.length === 0
      ? html`<p class="empty">${say(words.noAttempt)}</p>`
      : html`<div class="table-wrap"><table><thead><tr><th scope="col">${say(words.when)}</th><th scope="col">${say(words.answered)}</th><th scope="col" class="num">${say(words.took)}</th></tr></thead><tbody>${rows}</tbody></table></div>`
  }</section>`;
}

const named = ({ say }: View, of: Readonly<Record<string, Bilingual>>, code: string): string => {
  const found = Object.hasOwn(of, code) ? of[code] : undefined;
  return found ? say(found) : code;
};
