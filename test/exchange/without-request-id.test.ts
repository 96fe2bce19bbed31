import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, type Running, run } from '../../src/main.ts';
import { partOf, referralText, referralWith } from '../support/exchange/example-referral.ts';
import { type Asking, asker, locationOf, resourceOf, rulesOf } from '../support/test-gateway.ts';

/** The demo network, with two systems whose library cannot set headers. */
let gateway: Running;
let ask: ReturnType<typeof asker>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mgn-keys-'));
  await cp(demoNetwork, folder, { recursive: true });
  const file = join(folder, 'partners.yaml');
  const partners = await readFile(file, 'utf8');
  await writeFile(
    file,
    partners.replace(
      /^ {2}- id: (gp-de-linde|registration-team)$/gm,
      (line) => `${line}\n    request-id: from-message`,
    ),
  );
  const configured = await openConfiguration({ network: folder });
  const store = await openStore('sqlite::memory:');
  if (!configured.ok || !store.ok) throw new Error(JSON.stringify([configured.issues, store.issues]));
  gateway = await run(configured.value, store.value, { port: 0, log: silent });
  ask = asker(`http://127.0.0.1:${gateway.port}`);
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

const bare = { requestId: null, sameOrder: true } as const;
const send = (bundle: Bundle, asking: Asking = {}) =>
  ask('POST', '/fhir', { as: 'gp-de-linde', ...bare, body: JSON.stringify(bundle), ...asking });
/** Without any name that its sender gave it. */
const nameless = (change: (it: Bundle) => void = () => undefined): Bundle =>
  referralWith((it) => {
    partOf(it, 'Task').identifier = [{ value: '' }];
    for (const type of ['Task', 'ServiceRequest'] as const) delete (partOf(it, type) as Task).identifier;
    change(it);
  });
const system = 'https://his.example/keys';

describe('a write without X-Request-Id, of a partner that may leave it out', () => {
  test.each<[string, (it: Bundle, value: string) => void]>([
    ['Task.identifier', (it, value) => (partOf(it, 'Task').identifier = [{ system, value }])],
    ['ServiceRequest.identifier', (it, value) => (partOf(it, 'ServiceRequest').identifier = [{ system, value }])],
    ['Bundle.identifier', (it, value) => (it.identifier = { system, value })],
    [
      'ifNoneExist of the Task',
      (it, value) => {
        it.type = 'transaction';
        for (const entry of it.entry ?? []) {
          const isTask = entry.resource?.resourceType === 'Task';
          const condition = isTask ? { ifNoneExist: `identifier=${system}|${value}` } : {};
          entry.request = { method: 'POST', url: entry.resource!.resourceType, ...condition };
        }
      },
    ],
  ])('with %s is accepted once: a resend gets the first answer', async (_, name) => {
    const value = randomUUID();
    // the profile requires an identifier of the Task: one without a value identifies nothing
    const bundle = nameless((it) => name(it, value));
    partOf(bundle, 'Task').identifier ??= [{ system, type: { text: 'none' } }];
    const first = await send(bundle);
    expect(first.status, first.text.slice(0, 500)).toBe(200);
    const again = await send(bundle);
    expect([again.status, rulesOf(again)[0]]).toEqual([409, 'duplicate']);
    expect(again.text).toContain(locationOf(first, 'Task'));
  });

  test('with other content under the same key is refused as with the header', async () => {
    const value = randomUUID();
    const named = (priority: 'routine' | 'urgent') =>
      nameless((it) => {
        partOf(it, 'Task').identifier = [{ system, value }];
        partOf(it, 'ServiceRequest').priority = priority;
      });
    expect((await send(named('routine'))).status).toBe(200);
    const other = await send(named('urgent'));
    expect([other.status, rulesOf(other)[0]]).toEqual([409, 'order-sent-before']);
  });

  test('with If-Match is a move: a resend gets the first answer', async () => {
    const sent = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const move = () =>
      ask('PATCH', `/fhir/${locationOf(sent, 'Task')}`, {
        as: 'registration-team',
        ...bare,
        contentType: 'application/json-patch+json',
        headers: { 'if-match': 'W/"1"' },
        body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
      });
    const first = await move();
    expect(first.status, first.text.slice(0, 300)).toBe(200);
    const again = await move();
    expect([again.status, rulesOf(again)[0]]).toEqual([409, 'duplicate']);
    expect(resourceOf<Task>(first).meta?.versionId).toBe('2');
  });

  test('without any key is refused, with the remedy, and nothing is stored', async () => {
    const waiting = async () => (await gateway.gateway.store.depth()).waiting;
    const before = await waiting();
    const bundle = nameless();
    partOf(bundle, 'Task').identifier = [{ system, type: { text: 'none' } }];
    const answer = await send(bundle);
    expect([answer.status, rulesOf(answer)[0]]).toEqual([400, 'message-key-missing']);
    expect(await waiting()).toBe(before);
  });

  test('that cannot be parsed is refused for that', async () => {
    const answer = await ask('POST', '/fhir', { as: 'gp-de-linde', ...bare, body: '{"resourceType":' });
    expect([answer.status, rulesOf(answer)[0]]).toEqual([400, 'json-incomplete']);
  });
});

test('any other partner sends the header: request-id-missing, whatever key the message has', async () => {
  const answer = await send(
    referralWith(() => undefined),
    { as: 'gp-veenzicht' },
  );
  expect([answer.status, rulesOf(answer)[0]]).toEqual([400, 'request-id-missing']);
  expect(answer.text).toContain('the operator of the gateway can allow a key');
});
