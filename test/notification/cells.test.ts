import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, type Running, run } from '../../src/main.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { freePort } from '../support/free-port.ts';
import { type Ask, asker, locationOf, resourceOf } from '../support/test-gateway.ts';

/**
 * Two regions, each with a gateway and a store of its own, as partners of each other (docs/operate/scale.md). Horizonland
 * works in the second: the first has that region for a partner in its place, notifies it of Horizonland's Tasks, and the second
 * reads them, routes them, and writes the moves of Horizonland to the Tasks of the first. They share nothing but HTTP.
 */
const folders: string[] = [];
const running: Running[] = [];
const names = { notifying: 'MGN_TEST_TOKEN_AT_SECOND', reading: 'MGN_TEST_TOKEN_AT_FIRST' };
let first: Ask;
let second: Ask;

type Edit = (text: string) => string;
async function startCell(port: number, edits: { readonly network: Edit; readonly partners: Edit }): Promise<Ask> {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-cell-'));
  folders.push(folder);
  cpSync(demoNetwork, folder, { recursive: true });
  const edit = (name: string, change: Edit) =>
    writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'utf8')));
  edit('network.yaml', (text) =>
    edits.network(text.replace(/^base-url: .*$/m, `base-url: http://localhost:${port}/fhir`)),
  );
  edit('partners.yaml', edits.partners);
  const configured = await openConfiguration({ network: folder });
  const store = await openStore(`sqlite:${join(folder, 'gateway.db')}`);
  if (!configured.ok || !store.ok) throw new Error(JSON.stringify([configured.issues, store.issues]));
  const options = { port, log: silent, delivery: { pause: 20, maximumPause: 200, poll: 50 } };
  running.push(await run(configured.value, store.value, options));
  return asker(`http://localhost:${port}`);
}

/** What a partner of partners.yaml has in place of its channel and address. */
const partner =
  (id: string, lines: string): Edit =>
  (text) =>
    text.replace(
      new RegExp(`(- id: ${id}\\n(?: {4}.*\\n)*?) {4}channel: .*\\n {4}address: .*\\n`),
      `$1${lines.replace(/^/gm, '    ')}\n`,
    );

beforeAll(async () => {
  const [one, two] = [await freePort(), await freePort()];
  process.env[names.notifying] = 'demo-gp-de-linde';
  process.env[names.reading] = 'demo-ggz-horizonland';
  second = await startCell(two, {
    network: (text) => text,
    partners: (text) =>
      partner(
        'ggz-horizonland',
        'channel: inbox',
      )(
        partner(
          'gp-de-linde',
          `channel: fhir-rest\naddress: http://localhost:${one}/fhir\ndelivery-token-from: ${names.reading}`,
        )(text),
      ),
  });
  const endpoint = `http://localhost:${two}/notifications`;
  const subscription = `  subscriptions:\n    - { partner: ggz-horizonland, use-case: transfer, endpoint: '${endpoint}' }\n`;
  first = await startCell(one, {
    network: (text) => `${text}\nnotifications:\n${subscription}`,
    partners: (text) =>
      partner(
        'gp-de-linde',
        'channel: inbox',
      )(
        partner(
          'ggz-horizonland',
          `channel: inbox\nnotification-endpoints: [${endpoint}]\nnotification-token-from: ${names.notifying}`,
        )(text),
      ),
  });
}, 60_000);
afterAll(async () => {
  for (const it of running.splice(0)) await it.stop();
  for (const name of Object.values(names)) delete process.env[name];
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const tasks = async (ask: Ask, as: string): Promise<readonly Task[]> =>
  (resourceOf<Bundle>(await ask('GET', '/fhir/Task', { as })).entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'Task' ? resource : [],
  );
const statusOf = async (ask: Ask, task: string, as: string) =>
  resourceOf<Task>(await ask('GET', `/fhir/${task}`, { as })).status;

test('a referral to a provider of another region arrives at its gateway, and each status comes back', async () => {
  // moves from then on are events
  const subscribed = async () =>
    resourceOf<Bundle>(await first('GET', '/fhir/Subscription?status=active', { as: 'ggz-horizonland' })).entry?.length;
  await expect.poll(subscribed, { timeout: 30_000 }).toBe(1);
  const body = JSON.stringify(transferOf(['specialist-ggz-horizonland'], { directed: true }));
  const sent = await first('POST', '/fhir', { as: 'gp-de-linde', body });
  expect(sent.status, sent.text).toBe(200);
  const atFirst = locationOf(sent, 'Task')!;

  await expect.poll(async () => (await tasks(second, 'ggz-horizonland')).length, { timeout: 30_000 }).toBe(1);
  const [there] = await tasks(second, 'ggz-horizonland');
  expect(there?.owner?.reference).toBe('HealthcareService/specialist-ggz-horizonland');
  expect(there?.partOf?.[0]?.identifier?.value).toContain(atFirst);

  for (const status of ['accepted', 'in-progress', 'completed'] as const) {
    const path = `/fhir/Task/${there!.id}`;
    const { headers } = await second('GET', path, { as: 'ggz-horizonland' });
    const outcome = {
      coding: [{ system: 'https://mgn.example/fhir/CodeSystem/mgn-business-status', code: 'handed-over' }],
    };
    const body = JSON.stringify([
      { op: 'replace', path: '/status', value: status },
      ...(status === 'completed' ? [{ op: 'add', path: '/businessStatus', value: outcome }] : []),
    ]);
    const contentType = 'application/json-patch+json';
    const match = { 'if-match': String(headers.etag) };
    const moved = await second('PATCH', path, { as: 'ggz-horizonland', body, contentType, headers: match });
    expect(moved.status, moved.text).toBe(200);
    await expect.poll(() => statusOf(first, atFirst, 'gp-de-linde'), { timeout: 30_000 }).toBe(status);
  }
}, 120_000);
