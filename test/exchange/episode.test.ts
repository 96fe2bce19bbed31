import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CarePlan, CareTeam, EpisodeOfCare, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { acceptedOrder, recordOf } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** One journey: what begins with the first order that is accepted and ends with the last, and who carries it. */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
let keerpunt: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
  keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
});
afterAll(() => gateway.stop());

/** The gateway's own eyes: partners find the journey through $case or by its id. */
async function episodeOf(order: string): Promise<EpisodeOfCare | undefined> {
  const found = await gateway.store.search('EpisodeOfCare', {
    criteria: [{ name: 'incoming-referral', values: [order] }],
    count: 5,
  });
  if (found.kind !== 'found') throw new Error(found.kind);
  expect(found.resources.length).toBeLessThanOrEqual(1);
  return found.resources[0] && (JSON.parse(found.resources[0].text) as EpisodeOfCare);
}

async function underway() {
  const sent = await gp.post('', referral());
  const [task, order] = [locationOf(sent, 'Task')!, locationOf(sent, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  await team.move(task, { status: 'in-progress' });
  return { task, order };
}

async function transferred(first: { task: string; order: string }) {
  const bundle = transferOf(['addiction-care-keerpunt'], {
    directed: true,
    onward: { basedOn: first.order, partOf: first.task },
  });
  const sent = await team.post('', bundle);
  expect(sent.status, sent.text).toBe(200);
  return { task: locationOf(sent, 'Task')!, order: locationOf(sent, 'ServiceRequest')! };
}

describe('an EpisodeOfCare', () => {
  test('begins when the first order is accepted, is valid, and is read by who takes part', async () => {
    const sent = await gp.post('', referral());
    const order = locationOf(sent, 'ServiceRequest')!;
    expect(await episodeOf(order)).toBeUndefined();
    await team.move(locationOf(sent, 'Task')!, { status: 'accepted' });
    const episode = await episodeOf(order);
    expect(episode).toMatchObject({ status: 'active', referralRequest: [{ reference: order }] });
    expect(episode?.managingOrganization?.reference).toBe('Organization/network-veen-en-mond');
    const { validator } = gateway.running.gateway;
    expect(validator.validate(episode, { profiles: [mgnProfile('episode')] }).verdict).toBe('valid');
    expect(await gp.status(`EpisodeOfCare/${episode?.id}`)).toBe(200);
    expect(await team.status(`EpisodeOfCare/${episode?.id}`)).toBe(200);
    expect(await keerpunt.status(`EpisodeOfCare/${episode?.id}`)).toBe(404);
  });

  test('names the orders that are accepted on the way, and is finished with the last of them', async () => {
    const first = await underway();
    const next = await transferred(first);
    await keerpunt.move(next.task, { status: 'accepted' });
    const episode = await episodeOf(first.order);
    expect(episode?.referralRequest?.map(({ reference }) => reference)).toEqual([first.order, next.order]);
    expect((await team.move(first.task, { status: 'completed', outcome: 'Overgedragen.' })).status).toBe(200);
    expect((await episodeOf(first.order))?.status, 'the transfer goes on').toBe('active');
    await keerpunt.move(next.task, { status: 'in-progress' });
    expect((await keerpunt.move(next.task, { status: 'completed', outcome: 'Afgerond.' })).status).toBe(200);
    const over = await episodeOf(first.order);
    expect(over?.status).toBe('finished');
    expect(over?.period?.end).toBeDefined();
    expect(await keerpunt.status(`EpisodeOfCare/${over?.id}`)).toBe(200);
  });

  test('is cancelled when nothing of it was done', async () => {
    const sent = await gp.post('', referral());
    await team.move(locationOf(sent, 'Task')!, { status: 'accepted' });
    await gp.move(locationOf(sent, 'ServiceRequest')!, { status: 'revoked', reason: 'withdrawn-by-person' });
    expect((await episodeOf(locationOf(sent, 'ServiceRequest')!))?.status).toBe('cancelled');
  });

  test('two orders of it accepted at the same instant: both are in it', async () => {
    const first = await underway();
    const [one, other] = [await transferred(first), await transferred(first)];
    const moves = await Promise.all([one, other].map(({ task }) => keerpunt.move(task, { status: 'accepted' })));
    expect(moves.map(({ status }) => status)).toEqual([200, 200]);
    expect((await episodeOf(first.order))?.referralRequest).toHaveLength(3);
  });
});

test('when the work is handed over, the CareTeam of the plan has its new member, and the old one until now', async () => {
  const referralText = readFileSync(
    join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  );
  const order = await acceptedOrder(gateway, referralText);
  const [own] = await team.tasks(`focus=${order}`);
  const told = await team.post('', recordOf({ reference: order }));
  const plan = await team.read<CarePlan>(locationOf(told, 'CarePlan')!);
  const reference = plan.careTeam![0]!.reference!;
  await team.move(`Task/${own?.id}`, { status: 'in-progress' });
  const next = await transferred({ order, task: `Task/${own?.id}` });
  await keerpunt.move(next.task, { status: 'accepted' });
  await keerpunt.move(next.task, { status: 'in-progress' });
  expect(await keerpunt.status(reference)).toBe(404);
  const done = await keerpunt.move(next.task, { status: 'completed', businessStatus: 'handed-over' });
  expect(resourceOf<Task>(done).status, done.text).toBe('completed');

  const after = await team.read<CareTeam>(reference);
  expect(after.meta?.versionId).toBe('2');
  expect(after.managingOrganization?.[0]?.reference).toBe('Organization/keerpunt-verslavingszorg');
  const memberOf = (organization: string) =>
    after.participant?.find(({ member }) => member?.reference === organization);
  expect(memberOf('Organization/network-veen-en-mond')?.period?.end).toBeDefined();
  expect(memberOf('Organization/keerpunt-verslavingszorg')?.period?.start).toBeDefined();
  expect(after.participant?.some(({ member }) => member?.display === 'S. Voorbeeldwijk')).toBe(true);
  expect(await keerpunt.status(reference), 'who took over carries the plan').toBe(200);
  const { validator } = gateway.running.gateway;
  expect(validator.validate(after, { profiles: [mgnProfile('care-team')] }).verdict).toBe('valid');
});
