import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasureReport } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock } from '../simulation/play.ts';
import { startRegion } from '../simulation/stage.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { locationOf, resourceOf, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let clock: Clock;

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8');

beforeAll(async () => {
  ({ gateway, clock } = await startRegion('month', new Date('2027-02-01T10:00:00+01:00')));
});
afterAll(() => gateway.stop());

let sent = 0;
const refer = async (
  body = example('001-referral-as-collection').replace('2026-001', `sent-${++sent}`),
): Promise<string> => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  if (answer.status !== 200) throw new Error(answer.text);
  return locationOf(answer, 'ServiceRequest')!;
};
const undo = async (order: string) => {
  const answer = await partnerAt(gateway, 'gp-de-linde').move(order, { status: 'entered-in-error' });
  expect(answer.status).toBe(200);
};
const registrations = async (month: string): Promise<string> =>
  (
    await gateway.ask(
      'GET',
      `/fhir/Measure/mgn-registrations/$evaluate-measure?periodStart=${month}&periodEnd=${month}`,
      {
        as: 'operator',
      },
    )
  ).text;

test('an order that replaces another, or was a mistake, is no registration; what is taken back later stays one', async () => {
  const first = await refer();
  for (let n = 0; n < 5; n++) await refer();
  await refer(example('042-amended-order').replaceAll('00000000-0000-4000-8000-000000000000', first.split('/')[1]!));
  await undo(await refer());
  const late = await refer();
  clock(new Date('2027-02-28T23:30:00+01:00'));
  await refer();
  clock(new Date('2027-03-01T00:30:00+01:00'));
  await refer();
  await undo(late);
  const { group } = JSON.parse(await registrations('2027-02')) as MeasureReport;
  expect(group?.[0]?.population?.[0]?.count).toBe(8);
});

test('a report contains no personal data, and no ids of counted resources', async () => {
  const text = await registrations('2027-02');
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|Patient|Proefpersoon|9999\d{5}|1283/);
  expect(resourceOf<MeasureReport>({ status: 200, headers: {}, text }).type).toBe('summary');
});

test('the current month is not reported', async () => {
  expect(await registrations('2027-03')).toContain('measure-period-not-ended');
});
