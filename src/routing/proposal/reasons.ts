import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Norm, Norms } from '../waiting-time/norms.ts';
import type { Place, PlaceQuestion } from './place.ts';
import type { Ranking } from './ranking.ts';

type KnownAvailability = Pick<Place, 'wait' | 'capacity'>;
type ReasonContext = Pick<PlaceQuestion, 'group' | 'from'> & { readonly norms: Norms; readonly ranking: Ranking };

/** The reasons for a rank, as sentences for people. Nothing in them is about a person. */
export function reasonsOf(known: KnownAvailability, context: ReasonContext): readonly Bilingual[] {
  return [
    context.from === 'anywhere' ? anywhere : takes,
    ...waitReasons(known.wait, context),
    ...capacityReasons(known.capacity, context),
  ];
}

const takes: Bilingual = {
  en: 'Accepts people from this home and from this referrer.',
  nl: 'Neemt mensen van daar aan, en van wie het vraagt.',
};
const anywhere: Bilingual = {
  en: 'Accepts people from this referrer; the home was not a criterion.',
  nl: 'Neemt mensen aan van wie het vraagt; naar de woonplaats is niet gekeken.',
};

function waitReasons(wait: Place['wait'], { group, norms, ranking }: ReasonContext): readonly Bilingual[] {
  if (!wait)
    return [
      {
        en: `No waiting time is known${ranking.stale === 'after-fresh' ? ', so it ranks below services that report one' : ''}.`,
        nl: `Er is geen wachttijd bekend${ranking.stale === 'after-fresh' ? '; daarom komt het na aanbod dat die wel meldt' : ''}.`,
      },
    ];
  const { intakeWeeks, treatmentWeeks, measuredOn, stale, overNorm, basis } = wait;
  const reasons: Bilingual[] = [
    {
      en: `${listed([count(intakeWeeks, 'to the first conversation', 'en'), count(treatmentWeeks, 'from there to the start of treatment', 'en')], 'en')}, measured on ${measuredOn}.`,
      nl: `${listed([count(intakeWeeks, 'tot het eerste gesprek', 'nl'), count(treatmentWeeks, 'vandaar tot de start', 'nl')], 'nl')}, gemeten op ${measuredOn}.`,
    },
  ];
  if (basis === 'general' && group !== null)
    reasons.push({
      en: 'Reported for all diagnosis groups, not for the requested one.',
      nl: 'Gemeld voor iedereen, niet voor de gevraagde hoofddiagnosegroep.',
    });
  if (basis === 'longest-group')
    reasons.push({
      en: 'The longest waiting time over its diagnosis groups, since none was requested.',
      nl: 'De langste wachttijd van al zijn hoofddiagnosegroepen, want er is geen gevraagd.',
    });
  if (stale)
    reasons.push({
      en: `The waiting time is older than ${norms.staleAfterDays} days${ranking.stale === 'after-fresh' ? ', so it ranks below services with a fresh one' : ' and gets no points for freshness'}.`,
      nl: `Het cijfer is ouder dan ${norms.staleAfterDays} dagen${ranking.stale === 'after-fresh' ? '; daarom komt het na aanbod met verse cijfers' : ' en krijgt geen punten voor versheid'}.`,
    });
  if (overNorm.length > 0)
    reasons.push({
      en: `Longer than the Treeknorm: ${overNorm.map((it) => `${norm.en[it]} ${limit(it, norms)} weeks`).join(', ')}.`,
      nl: `Langer dan de Treeknorm: ${overNorm.map((it) => `${norm.nl[it]} ${limit(it, norms)} weken`).join(', ')}.`,
    });
  return reasons;
}

const norm = {
  en: { intake: 'first conversation', treatment: 'start', total: 'together' },
  nl: { intake: 'eerste gesprek', treatment: 'start', total: 'samen' },
} as const satisfies Record<string, Record<Norm, string>>;

const limit = (name: Norm, norms: Norms): number =>
  ({ intake: norms.intakeWeeks, treatment: norms.treatmentWeeks, total: norms.totalWeeks })[name];

function count(weeks: number | undefined, what: string, language: 'en' | 'nl'): string | undefined {
  if (weeks === undefined) return undefined;
  const text = language === 'nl' ? String(weeks).replace('.', ',') : String(weeks);
  const unit = language === 'nl' ? (weeks === 1 ? 'week' : 'weken') : weeks === 1 ? 'week' : 'weeks';
  return `${text} ${unit} ${what}`;
}

const listed = (parts: readonly (string | undefined)[], language: 'en' | 'nl'): string =>
  parts.filter((it) => it !== undefined).join(language === 'nl' ? ' en ' : ' and ');

function capacityReasons(capacity: Place['capacity'], { norms, ranking }: ReasonContext): readonly Bilingual[] {
  if (!capacity) return [{ en: 'The capacity is unknown.', nl: 'Of er plaats is, is niet bekend.' }];
  if (capacity.stale)
    return [
      {
        en: `The reported capacity is older than ${norms.staleAfterDays} days, and counts as unknown.`,
        nl: `Wat het over zijn plaatsen meldde is ouder dan ${norms.staleAfterDays} dagen en telt als niet bekend.`,
      },
    ];
  const reasons = places[capacity.status as keyof typeof places] ?? {
    en: `Capacity: ${capacity.status}.`,
    nl: `Capaciteit: ${capacity.status}.`,
  };
  const last = capacity.status === 'closed' && ranking.closed === 'last';
  return last
    ? [{ en: `${reasons.en} So it ranks last.`, nl: `${reasons.nl} Daarom komt het als laatste.` }]
    : [reasons];
}

const places = {
  available: { en: 'There is capacity.', nl: 'Er is plaats.' },
  limited: { en: 'Capacity is limited.', nl: 'Er is beperkt plaats.' },
  waitlist: { en: 'There is a waiting list.', nl: 'Mensen komen op een wachtlijst.' },
  closed: { en: 'Nobody is accepted at the moment.', nl: 'Er wordt nu niemand aangenomen.' },
} as const satisfies Record<string, Bilingual>;
