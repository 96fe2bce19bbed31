import type { Bilingual } from '../../fhir/bilingual.ts';
import { daysBetween } from '../../temporal.ts';
import type { Choice } from '../rules/routes-file.ts';
import { kilometresBetween } from '../snapshot/distance.ts';
import type { DirectoryService, DirectorySnapshot } from '../snapshot/snapshot.ts';
import type { Capacity } from '../waiting-time/availability.ts';
import { type ExpectedWait, expectedWait } from '../waiting-time/expected-wait.ts';
import { isStale } from '../waiting-time/norms.ts';

/** Facts about the person that a selection among services depends on. */
export type SelectionContext = {
  readonly postcode: string | null;
  readonly language: string | null;
  readonly diagnosisGroup: string | null;
  /** yyyy-mm-dd, in the network's time zone. */
  readonly today: string;
};

/** Values by which one service was selected or dropped, with their age. Only the criteria of the rule are measured. */
export type CandidateMetrics = {
  readonly kilometres?: number;
  readonly language?: string;
  readonly wait?: Pick<ExpectedWait, 'intakeWeeks' | 'treatmentWeeks' | 'measuredOn'> & Aged;
  readonly capacity?: Pick<Capacity, 'status' | 'assessedOn'> & Aged;
};
type Aged = { readonly days: number; readonly stale: boolean };

/** The values of a service for the criteria of a rule, as far as the directory has them. */
export function metricsOf(
  service: DirectoryService,
  choice: Choice,
  seeker: SelectionContext,
  { centreOf, availability, norms }: DirectorySnapshot,
): CandidateMetrics {
  const prefers = (it: NonNullable<Choice['prefer']>[number]) => choice.prefer?.includes(it) ?? false;
  const aged = (day: string): Aged => ({
    days: daysBetween(day, seeker.today),
    stale: isStale(day, seeker.today, norms),
  });
  const home = seeker.postcode === null ? undefined : centreOf(seeker.postcode);
  const asksDistance = choice['farthest-km'] !== undefined || prefers('nearest');
  const asksWait = choice['longest-intake-weeks'] !== undefined || prefers('shortest-wait');
  const asksCapacity = choice.capacity !== undefined || prefers('most-places');
  const reported = asksWait || asksCapacity ? availability(service.reference) : undefined;
  const wait = asksWait && reported ? expectedWait(reported.waitingTimes, seeker.diagnosisGroup) : undefined;
  return {
    ...(asksDistance && home && service.position ? { kilometres: kilometresBetween(home, service.position) } : {}),
    ...(choice['speaks-language'] && seeker.language !== null && service.languages?.includes(seeker.language)
      ? { language: seeker.language }
      : {}),
    ...(wait
      ? {
          wait: {
            ...(wait.intakeWeeks === undefined ? {} : { intakeWeeks: wait.intakeWeeks }),
            ...(wait.treatmentWeeks === undefined ? {} : { treatmentWeeks: wait.treatmentWeeks }),
            measuredOn: wait.measuredOn,
            ...aged(wait.measuredOn),
          },
        }
      : {}),
    ...(asksCapacity && reported?.capacity
      ? {
          capacity: {
            status: reported.capacity.status,
            assessedOn: reported.capacity.assessedOn,
            ...aged(reported.capacity.assessedOn),
          },
        }
      : {}),
  };
}

/**
 * The reason why an accepting service is not selected; undefined when it is. Unknown or stale values meet no criterion.
 */
export function whyNotSelected(
  { kilometres, language, wait, capacity }: CandidateMetrics,
  choice: Choice,
  seeker: SelectionContext,
): Bilingual | undefined {
  if (choice['speaks-language'] && language === undefined)
    return seeker.language === null
      ? { en: 'the person’s language is unknown', nl: 'welke taal de persoon spreekt, is niet bekend' }
      : {
          en: `does not state that it speaks the person’s language (${seeker.language})`,
          nl: `meldt niet dat het de taal van de persoon (${seeker.language}) spreekt`,
        };
  const { capacity: statuses, 'longest-intake-weeks': weeks, 'farthest-km': farthest } = choice;
  if (statuses) {
    if (!capacity) return { en: 'does not report its capacity', nl: 'meldt niet of er plaats is' };
    if (capacity.stale) return tooOld('its reported capacity', 'wat het over plaatsen meldde', capacity);
    if (!statuses.includes(capacity.status)) return hasNoPlace(capacity);
  }
  if (weeks !== undefined) {
    if (wait?.intakeWeeks === undefined)
      return {
        en: 'does not report a waiting time for the first conversation',
        nl: 'meldt niet hoelang het wachten is op het eerste gesprek',
      };
    if (wait.stale) return tooOld('its waiting time', 'de wachttijd', { assessedOn: wait.measuredOn, days: wait.days });
    if (wait.intakeWeeks > weeks)
      return {
        en: `has a waiting time of ${wait.intakeWeeks} weeks for the first conversation, more than ${weeks} (measured ${ago(wait.days).en})`,
        nl: `heeft een wachttijd van ${comma(wait.intakeWeeks)} weken tot het eerste gesprek, meer dan ${comma(weeks)} (${ago(wait.days).nl} gemeten)`,
      };
  }
  if (farthest !== undefined) {
    if (kilometres === undefined)
      return {
        en: 'its distance from the person’s home is unknown',
        nl: 'hoe ver het van huis is, is niet bekend',
      };
    if (kilometres > farthest)
      return {
        en: `is ${kilometres} km from the person’s postcode, farther than ${farthest} km`,
        nl: `ligt ${comma(kilometres)} km van de postcode van de persoon, verder dan ${comma(farthest)} km`,
      };
  }
  return undefined;
}

/** The values in favour of a service, with their age, for the reason of the candidate. */
export function merits({ kilometres, language, wait, capacity }: CandidateMetrics): readonly Bilingual[] {
  return [
    ...(language === undefined
      ? []
      : [{ en: `speaks the person’s language (${language})`, nl: `spreekt de taal van de persoon (${language})` }]),
    ...(wait?.intakeWeeks === undefined
      ? []
      : [
          {
            en: `${wait.intakeWeeks} weeks to the first conversation (${age(wait, wait.measuredOn).en})`,
            nl: `${comma(wait.intakeWeeks)} weken tot het eerste gesprek (${age(wait, wait.measuredOn).nl})`,
          },
        ]),
    ...(capacity
      ? [
          {
            en: `${places(capacity.status).en} (${age(capacity, capacity.assessedOn).en})`,
            nl: `${places(capacity.status).nl} (${age(capacity, capacity.assessedOn).nl})`,
          },
        ]
      : []),
    ...(kilometres === undefined
      ? []
      : kilometres === 0
        ? [{ en: 'in the person’s own postcode', nl: 'in de postcode van de persoon zelf' }]
        : [{ en: `${kilometres} km as the crow flies`, nl: `${comma(kilometres)} km hemelsbreed` }]),
  ];
}

const ago = (days: number): Bilingual =>
  days === 0
    ? { en: 'today', nl: 'vandaag' }
    : days === 1
      ? { en: 'yesterday', nl: 'gisteren' }
      : { en: `${days} days ago`, nl: `${days} dagen geleden` };

const age = ({ days, stale }: Aged, day: string): Bilingual => ({
  en: `as of ${day}, ${ago(days).en}${stale ? ', stale' : ''}`,
  nl: `gemeld over ${day}, ${ago(days).nl}${stale ? ', verouderd' : ''}`,
});

const tooOld = (
  what: string,
  wat: string,
  { assessedOn, days }: { readonly assessedOn: string; readonly days: number },
): Bilingual => ({
  en: `${what} dates from ${assessedOn}, ${ago(days).en}: too old to use`,
  nl: `${wat} is van ${assessedOn}, ${ago(days).nl}: te oud om op af te gaan`,
});

const hasNoPlace = ({ status, days }: NonNullable<CandidateMetrics['capacity']>): Bilingual => ({
  en: `${places(status).en} (reported ${ago(days).en})`,
  nl: `${places(status).nl} (${ago(days).nl} gemeld)`,
});

const places = (status: string): Bilingual =>
  capacities[status] ?? { en: `capacity: ${status}`, nl: `capaciteit: ${status}` };

const capacities: Readonly<Record<string, Bilingual>> = {
  available: { en: 'has capacity', nl: 'heeft plaats' },
  limited: { en: 'has limited capacity', nl: 'heeft beperkt plaats' },
  waitlist: { en: 'has a waiting list', nl: 'zet mensen op een wachtlijst' },
  closed: { en: 'accepts nobody at the moment', nl: 'neemt nu niemand aan' },
};

const comma = (it: number): string => String(it).replace('.', ',');

/** Orders two services by the preferences of the rule; 0 when they rank equally. */
export function compareMetrics(a: CandidateMetrics, b: CandidateMetrics, prefer: Choice['prefer'] = []): number {
  for (const by of prefer) {
    const [one, other] = [weightOf(a, by), weightOf(b, by)];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/** Lower is better; unknown and stale values come last. */
function weightOf({ kilometres, wait, capacity }: CandidateMetrics, by: NonNullable<Choice['prefer']>[number]): number {
  if (by === 'nearest') return kilometres ?? Number.MAX_VALUE;
  if (by === 'shortest-wait') return wait && !wait.stale ? (wait.intakeWeeks ?? Number.MAX_VALUE) : Number.MAX_VALUE;
  const order = ['available', 'limited', 'waitlist', 'closed'].indexOf(capacity?.stale ? '' : (capacity?.status ?? ''));
  return order < 0 ? Number.MAX_VALUE : order;
}
