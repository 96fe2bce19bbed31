import { html } from 'hono/html';
import type { Turn } from '../../watchdog/index.ts';
import { pageHead } from '../frame/head.ts';
import { dayAndTime } from '../frame/time.ts';
import { counted, type Part, type View } from '../frame/view.ts';
import { statusWords, useCaseWords } from '../inbox/words.ts';
import { kindOf } from '../messages/page.ts';
import { type Arrow, arrowsOf, columnsOf } from './arrows.ts';
import { arrowDetail } from './detail.ts';
import { labelOf, nameOf, type Picture } from './label.ts';
import { doesWords, words } from './words.ts';

export const messageTitle = ({ say }: View): string => say(words.title);

/** One message: who has to act, the picture, and what is behind one of its arrows. */
export function messagePage(view: View, picture: Picture): Part {
  const { say, icon } = view;
  const { story, arrow, timezone } = picture;
  const arrows = arrowsOf(story);
  const chosen = arrows[arrow - 1] ?? arrows.find((it) => it.kind === 'delivery') ?? arrows[0]!;
  const sentence = html`${say(words.from)} ${nameOf(picture, story.sender)}, ${dayAndTime(view, story.receivedAt, timezone)}. ${counted(view, story.deliveries.length, words.delivery, words.deliveries)}.`;
  const actions = html`<a class="button" href="/messages">${icon('chevron-left')}${say(words.back)}</a><a class="button" href="/messages/${story.id}?as=case" download>${icon('download')}${say(words.caseFile)}</a>`;
  return html`${pageHead(say(words.title), sentence, actions)}
<div class="grid"><div class="w-7 stack-wide">${whyBox(view, picture)}${sequence(view, picture, { arrows, chosen })}${story.isCut ? html`<p class="small soft">${say(words.cut)}</p>` : ''}</div>
<div class="w-5 stack-wide">${arrowDetail(view, picture, { arrow: chosen, number: arrows.indexOf(chosen) + 1 })}</div></div>`;
}

/** Why nothing happens: who has to act, since when, and what follows by itself. */
function whyBox(view: View, { story, turns, partners, now, timezone }: Picture): Part {
  const { say } = view;
  const stuck = story.deliveries.filter(({ state }) => ['waiting', 'set-aside', 'dead'].includes(state));
  const lines = [
    ...(story.codes.length > 0 ? [html`<p>${say(words.refusedTurn)}</p>`] : []),
    ...stuck.map(
      (it) =>
        html`<p><strong>${nameOf({ partners }, it.receiver)}</strong>: ${kindOf(view, it.kind)}, ${say(it.state === 'dead' ? words.givenUp : words.waits)}${it.because ? html` <code>${it.because}</code>` : ''}</p>`,
    ),
    ...turns.map((it) => turnLine(view, it, { now, timezone })),
  ];
  return html`<section class="callout ${lines.length > 0 ? 'wait' : ''} stack-tight" aria-labelledby="why"><h2 id="why">${say(words.why)}</h2>${lines.length > 0 ? lines : html`<p>${say(words.done)}</p>`}</section>`;
}

function turnLine(view: View, it: Turn, when: Pick<Picture, 'now' | 'timezone'>): Part {
  const { say } = view;
  const useCase = useCaseWords[it.useCase ?? ''];
  const status = statusWords[it.status];
  return html`<p><strong>${it.owner === '?' ? say(words.somebody) : it.owner} ${say(words.turn)}</strong>, ${say(words.since)} ${dayAndTime(view, it.since, when.timezone)}. ${useCase ? say(useCase) : (it.useCase ?? '')}: ${status ? say(status) : it.status}. ${
    it.next
      ? html`${say(it.next.due <= when.now ? words.overdue : words.next)} ${dayAndTime(view, it.next.due, when.timezone)}: ${say(doesWords[it.next.does] ?? words.noNext)}`
      : say(words.noNext)
  }${it.phone ? html` ${say(words.call)} <a href="tel:${it.phone.replace(/[^+\d]/g, '')}">${it.phone}</a>.` : ''}</p>`;
}

type Drawn = { readonly arrows: readonly Arrow[]; readonly chosen: Arrow };

const dots: Readonly<Record<string, string>> = { network: 'network', social: 'social', care: 'ggz' };

function sequence(view: View, picture: Picture, { arrows, chosen }: Drawn): Part {
  const { say } = view;
  const { story, partners } = picture;
  const columns = columnsOf(story);
  const lane = (ids: readonly string[], role: string) =>
    html`<div><span class="who-dot ${dots[partners.get(ids[0] ?? '')?.domain ?? ''] ?? ''}"></span> ${ids.length === 1 ? nameOf(picture, ids[0] ?? '') : counted(view, ids.length, words.organisation, words.organisations)}<small>${role}</small></div>`;
  const items = arrows.flatMap((it, index) => {
    const before = arrows[index - 1]?.at;
    const quiet = it.at && before ? it.at.getTime() - before.getTime() : 0;
    return [
      ...(quiet > hour ? [html`<li class="gap"><span>${silence(view, quiet)}</span></li>`] : []),
      arrowItem(view, picture, { it, number: index + 1, isChosen: it === chosen, columns }),
      ...(it.kind === 'received' && story.steps.length > 0
        ? [html`<li class="at-gate"><span>${counted(view, story.steps.length, words.step, words.steps)}</span></li>`]
        : []),
    ];
  });
  return html`<section class="card flush" aria-labelledby="picture"><h2 class="vh" id="picture">${say(words.picture)}</h2><div class="sequence cols-${columns.length + 2}">
<div class="lanes" aria-hidden="true">${lane([story.sender], say(words.sender))}<div><span class="who-dot"></span> Gateway<small>${say(words.gateway)}</small></div>${columns.map((it) => lane(it, say(words.receiver)))}</div>
<ol class="arrows">${items}</ol></div></section>`;
}

type Item = {
  readonly it: Arrow;
  readonly number: number;
  readonly isChosen: boolean;
  readonly columns: readonly (readonly string[])[];
};

function arrowItem(view: View, picture: Picture, { it, number, isChosen, columns }: Item): Part {
  const { say } = view;
  const { story, timezone } = picture;
  const clock = it.at
    ? it.at.toLocaleTimeString('nl-NL', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: timezone })
    : say(words.later);
  const isToSender = it.kind === 'answer' || (it.kind === 'delivery' && it.delivery.receiver === story.sender);
  const column = it.kind === 'delivery' ? columns.findIndex((of) => of.includes(it.delivery.receiver)) : 0;
  const place =
    it.kind === 'received' ? 'from-1' : isToSender ? 'from-1 left' : `from-2${column > 0 ? ` span-${column + 2}` : ''}`;
  const target = it.kind === 'received' ? 'Gateway' : nameOf(picture, isToSender ? story.sender : targetOf(it));
  const source = it.kind === 'received' ? nameOf(picture, story.sender) : 'Gateway';
  const [name, says, look] = labelOf(view, story, it);
  return html`<li><time${it.at ? html` datetime="${it.at.toISOString()}"` : ''}>${clock}</time><a class="arrow ${place}${look}" href="/messages/${story.id}?arrow=${number}#detail"${isChosen ? html` aria-current="true"` : ''}><span class="from-to">${clock} · ${source} → ${target}</span><span><b>${number}</b> ${name}</span><small>${says}</small></a></li>`;
}

const targetOf = (it: Arrow): string => (it.kind === 'delivery' ? it.delivery.receiver : '');

const hour = 3_600_000;

const silence = (view: View, milliseconds: number): string =>
  milliseconds < 24 * hour
    ? counted(view, Math.floor(milliseconds / hour), words.quietHour, words.quietHours)
    : counted(view, Math.floor(milliseconds / (24 * hour)), words.quietDay, words.quietDays);
