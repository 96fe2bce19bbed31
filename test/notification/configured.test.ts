import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, type Running, run } from '../../src/main.ts';
import { type Listener, openListener } from '../support/servers/notification-endpoint.ts';

let folder: string;
let listener: Listener;
const running: Running[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mgn-notifications-'));
  await cp(demoNetwork, folder, { recursive: true });
  listener = await openListener();
});
afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
  await listener.close();
  await rm(folder, { recursive: true, force: true });
});

const configure = (text: string) => appendFile(join(folder, 'network.yaml'), text);
const configured = (endpoint: string, more = '') => `
notifications:
  heartbeat: { minimum: 1 }
  subscriptions:
    - partner: registration-team
      use-case: registration
      endpoint: ${endpoint}
${more}`;
const open = () => openConfiguration({ network: folder, addresses: { 'registration-team': listener.base } });
const start = async (): Promise<Running> => {
  const deciding = await open();
  const store = await openStore(`sqlite:${join(folder, 'gateway.db')}`);
  if (!deciding.ok || !store.ok) throw new Error(JSON.stringify(deciding.issues));
  const started = await run(deciding.value, store.value, { port: 0, log: silent, delivery: { poll: 30 } });
  running.push(started);
  return started;
};
const known = async ({ gateway }: Running) =>
  (await gateway.store.subscriptions({ partner: 'registration-team' })).map(({ status }) => status);

describe('Subscriptions of the network’s configuration', () => {
  test('are made at the start, with a handshake, once; and end when they are taken out', async () => {
    const plain = await readFile(join(folder, 'network.yaml'), 'utf8');
    await configure(configured(listener.base));
    const [one, other] = await Promise.all([start(), start()]);
    await listener.wait(1);
    await expect.poll(() => known(one!)).toEqual(['active']);
    expect(await known(other!)).toEqual(['active']);
    expect(listener.heard).toHaveLength(1);
    for (const it of running.splice(0)) await it.stop();
    await writeFile(join(folder, 'network.yaml'), plain);
    expect(await known(await start())).toEqual(['off']);
  });

  test('send the token of a partner to the endpoints that partners.yaml lists, and to no other', async () => {
    const partners = join(folder, 'partners.yaml');
    const given = `- id: registration-team\n    notification-token-from: MGN_TEST_NOTIFYING\n    notification-endpoints: [${listener.base}/listed]\n`;
    await writeFile(partners, (await readFile(partners, 'utf8')).replace('- id: registration-team\n', given));
    const other = `    - partner: registration-team\n      use-case: transfer\n      endpoint: ${listener.base}/listed\n`;
    await configure(configured(listener.base, other));
    await expect(start()).rejects.toThrow('MGN_TEST_NOTIFYING (partner registration-team)');
    process.env.MGN_TEST_NOTIFYING = 'a-token-for-notifications';
    try {
      await start();
      const heard = await listener.wait(2);
      const sent = heard.map(({ topic, headers }) => [topic?.replace(/.*mgn-task-/, ''), headers.authorization]);
      expect(sent.toSorted()).toEqual([
        ['registration', undefined],
        ['transfer', 'Bearer a-token-for-notifications'],
      ]);
    } finally {
      delete process.env.MGN_TEST_NOTIFYING;
    }
  });

  test('with a heartbeat are notified when nothing happens', async () => {
    await configure(configured(listener.base, '      heartbeat: 1\n'));
    await start();
    await expect.poll(() => listener.heard.map(({ type }) => type)).toContain('heartbeat');
    expect(listener.heard.at(-1)).toMatchObject({ type: 'heartbeat', status: 'active', events: [] });
  });

  test.each([
    ['an endpoint nobody registered', configured('https://elsewhere.example/in'), 'subscription-endpoint-unregistered'],
    ['a use case that there is not', configured('ENDPOINT').replace('registration\n', 'dancing\n'), 'no such use case'],
    [
      'an unknown partner',
      configured('ENDPOINT').replace('partner: registration-team', 'partner: x'),
      'no such partner',
    ],
  ])('with %s stop the start, told with their place', async (_, text, problem) => {
    await configure(text.replace('ENDPOINT', listener.base));
    const opened = await open();
    expect(opened.ok).toBe(false);
    expect(opened.issues.map(({ rule }) => rule)).toContain('config-subscription-invalid');
    expect(opened.issues.map(({ message }) => message).join()).toContain(problem);
  });
});
