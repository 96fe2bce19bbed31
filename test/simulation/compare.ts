import type { MeasureReport, MeasureReportGroup } from '@medplum/fhirtypes';
import type { Group, Stratum } from '../../src/measure/counts.ts';
import type { Expected } from './ledger.ts';

/** A count as a report tells it: `?` when it is hidden. */
export type Read = {
  readonly total: number | '?';
  readonly strata: Readonly<Record<string, Readonly<Record<string, number | '?'>>>>;
};

/** The groups as counted, before anything is hidden, in the form of the ledger: nobody is left out. */
export function countedOf(groups: readonly Group[]): Readonly<Record<string, Expected>> {
  return Object.fromEntries(
    groups.flatMap((it) => {
      if (it.kind === 'offer') return [];
      const strata: Record<string, Record<string, number>> = {};
      for (const line of it.lines) {
        strata[line.stratifier] = countsOf(line.strata);
        if (line.inner) strata[line.inner] = countsOf(line.strata.flatMap(({ within }) => within ?? []));
      }
      const days = it.score?.kind === 'quantile' ? { days: it.score.days } : {};
      return [[it.group, { total: it.total, strata, ...days }] as const];
    }),
  );
}

/** `month / group / region` -> offers, stale ones, median weeks, of a group of waiting times. */
export const waitingOf = ({ stratifier = [] }: MeasureReportGroup): ReadonlyMap<string, string> =>
  new Map(
    stratifier
      .flatMap(({ stratum = [] }) => stratum)
      .map(({ component = [], population = [], measureScore }) => [
        component.map(({ value }) => value.coding?.[0]?.code ?? value.text).join(' / '),
        `${population[0]?.count} fresh, ${population[1]?.count} stale, median ${measureScore?.value ?? 'none'}`,
      ]),
  );

/** The value that at least this part of all does not exceed, by hand; undefined where too few are on a side of it. */
export function quantileByHand(days: readonly number[], at: number, smallest: number): number | undefined {
  const sorted = [...days].sort((a, b) => a - b);
  if (Math.min(at, 1 - at) * sorted.length + 1e-9 < smallest) return undefined;
  return sorted.find((_, index) => (index + 1) / sorted.length >= at - 1e-12);
}

const countsOf = (strata: readonly Stratum[]) =>
  Object.fromEntries(strata.filter(({ count }) => count > 0).map(({ code, count }) => [code, count]));

/** The groups of a report by their code. */
export const reportOf = ({ group = [] }: MeasureReport): Readonly<Record<string, Read>> =>
  Object.fromEntries(group.map((it) => [it.code?.coding?.[0]?.code ?? '', groupOf(it)]));

function groupOf({ population, stratifier = [] }: MeasureReportGroup): Read {
  return {
    total: population?.[0]?.count ?? '?',
    strata: Object.fromEntries(
      stratifier.map(({ code, stratum = [] }) => [
        code?.[0]?.coding?.[0]?.code ?? '',
        Object.fromEntries(
          stratum.map(({ value, population: counts }) => [
            value?.coding?.[0]?.code ?? value?.text ?? '',
            counts?.[0]?.count ?? '?',
          ]),
        ),
      ]),
    ),
  };
}

/** What of a report is not the count, or is a small count that is told. */
export function wrongIn(read: Read, expected: Expected, smallest: number): readonly string[] {
  const wrong: string[] = [];
  const look = (where: string, told: number | '?', count: number) => {
    if (told !== '?' && told !== count) wrong.push(`${where}: ${told} instead of ${count}`);
    if (told !== '?' && told > 0 && told < smallest) wrong.push(`${where}: ${told} is told`);
  };
  look('total', read.total, expected.total);
  for (const [stratifier, counts] of Object.entries(read.strata))
    for (const [code, told] of Object.entries(counts))
      look(`${stratifier} ${code}`, told, expected.strata[stratifier]?.[code] ?? 0);
  for (const [stratifier, counts] of Object.entries(expected.strata))
    for (const code of Object.keys(counts))
      if (!(code in (read.strata[stratifier] ?? {}))) wrong.push(`${stratifier} ${code} is missing`);
  return wrong;
}
