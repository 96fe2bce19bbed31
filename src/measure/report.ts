import type {
  CodeableConcept,
  Measure,
  MeasureReport,
  MeasureReportGroup,
  MeasureReportGroupPopulation,
  MeasureReportGroupStratifier,
  MeasureReportGroupStratifierStratum,
  Quantity,
} from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnNaming } from '../fhir/canonical.ts';
import type { Coded, OfferGroup, OfferRow } from './counts.ts';
import type { Period } from './period.ts';
import type { SuppressedGroup, SuppressedStratifier, SuppressedStratum } from './suppress.ts';
import type { ReportedGroup } from './suppress-groups.ts';

export type Reporting = {
  readonly measure: Measure;
  readonly period: Period;
  readonly at: Date;
  /** `Organization/<id>` of the network. */
  readonly reporter: string;
};

/**
 * A summary MeasureReport (https://hl7.org/fhir/R4/measurereport.html). A hidden count has the extension
 * data-absent-reason `masked` instead of a value; a score over nobody has `not-applicable`.
 */
export const measureReport = (
  groups: readonly ReportedGroup[],
  { measure, period, at, reporter }: Reporting,
): MeasureReport => ({
  resourceType: 'MeasureReport',
  status: 'complete',
  type: 'summary',
  measure: `${measure.url}|${measure.version}`,
  date: at.toISOString(),
  reporter: { reference: reporter },
  period: { start: period.start, end: period.end },
  group: groups.map((it) => (it.kind === 'offer' ? offerGroup(it) : personGroup(it, populationOf(measure, it.group)))),
});

/** The population of the Measure that a group counts, besides the numerator of a share. */
const populationOf = ({ group = [] }: Measure, name: string): string =>
  group
    .find(({ code }) => code?.coding?.[0]?.code === name)
    ?.population?.find(({ code }) => code?.coding?.[0]?.code !== 'numerator')?.code?.coding?.[0]?.code ??
  'initial-population';

const own = mgnCodeSystem('figure');
const concept = ({ system, code }: Coded): CodeableConcept =>
  system === undefined ? { text: code } : { coding: [{ system, code }] };
const named = (code: string): CodeableConcept => concept({ system: own, code });

const absent = (code: 'masked' | 'not-applicable') => ({
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: code }],
});

type Counted = MeasureReportGroupPopulation;

const population = (code: string, count: number | null): Counted => ({
  code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/measure-population', code }] },
  ...(count === null ? ({ _count: absent('masked') } as object) : { count }),
});

function personGroup({ group, total, lines, score }: SuppressedGroup, counted: string): MeasureReportGroup {
  const share = score?.of === undefined ? undefined : lines[0]?.strata.find(({ code }) => code === score.of);
  return {
    code: named(group),
    population: [population(counted, total), ...(share ? [population('numerator', share.count)] : [])],
    ...(score ? { measureScore: scoreOf(score) } : {}),
    ...(lines.length > 0 ? { stratifier: lines.flatMap((line) => stratifiers(line, counted)) } : {}),
  };
}

function scoreOf({ kind, value }: NonNullable<SuppressedGroup['score']>): Quantity {
  if (typeof value === 'string') return absent(value === 'hidden' ? 'masked' : 'not-applicable');
  const unit = kind === 'share' ? { code: '1' } : { unit: 'd', code: 'd' };
  return { value: kind === 'share' ? Math.round(value * 10_000) / 10_000 : value, system: ucum, ...unit };
}

const ucum = 'http://unitsofmeasure.org';

function stratifiers(
  { stratifier, inner, strata }: SuppressedStratifier,
  counted: string,
): MeasureReportGroupStratifier[] {
  const parts = strata.flatMap(({ within }) => within ?? []);
  return [
    { code: [named(stratifier)], stratum: strata.map((it) => stratum(it, counted)) },
    ...(inner ? [{ code: [named(inner)], stratum: parts.map((it) => stratum(it, counted)) }] : []),
  ];
}

const stratum = (it: SuppressedStratum, counted: string): MeasureReportGroupStratifierStratum => ({
  value: concept(it),
  population: [population(counted, it.count)],
});

function offerGroup({ group, rows }: OfferGroup): MeasureReportGroup {
  const sum = (of: (row: OfferRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    code: named(group),
    population: offers(
      sum((row) => row.offers),
      sum((row) => row.stale),
    ),
    ...(rows.length > 0 ? { stratifier: [{ stratum: rows.map(offerRow) }] } : {}),
  };
}

const offers = (fresh: number, stale: number): Counted[] => [
  population('measure-population', fresh),
  population('measure-population-exclusion', stale),
];

const offerRow = (row: OfferRow): MeasureReportGroupStratifierStratum => ({
  component: componentsOf(row).map(([code, value]) => ({ code: named(code), value: concept(value) })),
  population: offers(row.offers, row.stale),
  measureScore:
    row.weeks === undefined ? absent('not-applicable') : { value: row.weeks, unit: 'wk', system: ucum, code: 'wk' },
});

/** The components of a row of waiting times. */
export const componentsOf = ({ month, diagnosisGroup, region }: OfferRow): readonly (readonly [string, Coded])[] => [
  ['month', { code: month }],
  [
    'diagnosis-group',
    diagnosisGroup === 'everybody'
      ? { system: own, code: diagnosisGroup }
      : diagnosisGroup.includes('|')
        ? { system: diagnosisGroup.replace(/\|.*$/, ''), code: diagnosisGroup.replace(/^[^|]*\|/, '') }
        : { system: mgnCodeSystem('diagnosis-group'), code: diagnosisGroup },
  ],
  [
    'region',
    region === 'everywhere' ? { system: own, code: region } : { system: mgnNaming('municipality'), code: region },
  ],
];
