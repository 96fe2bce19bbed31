import { daysBetween } from '../temporal.ts';
import type { Bilingual } from './decision.ts';
import { kilometresBetween } from './distance.ts';
import type { Capacity } from './figures.ts';
import { isStale } from './norms.ts';
import type { Choice } from './routes-file.ts';
import type { DirectoryService, DirectorySnapshot } from './snapshot.ts';
import { type Wait, waitFor } from './wait.ts';

/** Who looks for a service, as far as a choice among services goes by it. */
export type Seeker = {
  readonly postcode: string | null;
  readonly language: string | null;
  readonly diagnosisGroup: string | null;
  /** yyyy-mm-dd, where the network is. */
  readonly today: string;
};

/** What a choice went by of one service: figures with their age. Only what the rule asks for is looked at. */
export type Measured = {
  readonly kilometres?: number;
  readonly language?: string;
  readonly wait?: Pick<Wait, 'intakeWeeks' | 'treatmentWeeks' | 'measuredOn'> & Aged;
  readonly capacity?: Pick<Capacity, 'status' | 'assessedOn'> & Aged;
};
type Aged = { readonly days: number; readonly stale: boolean };

/** What is known of a service of that which the choice asks. */
export function measure(
  service: DirectoryService,
  choice: Choice,
  seeker: Seeker,
  { centreOf, figures, norms }: DirectorySnapshot,
): Measured {
  const prefers = (it: NonNullable<Choice['prefer']>[number]) => choice.prefer?.includes(it) ?? false;
  const aged = (day: string): Aged => ({
    days: daysBetween(day, seeker.today),
    stale: isStale(day, seeker.today, norms),
  });
  const home = seeker.postcode === null ? undefined : centreOf(seeker.postcode);
  const asksDistance = choice['farthest-km'] !== undefined || prefers('nearest');
  const asksWait = choice['longest-intake-weeks'] !== undefined || prefers('shortest-wait');
  const asksCapacity = choice.capacity !== undefined || prefers('most-places');
  const told = asksWait || asksCapacity ? figures(service.reference) : undefined;
  const wait = asksWait && told ? waitFor(told.waitingTimes, seeker.diagnosisGroup) : undefined;
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
    ...(asksCapacity && told?.capacity
      ? {
          capacity: {
            status: told.capacity.status,
            assessedOn: told.capacity.assessedOn,
            ...aged(told.capacity.assessedOn),
          },
        }
      : {}),
  };
}

/** Why a service that takes the person is not chosen among; undefined when it is. What is unknown or stale fulfils nothing. */
export function whyNotChosen(
  { kilometres, language, wait, capacity }: Measured,
  choice: Choice,
  seeker: Seeker,
): Bilingual | undefined {
  if (choice['speaks-language'] && language === undefined)
    return seeker.language === null
      ? { en: 'which language the person speaks is not known', nl: 'welke taal de persoon spreekt, is niet bekend' }
      : {
          en: `does not tell that it speaks the person’s language (${seeker.language})`,
          nl: `meldt niet dat het de taal van de persoon (${seeker.language}) spreekt`,
        };
  const { capacity: statuses, 'longest-intake-weeks': weeks, 'farthest-km': farthest } = choice;
  if (statuses) {
    if (!capacity) return { en: 'does not tell whether it has places', nl: 'meldt niet of er plaats is' };
    if (capacity.stale) return tooOld('what it told of its places', 'wat het over plaatsen meldde', capacity);
    if (!statuses.includes(capacity.status)) return hasNoPlace(capacity);
  }
  if (weeks !== undefined) {
    if (wait?.intakeWeeks === undefined)
      return {
        en: 'does not tell how long the first conversation is waited for',
        nl: 'meldt niet hoelang het wachten is op het eerste gesprek',
      };
    if (wait.stale) return tooOld('its waiting time', 'de wachttijd', { assessedOn: wait.measuredOn, days: wait.days });
    if (wait.intakeWeeks > weeks)
      return {
        en: `has a wait of ${wait.intakeWeeks} weeks for the first conversation, more than ${weeks} (measured ${ago(wait.days).en})`,
        nl: `heeft een wachttijd van ${comma(wait.intakeWeeks)} weken tot het eerste gesprek, meer dan ${comma(weeks)} (${ago(wait.days).nl} gemeten)`,
      };
  }
  if (farthest !== undefined) {
    if (kilometres === undefined)
      return {
        en: 'how far it is from the person’s home is not known',
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

/** What speaks for a service, added to why it takes the person: the figures that the choice went by, with their age. */
export function merits({ kilometres, language, wait, capacity }: Measured): readonly Bilingual[] {
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
  en: `told of ${day}, ${ago(days).en}${stale ? ', stale' : ''}`,
  nl: `gemeld over ${day}, ${ago(days).nl}${stale ? ', verouderd' : ''}`,
});

const tooOld = (
  what: string,
  wat: string,
  { assessedOn, days }: { readonly assessedOn: string; readonly days: number },
): Bilingual => ({
  en: `${what} is of ${assessedOn}, ${ago(days).en}: too old to go by`,
  nl: `${wat} is van ${assessedOn}, ${ago(days).nl}: te oud om op af te gaan`,
});

const hasNoPlace = ({ status, days }: NonNullable<Measured['capacity']>): Bilingual => ({
  en: `${places(status).en} (told ${ago(days).en})`,
  nl: `${places(status).nl} (${ago(days).nl} gemeld)`,
});

const places = (status: string): Bilingual =>
  capacities[status] ?? { en: `capacity: ${status}`, nl: `capaciteit: ${status}` };

const capacities: Readonly<Record<string, Bilingual>> = {
  available: { en: 'has places', nl: 'heeft plaats' },
  limited: { en: 'has a few places', nl: 'heeft beperkt plaats' },
  waitlist: { en: 'puts people on a waiting list', nl: 'zet mensen op een wachtlijst' },
  closed: { en: 'takes nobody on for now', nl: 'neemt nu niemand aan' },
};

const comma = (it: number): string => String(it).replace('.', ',');

/** Of two services that may be chosen, the better by what the rule prefers; 0 when nothing makes one the better. */
export function compareMeasured(a: Measured, b: Measured, prefer: Choice['prefer'] = []): number {
  for (const by of prefer) {
    const [one, other] = [weightOf(a, by), weightOf(b, by)];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/** Less is better; what is unknown or stale comes after all that is known. */
function weightOf({ kilometres, wait, capacity }: Measured, by: NonNullable<Choice['prefer']>[number]): number {
  if (by === 'nearest') return kilometres ?? Number.MAX_VALUE;
  if (by === 'shortest-wait') return wait && !wait.stale ? (wait.intakeWeeks ?? Number.MAX_VALUE) : Number.MAX_VALUE;
  const order = ['available', 'limited', 'waitlist', 'closed'].indexOf(capacity?.stale ? '' : (capacity?.status ?? ''));
  return order < 0 ? Number.MAX_VALUE : order;
}
