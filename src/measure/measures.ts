import { mgnCodeSystem, mgnNaming } from '../fhir/canonical.ts';
import type { Coded, Group, PersonGroup, Score, Stratifier, Stratum } from './counts.ts';
import type { Fact, Facts, WaitingFact } from './facts.ts';
import type { Period } from './period.ts';
import { quantile } from './quantile.ts';

/** Codes of the strata, in the order in which further counts are hidden to protect a small one. */
export type Lists = {
  /** Of the municipalities of the network. */
  readonly municipalities: readonly string[];
  /** mgn-organization-type */
  readonly referrers: readonly string[];
  /** mgn-status-reason: the reasons for rejection. */
  readonly reasons: readonly string[];
};

/** Name of a Measure: its id without `mgn-`. docs/operate/measures.md defines each. */
export type MeasureName = keyof typeof measures;

type Counting = { readonly facts: Facts; readonly period: Period; readonly lists: Lists };

const own = mgnCodeSystem('figure');

/** Service types (mgn-service-type) of ggz. */
export const ggzServices: readonly string[] = [
  'basic-ggz',
  'specialist-ggz',
  'addiction-care',
  'youth-ggz',
  'elderly-ggz',
  'outreach',
  'crisis',
];

/** Use cases whose requests can be rejected or left unanswered. */
export const requestUseCases: readonly string[] = ['registration', 'transfer', 'social-request'];

export const measures = {
  registrations: ({ facts: { registrations }, period, lists }: Counting): readonly Group[] => [
    persons('registrations', registrations, [
      byMunicipality(registrations, lists),
      byCode('referrer', 'organization-type', registrations, ({ referrer }) => referrer, [
        ...lists.referrers,
        'unknown',
      ]),
      byMonth(registrations, period),
    ]),
  ],
  transfers: ({ facts: { transfers }, period, lists }: Counting): readonly Group[] => [
    persons('transfers', transfers, [byMunicipality(transfers, lists), byMonth(transfers, period)]),
  ],
  'conversation-outcomes': ({ facts: { outcomes, explorations }, period, lists }: Counting): readonly Group[] => [
    persons(
      'conversations-with-outcome',
      outcomes,
      [helped(outcomes), byMunicipality(outcomes, lists), byMonth(outcomes, period)],
      { kind: 'share', of: 'outside-ggz' },
    ),
    persons('further-exploration', explorations, [byMonth(explorations, period)]),
  ],
  'inflow-ggz': ({ facts: { inflow }, period, lists }: Counting): readonly Group[] => [
    persons('inflow-ggz', inflow, [
      byCode('service', 'service-type', inflow, ({ service }) => service, ggzServices),
      byCode('way', 'figure', inflow, ({ way }) => way, ['direct', 'after-registration']),
      byMunicipality(inflow, lists),
      byMonth(inflow, period),
    ]),
  ],
  'time-to-conversation': ({ facts: { firstConversations }, period, lists }: Counting): readonly Group[] =>
    waits('to-conversation', firstConversations, [
      byMunicipality(firstConversations, lists),
      byMonth(firstConversations, period),
    ]),
  'time-to-help': ({ facts: { firstHelp }, period }: Counting): readonly Group[] =>
    waits('to-help', firstHelp, [
      byCode('domain', 'domain', firstHelp, ({ domain }) => domain, ['care', 'social', 'network']),
      byMonth(firstHelp, period),
    ]),
  rejections: ({ facts: { rejections }, period, lists }: Counting): readonly Group[] => [
    persons('rejections', rejections, [
      reasons(rejections, lists),
      byCode('use-case', 'use-case', rejections, ({ useCase }) => useCase, requestUseCases),
      byMonth(rejections, period),
    ]),
  ],
  'silent-referrals': ({ facts: { silent }, period, lists }: Counting): readonly Group[] => [
    persons('silent', silent, [
      byCode('use-case', 'use-case', silent, ({ useCase }) => useCase, requestUseCases),
      byMunicipality(silent, lists),
      byMonth(silent, period),
    ]),
  ],
  'waiting-times': ({ facts: { waiting } }: Counting): readonly Group[] => [
    offer('intake-weeks', waiting, ({ intakeWeeks }) => intakeWeeks),
    offer('treatment-weeks', waiting, ({ treatmentWeeks }) => treatmentWeeks),
  ],
} as const;

const persons = (group: string, facts: readonly Fact[], lines: readonly Stratifier[], score?: Score): PersonGroup => ({
  kind: 'persons',
  group,
  total: facts.length,
  lines,
  ...(score ? { score } : {}),
});

/** The same persons twice, since a group of a MeasureReport has one score. */
const waits = (name: string, facts: Facts['firstConversations'], lines: readonly Stratifier[]): readonly Group[] => {
  const days = facts.map((it) => it.days);
  return [
    persons(`median-days-${name}`, facts, lines, { kind: 'quantile', at: 0.5, days }),
    persons(`p90-days-${name}`, facts, [], { kind: 'quantile', at: 0.9, days }),
  ];
};

/** Codes outside the list count in its last stratum, so that the strata add up to the total. */
function strataOf<T>(facts: readonly T[], codeOf: (fact: T) => string, strata: readonly Coded[]): readonly Stratum[] {
  const counts = new Map(strata.map(({ code }) => [code, 0]));
  const rest = strata.at(-1)?.code ?? '';
  for (const fact of facts) {
    const code = codeOf(fact);
    const counted = counts.has(code) ? code : rest;
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  return strata.map((it) => ({ ...it, count: counts.get(it.code) ?? 0 }));
}

const coded = (system: string, codes: readonly string[]): readonly Coded[] => codes.map((code) => ({ system, code }));

function byCode<T extends Fact>(
  stratifier: string,
  system: string,
  facts: readonly T[],
  codeOf: (fact: T) => string,
  codes: readonly string[],
): Stratifier {
  const known = codes.map((code) => ({ system: code === 'unknown' ? own : mgnCodeSystem(system), code }));
  return { stratifier, strata: strataOf(facts, codeOf, known) };
}

const byMunicipality = (facts: readonly Fact[], { municipalities }: Lists): Stratifier => ({
  stratifier: 'municipality',
  strata: strataOf(facts, ({ municipality }) => municipality, [
    ...coded(mgnNaming('municipality'), municipalities),
    ...coded(own, ['outside', 'unknown']),
  ]),
});

const byMonth = (facts: readonly Fact[], { months }: Period): Stratifier => ({
  stratifier: 'month',
  strata: strataOf(
    facts,
    ({ day }) => day.slice(0, 7),
    months.map((code) => ({ code })),
  ),
});

/** Outcomes by place of help: GP practice, social domain and own network are outside ggz. */
const parts: Readonly<Record<string, readonly string[]>> = {
  'inside-ggz': ['basis-ggz', 'specialist-ggz'],
  combined: ['combination'],
  'outside-ggz': ['social-domain', 'gp-poh', 'own-network'],
};

function helped(outcomes: Facts['outcomes']): Stratifier {
  const strata = Object.entries(parts).map(([code, within]): Stratum => {
    const these = outcomes.filter(({ outcome }) => within.includes(outcome));
    const inner = coded(mgnCodeSystem('conversation-outcome'), within);
    return { system: own, code, count: these.length, within: strataOf(these, ({ outcome }) => outcome, inner) };
  });
  return { stratifier: 'help', inner: 'outcome', strata };
}

/** Outcomes that state where help was found. */
export const settledOutcomes: readonly string[] = Object.values(parts).flat();

function reasons(rejections: Facts['rejections'], { reasons: codes }: Lists): Stratifier {
  const strata = strataOf(rejections, ({ reason }) => reason, coded(mgnCodeSystem('status-reason'), codes));
  const proposed = rejections.filter(({ reason }) => reason === 'alternative-proposed');
  const within = strataOf(
    proposed,
    ({ alternative }) => alternative ?? 'elsewhere',
    coded(own, ['inside-network', 'elsewhere']),
  );
  return {
    stratifier: 'reason',
    inner: 'alternative',
    strata: strata.map((it) => (it.code === 'alternative-proposed' ? { ...it, within } : it)),
  };
}

const offer = (
  group: string,
  waiting: readonly WaitingFact[],
  weeksOf: (fact: WaitingFact) => readonly number[],
): Group => ({
  kind: 'offer',
  group,
  rows: waiting.flatMap((it) => {
    const weeks = weeksOf(it);
    const median = quantile(weeks, 0.5);
    if (weeks.length === 0 && it.stale === 0) return [];
    return {
      month: it.month,
      diagnosisGroup: it.group,
      region: it.region,
      offers: weeks.length,
      stale: it.stale,
      ...(median === undefined ? {} : { weeks: median }),
    };
  }),
});

/** The unsuppressed groups of a Measure: report them only through `suppressGroups`. */
export const countMeasure = (name: MeasureName, counting: Counting): readonly Group[] => measures[name](counting);

export const isMeasureName = (name: string): name is MeasureName => Object.hasOwn(measures, name);
