import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { activate, lastUse, storedSet } from '../../src/configuration/index.ts';
import { world } from '../../src/main.ts';
import { changed, referralOf } from '../support/configuration/configuration-sets.ts';
import { hasty, until } from '../support/delivery/test-worker.ts';
import { auditOf, recordingLog } from '../support/exchange/example-referral.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-gateway-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let files = 0;
async function start(deliverIn: 'thread' | 'here', team: Sink, log = recordingLog()) {
  const gateway = await startGateway({
    store: `sqlite:${join(folder, `${files++}.db`)}`,
    addresses: { 'registration-team': team.url },
    deliverIn,
    delivery: { ...hasty, poll: 600_000 },
    log: log.log,
  });
  closing.push(gateway.stop);
  return { gateway, lines: log.lines };
}
async function sink(): Promise<Sink> {
  const it = await startSink();
  closing.push(it.close);
  return it;
}

const requestId = '8d9b1c9e-5f0e-4a3f-9d10-0c64de2b6c01';
const post = (gateway: TestGateway, index: number) =>
  gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralOf(index), requestId });

/** Without what differs from run to run. */
const comparable = (value: unknown, ids: Map<string, string>): string =>
  JSON.stringify(value)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      if (!ids.has(id)) ids.set(id, `id-${ids.size}`);
      return ids.get(id)!;
    })
    .replace(/00-[0-9a-f]{32}-[0-9a-f]{16}-/g, 'trace-')
    .replace(/\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)/g, 'time');

test('a gateway sends, logs and audits from the thread of deliveries what it does from its own', async () => {
  const found = [];
  for (const deliverIn of ['here', 'thread'] as const) {
    const team = await sink();
    const { gateway, lines } = await start(deliverIn, team);
    expect((await post(gateway, 1)).status).toBe(200);
    await until(() => lines.some((line) => line.includes('"deliver"') && line.includes('registration-team')));
    const [sent] = team.received;
    const { headers, text } = sent!;
    const traceId = String(headers['x-trace-id']);
    const auditedToTeam = async () =>
      (await gateway.store.audit({ traceId, count: 50 })).items
        .map((it) => JSON.parse(it.text))
        .filter(
          ({ subtype, agent }) => subtype[0].code === 'deliver' && JSON.stringify(agent).includes('registration-team'),
        );
    await until(async () => (await auditedToTeam()).length > 0);
    const { host: _, ...others } = headers;
    const line = lines.find((it) => it.includes('"deliver"') && it.includes('registration-team'));
    found.push(comparable([others, text, line, await auditedToTeam()], new Map()));
    expect((await auditOf(gateway, requestId)).length).toBeGreaterThan(0);
  }
  expect(found[1]).toBe(found[0]);
});

test('a configuration that is activated holds for the next attempt of the thread of deliveries', async () => {
  const team = await sink();
  const { gateway } = await start('thread', team);
  expect((await post(gateway, 1)).status).toBe(200);
  await team.until(1);
  const use = await lastUse(gateway.store);
  const set = await storedSet(gateway.store, use?.digest ?? '');
  if (!set.ok) throw new Error('the set in force is stored');
  const withToken = changed(set.value, 'network/partners.yaml', (text) =>
    text.replace(/( {2}- id: registration-team\n)/, '$1    delivery-token-from: MGN_TEST_TOKEN_OF_TEAM\n'),
  );
  process.env.MGN_TEST_TOKEN_OF_TEAM = 'agreed-later';
  closing.push(async () => {
    delete process.env.MGN_TEST_TOKEN_OF_TEAM;
  });
  expect((await activate(gateway.store, world, withToken, { by: { id: 'operator', name: 'Test' } })).ok).toBe(true);
  await gateway.running.follow();
  expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralOf(2) })).status).toBe(200);
  await team.until(2);
  expect(team.received.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer agreed-later']);
});
