/**
 * A year of a region, played through a real gateway: 1,600 registrations and 600 transfers. Prints the figures that it
 * reports, and fails when one of them is not what was played. `npm run simulate`; `-- SEED FILE` for another year, or to
 * keep the store.
 */
import type { Bundle, Measure, MeasureReport } from '@medplum/fhirtypes';
import { factsOf } from '../../src/exchange/measures/facts.ts';
import { countMeasure, isMeasureName, periodOf } from '../../src/measure/index.ts';
import { rejectionReasons } from '../../src/workflow/index.ts';
import { resourceOf } from '../support/test-gateway.ts';
import { countedOf, quantileByHand, reportOf, waitingOf, wrongIn } from './compare.ts';
import { type Expected, expectedOf } from './ledger.ts';
import { play } from './play.ts';
import { planRegion } from './region.ts';
import { startRegion } from './stage.ts';
import { expectedWaiting, planWaiting } from './waiting.ts';

const [seed = '1', file] = process.argv.slice(2);
const [start, end] = ['2027-01-01', '2027-12-31'] as const;
const print = (line: string) => process.stdout.write(`${line}\n`);
const journeys = planRegion({ seed: Number(seed), from: start, days: 365, registrations: 1_600, transfers: 600 });
const expected: Readonly<Record<string, Expected>> = expectedOf(journeys, start, end);

const waiting = planWaiting(start, 12);
const { gateway, clock } = await startRegion(
  'year',
  new Date(`${start}T08:00:00+01:00`),
  file ? `sqlite:${file}` : undefined,
);
const began = performance.now();
// somewhat into the next year: what happens then must not count
await play(gateway, journeys, clock, '2028-01-15', waiting);
print(`played seed ${seed} in ${((performance.now() - began) / 1000).toFixed(0)} s`);

const period = periodOf('year', start, end)!;
const wrong: string[] = [];
let longest = 0;
let last = performance.now();
const timer = setInterval(() => {
  longest = Math.max(longest, performance.now() - last - 5);
  last = performance.now();
}, 5);
last = performance.now();
const gathering = performance.now();
const facts = await factsOf(gateway.running.gateway, period);
const gathered = performance.now() - gathering;
clearInterval(timer);
print(`gathered the facts in ${gathered.toFixed(0)} ms; the event loop was held ${longest.toFixed(0)} ms at most`);

const published = resourceOf<Bundle<Measure>>(await gateway.ask('GET', '/fhir/Measure', { as: 'operator' }));
const measures = (published.entry ?? []).map(({ resource }) => resource?.id ?? '');
const lists = {
  municipalities: ['9901', '9902'],
  referrers: ['gp-practice', 'mental-health-provider'],
  reasons: rejectionReasons,
};
for (const id of measures) {
  const name = id.replace(/^mgn-/, '');
  if (!isMeasureName(name)) throw new Error(`${id} is not counted`);
  const before = countedOf(countMeasure(name, { facts, period, lists }));
  const asked = performance.now();
  const path = `/fhir/Measure/${id}/$evaluate-measure?periodStart=${start}&periodEnd=${end}&reportType=summary`;
  const answer = await gateway.ask('GET', path, { as: 'gp-de-linde' });
  const took = performance.now() - asked;
  const report = resourceOf<MeasureReport>(answer);
  const invalid = gateway.running.gateway.validator
    .validate(report)
    .issues.filter(({ severity }) => severity === 'error');
  wrong.push(...invalid.map((it) => `${id}: ${it.rule} at ${it.expression}`));
  print(`\n${id} (${took.toFixed(0)} ms)`);
  wrong.push(...wrongScores(report).map((it) => `${id}: ${it}`));
  for (const [group, read] of Object.entries(reportOf(report))) {
    const byHand = expected[group];
    const score = report.group?.find(({ code }) => code?.coding?.[0]?.code === group)?.measureScore?.value;
    print(`  ${group}: ${read.total}${score === undefined ? '' : `, score ${score}`}${byHand ? '' : ''}`);
    if (!byHand) continue;
    for (const [stratifier, counts] of Object.entries(read.strata))
      print(
        `    ${stratifier}: ${Object.entries(counts)
          .filter(([, n]) => n !== 0)
          .map(([code, n]) => `${code} ${n}`)
          .join(', ')}`,
      );
    wrong.push(...wrongIn(read, byHand, 5).map((it) => `${id} ${group}: ${it}`));
    const whole = before[group]!;
    wrong.push(
      ...wrongIn({ total: whole.total, strata: whole.strata }, byHand, 0).map((it) => `${group}, before hiding: ${it}`),
    );
    if (sorted(whole.days) !== sorted(byHand.days)) wrong.push(`${group}: other days than were played`);
  }
}
await gateway.stop();
print(wrong.length === 0 ? '\neverything is as it was played' : `\n${wrong.length} wrong:\n${wrong.join('\n')}`);
process.exitCode = wrong.length === 0 ? 0 : 1;

/** What of scores and waiting times is not as by hand. */
function wrongScores({ group = [] }: MeasureReport): readonly string[] {
  return group.flatMap((it) => {
    const code = it.code?.coding?.[0]?.code ?? '';
    const days = /^(?:median|p90)(-days-.*)$/.exec(code)?.[1];
    if (days) {
      const byHand = quantileByHand(expected[`median${days}`]?.days ?? [], code.startsWith('p90') ? 0.9 : 0.5, 5);
      return it.measureScore?.value === byHand ? [] : [`${code}: ${it.measureScore?.value} instead of ${byHand}`];
    }
    if (code !== 'intake-weeks') return [];
    const [read, byHand] = [waitingOf(it), expectedWaiting(waiting, period.months)];
    print(`  ${read.size} rows by month, group and region`);
    return [...new Set([...read.keys(), ...byHand.keys()])].flatMap((key) =>
      read.get(key) === byHand.get(key) ? [] : [`${key}: ${read.get(key)} instead of ${byHand.get(key)}`],
    );
  });
}

function sorted(days: readonly number[] = []): string {
  return [...days].sort((a, b) => a - b).join(' ');
}
