import type { Bundle, Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** One journey as each of its parties sees it. */
let gateway: TestGateway;
let order: string;
let onward: string;
let asked: string;
const as = (partner: string) => partnerAt(gateway, partner);

beforeAll(async () => {
  gateway = await startGateway();
  const [gp, team, keerpunt] = [as('gp-de-linde'), as('registration-team'), as('keerpunt-verslavingszorg')];
  const first = await gp.post('', referral());
  const task = locationOf(first, 'Task')!;
  order = locationOf(first, 'ServiceRequest')!;
  await team.move(task, { status: 'accepted' });
  await team.move(task, { status: 'in-progress' });
  const candidates = ['addiction-care-keerpunt', 'specialist-ggz-horizonland'];
  const transfer = await team.post('', transferOf(candidates, { onward: { basedOn: order, partOf: task } }));
  onward = locationOf(transfer, 'ServiceRequest')!;
  asked = locationOf(transfer, 'Task')!;
  await keerpunt.move(asked, { status: 'accepted' });
  await team.move(asked, { businessStatus: 'selected' });
});
afterAll(() => gateway.stop());

async function caseSeenBy(partner: string, of: string) {
  const answer = await gateway.ask('GET', `/fhir/${of}/$case`, { as: partner });
  if (answer.status !== 200) return { status: answer.status, types: [], orders: [], events: [] };
  const { parameter = [] } = resourceOf<Parameters>(answer);
  const graph = parameter.find(({ name }) => name === 'graph')?.resource as Bundle;
  const addresses = (graph.entry ?? []).map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
  const events = parameter.filter(({ name }) => name === 'event');
  return {
    status: answer.status,
    types: [...new Set((graph.entry ?? []).map(({ resource }) => resource?.resourceType))],
    orders: addresses.filter((it) => it.startsWith('ServiceRequest/')),
    events: events.map(({ part = [] }) => ({
      at: part[0]?.valueInstant,
      what: part[1]?.valueReference?.reference,
      status: part[2]?.valueCode,
      business: part[3]?.valueCode,
    })),
  };
}

test('who carries it out sees the whole journey, from whichever order it looks', async () => {
  const whole = await caseSeenBy('registration-team', order);
  expect(whole.orders.sort()).toEqual([order, onward].sort());
  expect(whole.types).toEqual(expect.arrayContaining(['Task', 'Patient', 'Communication']));
  expect((await caseSeenBy('registration-team', onward)).orders.sort()).toEqual(whole.orders);
});

test('the referrer sees its own order and what it was told, not the one that followed', async () => {
  const seen = await caseSeenBy('gp-de-linde', order);
  expect(seen.orders).toEqual([order]);
  expect(seen.events.map(({ status }) => status)).toEqual(
    expect.arrayContaining(['requested', 'accepted', 'in-progress']),
  );
  expect(seen.events.map(({ what }) => what)).not.toContain(asked);
  expect((await caseSeenBy('gp-de-linde', onward)).status).toBe(404);
});

test('who was selected sees the transfer, not what came before', async () => {
  const seen = await caseSeenBy('keerpunt-verslavingszorg', onward);
  expect(seen.orders).toEqual([onward]);
  expect(seen.types).toContain('Patient');
  expect(seen.events.find(({ business }) => business === 'selected')?.what).toBe(asked);
  expect((await caseSeenBy('keerpunt-verslavingszorg', order)).status).toBe(404);
});

test('who was asked and not selected, or never asked, finds nothing', async () => {
  expect((await caseSeenBy('ggz-horizonland', onward)).status).toBe(404);
  expect((await caseSeenBy('ggz-de-kade', order)).status).toBe(404);
});

test('what happened stands in the order in which it did', async () => {
  const { events } = await caseSeenBy('registration-team', order);
  const times = events.map(({ at }) => String(at));
  expect(times).toEqual([...times].sort());
  expect(events.length).toBeGreaterThan(7);
});
