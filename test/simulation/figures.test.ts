import type { MeasureReport } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factsOf } from '../../src/exchange/measures/facts.ts';
import { countMeasure, type MeasureName, periodOf } from '../../src/measure/index.ts';
import { rejectionReasons } from '../../src/workflow/index.ts';
import { resourceOf, type TestGateway } from '../support/test-gateway.ts';
import { countedOf, reportOf, waitingOf, wrongIn } from './compare.ts';
import { type Expected, expectedOf } from './ledger.ts';
import { play } from './play.ts';
import { planRegion } from './region.ts';
import { startRegion } from './stage.ts';
import { expectedWaiting, planWaiting } from './waiting.ts';

/** A region over two months, small enough to be played here; `npm run simulate` plays the year. */
const region = { seed: 7, from: '2027-01-25', days: 62, registrations: 60, transfers: 22 };
const journeys = planRegion(region);
const waiting = planWaiting('2027-01-25', 3);
let gateway: TestGateway;

beforeAll(async () => {
  const started = await startRegion('month', new Date('2027-01-25T08:00:00+01:00'));
  gateway = started.gateway;
  await play(gateway, journeys, started.clock, '2027-04-05', waiting);
}, 120_000);
afterAll(() => gateway.stop());

const groupsOf: Readonly<Record<MeasureName, readonly string[]>> = {
  registrations: ['registrations'],
  transfers: ['transfers'],
  'conversation-outcomes': ['conversations-with-outcome', 'further-exploration'],
  'inflow-ggz': ['inflow-ggz'],
  'time-to-conversation': ['median-days-to-conversation'],
  'time-to-help': ['median-days-to-help'],
  rejections: ['rejections'],
  'silent-referrals': ['silent'],
  'waiting-times': [],
};
const names = Object.keys(groupsOf) as MeasureName[];

describe.each([
  ['2027-02-01', '2027-02-28'],
  ['2027-03-01', '2027-03-31'],
])('what was played, from %s to %s', (start, end) => {
  const expected: Readonly<Record<string, Expected>> = expectedOf(journeys, start, end);

  test.each(names)('%s is counted as by hand, before anything is hidden', async (name) => {
    const period = periodOf('month', start, end)!;
    const facts = await factsOf(gateway.running.gateway, period);
    const lists = {
      municipalities: ['9901', '9902'],
      referrers: ['gp-practice', 'mental-health-provider'],
      reasons: rejectionReasons,
    };
    const counted = countedOf(countMeasure(name, { facts, period, lists }));
    for (const group of groupsOf[name]) {
      const { strata, total, days } = expected[group]!;
      const known = Object.fromEntries(
        Object.entries(counted[group]!.strata).map(([it, counts]) => [
          it,
          Object.keys(counts).length > 0 ? counts : undefined,
        ]),
      );
      expect({ total: counted[group]!.total, strata: known }).toMatchObject({ total, strata });
      expect([...(counted[group]!.days ?? [])].sort()).toEqual([...(days ?? [])].sort());
    }
  });

  test.each(names)('%s is told truly, and nothing small of it', async (name) => {
    const path = `/fhir/Measure/mgn-${name}/$evaluate-measure?periodStart=${start}&periodEnd=${end}&reportType=summary`;
    const answer = await gateway.ask('GET', path, { as: 'wijkteam-zonnerveen' });
    expect(answer.status).toBe(200);
    const read = reportOf(resourceOf<MeasureReport>(answer));
    for (const group of groupsOf[name]) expect(wrongIn(read[group]!, expected[group]!, 5)).toEqual([]);
  });

  test('waiting times are those that the offer told until the end of the month', async () => {
    const path = `/fhir/Measure/mgn-waiting-times/$evaluate-measure?periodStart=${start}&periodEnd=${end}`;
    const { group = [] } = resourceOf<MeasureReport>(await gateway.ask('GET', path, { as: 'ggz-de-kade' }));
    const read = waitingOf(group[0]!);
    expect(read.size).toBeGreaterThan(5);
    expect(read).toEqual(expectedWaiting(waiting, [start.slice(0, 7)]));
  });
});
