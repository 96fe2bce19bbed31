import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { dayAndTime, leftUntil } from '../frame/time.ts';
import { counted, type Part, type View } from '../frame/view.ts';
import { statusWords, useCaseWords } from '../inbox/words.ts';

/** A Task past its deadline: ids, codes and times. */
export type LateTask = {
  readonly task: string;
  readonly useCase: string;
  readonly status: string;
  readonly owner: string;
  readonly phone?: string;
  readonly due: Date;
  /** Whether the watchdog has acted on it. */
  readonly isRaised: boolean;
};

export type PartnerDeliveries = {
  readonly name: string;
  readonly domain: 'network' | 'care' | 'social';
  readonly waiting: number;
  readonly failures: number;
  readonly oldest?: Date;
};

export type Source = { readonly name: string; readonly heardAt?: Date };

export type OperatorView = {
  readonly late: readonly LateTask[];
  /** Not every Task was looked at. */
  readonly isCut: boolean;
  readonly partners: readonly PartnerDeliveries[];
  readonly dead: number;
  readonly sources: readonly Source[];
  /** Digest of the configuration in force. */
  readonly configuration: string;
  readonly now: Date;
  readonly timezone: string;
};

const words = {
  calm: {
    nl: 'Geen termijn is voorbij en alles is bezorgd.',
    en: 'No deadline has passed and everything is delivered.',
  },
  task: { nl: 'taak is voorbij de termijn', en: 'Task is past its deadline' },
  tasks: { nl: 'taken zijn voorbij de termijn', en: 'Tasks are past their deadline' },
  waiting: { nl: 'bericht wacht op bezorging', en: 'message waits for delivery' },
  waitings: { nl: 'berichten wachten op bezorging', en: 'messages wait for delivery' },
  dead: { nl: 'bericht is opgegeven', en: 'message was given up' },
  deads: { nl: 'berichten zijn opgegeven', en: 'messages were given up' },
  late: { nl: 'Termijnen die voorbij zijn', en: 'Deadlines that have passed' },
  none: {
    nl: 'Niemand is te laat. Hier komt wie aan zet is als een termijn voorbijgaat.',
    en: 'Nobody is late. Who has to act appears here when a deadline passes.',
  },
  cut: {
    nl: 'Er zijn te veel taken om nu alles te bekijken. De taken die het langst stilliggen, staan hier.',
    en: 'There are too many Tasks to look at all of them now. Those without progress for the longest time are shown.',
  },
  turn: { nl: 'is aan zet', en: 'has to act' },
  since: { nl: 'Termijn was', en: 'The deadline was' },
  raised: { nl: 'De wachthond heeft het gemeld.', en: 'The watchdog has reported it.' },
  notRaised: { nl: 'De wachthond meldt het binnen een minuut.', en: 'The watchdog reports it within a minute.' },
  call: { nl: 'Bel', en: 'Call' },
  deliveries: { nl: 'Bezorging per partner', en: 'Deliveries by partner' },
  partner: { nl: 'Partner', en: 'Partner' },
  wait: { nl: 'Wacht', en: 'Waits' },
  oldest: { nl: 'Oudste', en: 'Oldest' },
  state: { nl: 'Staat', en: 'State' },
  healthy: { nl: 'gezond', en: 'healthy' },
  slow: { nl: 'er wacht iets', en: 'something waits' },
  unreachable: { nl: 'onbereikbaar', en: 'unreachable' },
  fresh: { nl: 'Hoe vers zijn onze gegevens', en: 'How fresh are our data' },
  own: { nl: 'Inrichting in gebruik', en: 'Configuration in force' },
  noSources: { nl: 'De adreslijst is van het netwerk zelf.', en: 'The directory is that of the network itself.' },
  never: { nl: 'nog nooit gehoord', en: 'never heard' },
} satisfies Record<string, Bilingual>;

/** What needs somebody now, in a sentence. */
export function briefing(view: View, { late, isCut, partners, dead }: OperatorView): string {
  const waiting = partners.reduce((sum, it) => sum + it.waiting, 0);
  const parts = [
    ...(late.length > 0 ? [counted(view, late.length, words.task, words.tasks)] : []),
    ...(waiting > 0 ? [counted(view, waiting, words.waiting, words.waitings)] : []),
    ...(dead > 0 ? [counted(view, dead, words.dead, words.deads)] : []),
  ];
  return parts.length > 0 ? `${parts.join('; ')}.` : view.say(isCut ? words.cut : words.calm);
}

export const operatorCards = (view: View, it: OperatorView): Part =>
  html`<div class="grid"><div class="w-5 stack-wide">${lateCard(view, it)}${freshCard(view, it)}</div>${deliveryCard(view, it)}</div>`;

function lateCard(view: View, { late, isCut, timezone }: OperatorView): Part {
  const { say } = view;
  return html`<section class="card stack" aria-labelledby="late"><div class="card-head"><h2 id="late">${say(words.late)}</h2></div>${isCut ? html`<p class="small soft">${say(words.cut)}</p>` : ''}${
    late.length === 0 && !isCut
      ? html`<p class="soft">${say(words.none)}</p>`
      : html`<ul class="list">${late
          .slice(0, 20)
          .map(
            (it) =>
              html`<li class="stack-tight"><strong>${it.owner} ${say(words.turn)}</strong><span class="deadline fail">${view.icon('alarm')}<span>${say(words.since)} ${dayAndTime(view, it.due, timezone)}</span></span><p class="small soft">${say(useCaseWords[it.useCase] ?? { nl: it.useCase, en: it.useCase })}, ${say(statusWords[it.status] ?? { nl: it.status, en: it.status })}. ${say(it.isRaised ? words.raised : words.notRaised)} ${
                it.phone
                  ? html`${say(words.call)} <a href="tel:${it.phone.replace(/[^+\d]/g, '')}">${it.phone}</a>.`
                  : ''
              }</p></li>`,
          )}</ul>`
  }</section>`;
}

function deliveryCard(view: View, { partners, timezone }: OperatorView): Part {
  const { say, icon } = view;
  return html`<section class="card flush w-7" aria-labelledby="deliveries"><div class="card-head"><h2 id="deliveries">${say(words.deliveries)}</h2></div><div class="table-wrap"><table class="card-list"><thead><tr><th scope="col">${say(words.partner)}</th><th scope="col" class="num">${say(words.wait)}</th><th scope="col">${say(words.oldest)}</th><th scope="col">${say(words.state)}</th></tr></thead><tbody>${partners.map(
    ({ name, domain, waiting, failures, oldest }) => {
      const [chip, symbol, word] =
        failures > 0
          ? (['fail', 'fail', words.unreachable] as const)
          : waiting > 0
            ? (['wait', 'wait', words.slow] as const)
            : (['ok', 'ok', words.healthy] as const);
      return html`<tr><th scope="row"><span class="who-name"><span class="who-dot ${domain === 'care' ? '' : domain}" aria-hidden="true"></span>${name}</span></th><td class="num">${waiting}</td><td class="wide faint">${oldest ? dayAndTime(view, oldest, timezone) : ''}</td><td class="wide"><span class="chip ${chip}">${icon(symbol)}${say(word)}</span></td></tr>`;
    },
  )}</tbody></table></div></section>`;
}

function freshCard(view: View, { sources, configuration, now, timezone }: OperatorView): Part {
  const { say, icon } = view;
  return html`<section class="card stack" aria-labelledby="fresh"><div class="card-head"><h2 id="fresh">${say(words.fresh)}</h2></div><ul class="list">${
    sources.length === 0
      ? html`<li>${say(words.noSources)}</li>`
      : sources.map(({ name, heardAt }) => {
          const isOld = !heardAt || leftUntil(new Date(heardAt.getTime() + 86_400_000), now, timezone).kind === 'over';
          return html`<li class="split-item"><strong>${name}</strong><span class="chip ${isOld ? 'wait' : 'ok'}">${icon(isOld ? 'wait' : 'ok')}${heardAt ? dayAndTime(view, heardAt, timezone) : say(words.never)}</span></li>`;
        })
  }<li class="split-item"><strong>${say(words.own)}</strong><code>${configuration.slice(0, 12)}</code></li></ul></section>`;
}
