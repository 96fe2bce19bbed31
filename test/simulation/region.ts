import { bsn } from '../../src/fhir/identifier.ts';
import { type Chance, chanceOf } from './chance.ts';

/** A day as a number: whole days since 1970. */
export type Day = number;
export const dayNumber = (text: string): Day => Date.parse(text) / 86_400_000;
export const dayText = (day: Day): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
export const dayOfMonth = (day: Day): number => Number(dayText(day).slice(8));

export type No = { readonly reason: string; readonly alternative?: 'inside-network' | 'elsewhere' };

/** How somebody who is asked answers: late and after an escalation when `silent`. */
export type Answer = { readonly day: Day; readonly silent: boolean; readonly no?: No };

export type FollowUp = {
  readonly kind: 'in-record' | 'directed' | 'solicited' | 'social';
  readonly asked: Day;
  readonly service: string;
  readonly partner: string;
  /** Of a solicitation: another candidate, who says no. */
  readonly other?: { readonly service: string; readonly partner: string; readonly answer: Answer };
  readonly answer: Answer;
  readonly started: Day;
};

/** What becomes of one registration; all of it is decided before anything is played. */
export type Journey = {
  readonly number: number;
  readonly bsn: string;
  readonly municipality: '9901' | '9902' | 'outside' | 'unknown';
  readonly postcode?: string;
  readonly sender: string;
  readonly referrer: string;
  /** To the team of the municipality, or straight to a ggz provider that the GP names. */
  readonly way: 'team' | 'direct';
  readonly referred: Day;
  readonly received: Day;
  readonly answer: Answer;
  /** Of a direct one: when help began. */
  readonly started?: Day;
  readonly conversations: readonly { readonly held: Day; readonly told: Day; readonly outcome: string }[];
  readonly followUps: readonly FollowUp[];
};

export type Region = {
  readonly seed: number;
  readonly from: string;
  readonly days: number;
  readonly registrations: number;
  readonly transfers: number;
};

const senders = {
  'gp-de-linde': 'gp-practice',
  'gp-veenzicht': 'gp-practice',
  'gp-het-baken': 'gp-practice',
  'ggz-horizonland': 'mental-health-provider',
} as const;

const no = {
  'at-capacity': 30,
  'waiting-time-too-long': 12,
  'not-clinically-appropriate': 22,
  'outside-catchment': 3,
  'not-eligible': 8,
  'patient-choice': 6,
  'cannot-contact': 9,
  'incomplete-referral': 12,
  duplicate: 2,
  'alternative-proposed': 20,
};

/** Outside ggz about a quarter, as GGz Breburg saw. */
const outcomes = {
  'social-domain': 16,
  'gp-poh': 6,
  'own-network': 5,
  'basis-ggz': 22,
  'specialist-ggz': 33,
  combination: 12,
  'more-exploration': 6,
};

/** Numbers of the test range that pass the elfproef: every person is another. */
const numbers = Array.from({ length: 100_000 }, (_, index) => `9999${String(index).padStart(5, '0')}`).filter(
  (it) => bsn(it) !== undefined,
);

/** The journeys of a region, the same for the same seed. Exactly as many transfers as asked, when there are conversations enough. */
export function planRegion({ seed, from, days, registrations, transfers }: Region): readonly Journey[] {
  const chance = chanceOf(seed);
  const first = dayNumber(from);
  const last = first + days - 1;
  const received = Array.from({ length: registrations }, () => chance.between(first, last)).sort((a, b) => a - b);
  const planned = received.map((day, number) => journey(chance, number, day));
  // too many are thinned out evenly, so that every month keeps its share
  const within = (it: FollowUp) => it.kind !== 'social' && it.asked <= last;
  const all = planned.reduce((sum, it) => sum + it.followUps.filter(within).length, 0);
  let met = 0;
  const isKept = () => Math.floor((++met * transfers) / all) > Math.floor(((met - 1) * transfers) / all);
  return planned.map((it) => ({ ...it, followUps: it.followUps.filter((one) => !within(one) || isKept()) }));
}

function journey(chance: Chance, number: number, received: Day): Journey {
  const municipality = chance.weighed({ '9901': 55, '9902': 40, outside: 4, unknown: 1 });
  const sender = chance.weighed({ 'gp-de-linde': 40, 'gp-veenzicht': 25, 'gp-het-baken': 30, 'ggz-horizonland': 5 });
  const postcode = {
    '9901': () => `${chance.between(1281, 1289)}AB`,
    '9902': () => `${chance.between(1291, 1298)}CD`,
    outside: () => '3011AA',
    unknown: () => undefined,
  }[municipality]();
  const way = municipality === '9902' && sender !== 'ggz-horizonland' && chance.happens(0.12) ? 'direct' : 'team';
  const answer = answerAt(chance, received, 0.07, 0.04);
  const base = {
    number,
    bsn: numbers[number % numbers.length]!,
    municipality,
    ...(postcode ? { postcode } : {}),
    sender,
    referrer: senders[sender],
    way,
    referred: received - chance.between(0, 3),
    received,
    answer,
  } as const;
  if (answer.no) return { ...base, conversations: [], followUps: [] };
  if (way === 'direct') {
    const started = answer.day + chance.between(7, 50);
    // goes on from one ggz provider to another: no inflow
    const onward = chance.happens(0.2) ? [followUp(chance, 'directed', started + 3, 'specialist')] : [];
    return { ...base, started, conversations: [], followUps: onward };
  }
  return { ...base, ...talks(chance, answer.day, municipality) };
}

function talks(chance: Chance, accepted: Day, municipality: Journey['municipality']) {
  const talk = (after: Day, outcome: string) => {
    const held = after + 3 + Math.floor(chance.next() ** 2 * 45);
    return { held, told: held + (chance.happens(0.3) ? chance.between(1, 5) : 0), outcome };
  };
  const one = talk(accepted, chance.weighed(outcomes));
  const conversations = [one];
  if (one.outcome === 'more-exploration') {
    const { 'more-exploration': _, ...settled } = outcomes;
    conversations.push(talk(one.told + 7, chance.weighed(settled)));
  }
  const { told, outcome } = conversations.at(-1)!;
  return { conversations, followUps: followUpsOf(chance, told, outcome, municipality) };
}

function followUpsOf(chance: Chance, told: Day, outcome: string, municipality: Journey['municipality']): FollowUp[] {
  const made: FollowUp[] = [];
  const inRegion = municipality === '9901' || municipality === '9902';
  const isGgz = ['basis-ggz', 'specialist-ggz', 'combination'].includes(outcome);
  if (isGgz && inRegion && chance.happens(0.85)) {
    const kind = chance.weighed({ 'in-record': 60, directed: 25, solicited: 15 });
    made.push(
      followUp(chance, kind, kind === 'in-record' ? told : told + 1, kind === 'directed' ? 'addiction' : 'specialist'),
    );
  }
  if (['social-domain', 'combination'].includes(outcome) && inRegion) {
    const zonnerveen = municipality === '9901';
    made.push({
      kind: 'social',
      asked: told,
      service: zonnerveen ? 'neighbourhood-team-zonnerveen' : 'social-work-lissenmond',
      partner: zonnerveen ? 'wijkteam-zonnerveen' : 'sociaal-werk-lissenmond',
      answer: { day: told + chance.between(1, 3), silent: false },
      started: told + chance.between(4, 20),
    });
  }
  return made;
}

const services = {
  specialist: { service: 'specialist-ggz-horizonland', partner: 'ggz-horizonland' },
  addiction: { service: 'addiction-care-keerpunt', partner: 'keerpunt-verslavingszorg' },
} as const;

function followUp(
  chance: Chance,
  kind: 'in-record' | 'directed' | 'solicited',
  asked: Day,
  to: keyof typeof services,
): FollowUp {
  const isBid = kind === 'solicited';
  const answer = isBid ? { day: asked + 2, silent: false } : answerAt(chance, asked, 0.18, 0.06);
  const other = isBid
    ? { other: { ...services.addiction, answer: { day: asked + 1, silent: false, no: noOf(chance) } } }
    : {};
  // never on a day on which a request to the social domain could start: what is first must be plain
  return { kind, asked, ...services[to], ...other, answer, started: answer.day + chance.between(21, 80) };
}

/** Silence begins early in a month, so that the escalation falls in it whatever days people work on. */
function answerAt(chance: Chance, asked: Day, rejected: number, silent: number): Answer {
  const isSilent = chance.happens(silent) && dayOfMonth(asked) <= 10;
  const day = asked + (isSilent ? chance.between(24, 30) : chance.between(0, 2));
  return { day, silent: isSilent, ...(chance.happens(rejected) ? { no: noOf(chance) } : {}) };
}

function noOf(chance: Chance): No {
  const reason = chance.weighed(no);
  return reason === 'alternative-proposed'
    ? { reason, alternative: chance.happens(0.7) ? 'inside-network' : 'elsewhere' }
    : { reason };
}
