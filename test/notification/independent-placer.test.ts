import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, type Running, run } from '../../src/main.ts';
import { freePort } from '../support/free-port.ts';
import { DEFAULTS, type Options, runScenario } from '../support/placer/placer.ts';

/**
 * Exchanges after Twiin TA Workflow with a placer that was written from the public guides alone (test/support/placer):
 * none of this network's codes, no legal basis. What it finds otherwise than its guide is listed here step by step, and
 * each is a choice that docs/guide/placer.md tells. Anything else that it finds fails.
 */
const folder = mkdtempSync(join(tmpdir(), 'mgn-placer-'));
const tokenName = 'MGN_TEST_PLACER_TOKEN';
let running: Running;
let base: string;
let listen: number;

const edit = (name: string, change: (text: string) => string): void => {
  const file = join(folder, name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
};

beforeAll(async () => {
  const port = await freePort();
  base = `http://localhost:${port}/fhir`;
  listen = await freePort();
  process.env[tokenName] = DEFAULTS.accept;
  cpSync(demoNetwork, folder, { recursive: true });
  const placer = `http://localhost:${listen}/fhir`;
  edit('network.yaml', (text) =>
    `${text}\nnotifications:\n  heartbeat: { minimum: 60 }\n`.replace(/^base-url: .*$/m, `base-url: ${base}`),
  );
  edit('partners.yaml', (text) =>
    text
      .replace('- id: gp-de-linde\n', `- id: gp-de-linde\n    delivery-token-from: ${tokenName}\n`)
      .replace(
        '- id: registration-team\n',
        `- id: registration-team\n    notification-endpoints: [${placer}/notifications/key]\n`,
      )
      .replace(
        /(- id: (?:registration-team|ggz-de-kade|ggz-horizonland)\n(?:.+\n)*?) {4}channel: .*\n {4}address: .*\n/g,
        '$1    channel: inbox\n',
      ),
  );
  const deciding = await openConfiguration({ network: folder, addresses: { 'gp-de-linde': placer } });
  const store = await openStore('sqlite::memory:');
  if (!deciding.ok || !store.ok) throw new Error(JSON.stringify([deciding.issues, store.issues]));
  running = await run(deciding.value, store.value, { port, log: silent });
});
afterAll(async () => {
  await running.stop();
  delete process.env[tokenName];
  rmSync(folder, { recursive: true, force: true });
});

const team = { system: 'https://network-veen-en-mond.example/healthcareservice', value: '001', ura: '99990001' };
const candidates = [
  { system: 'https://ggz-de-kade.example/healthcareservice', value: '008', ura: '99990201' },
  { system: 'https://ggz-horizonland.example/healthcareservice', value: '009', ura: '99990202' },
];

/** Plays a scenario; its steps that were otherwise than the guide, in order. */
async function otherwise(scenario: Options['scenario'], more: Partial<Options> = {}) {
  const { report } = await runScenario({
    ...DEFAULTS,
    requesterUra: '99990101',
    requesterName: 'Huisartsenpraktijk De Linde',
    identifierSystem: 'https://gp-de-linde.example/task',
    gateway: base,
    token: 'demo-gp-de-linde',
    listen,
    scenario,
    candidates: [team],
    fulfillerTokens: ['demo-registration-team'],
    endpoint: `${new URL(base).origin}/notifications`,
    notificationKey: 'key',
    topic: 'https://mgn.example/fhir/SubscriptionTopic/mgn-task-registration',
    heartbeat: 60,
    // all that is waited for arrives, but for the last scenario: a busy machine may take its time
    wait: 30,
    // where a person lives decides which candidates may be invited
    agreements: { Patient: { address: [{ use: 'home', city: 'Zonnerveen', postalCode: '1281BC', country: 'NL' }] } },
    print: () => {},
    ...more,
  });
  const met = [...new Set(report.steps.filter(({ ok }) => ok).map(({ demand }) => demand))];
  const rest = report.steps
    // feedback arrives as a transaction, before or after the last step is looked at
    .filter(({ ok, demand }) => !ok && demand !== 'known')
    .map(({ what, status, issues }) =>
      `${what}: ${status} ${/sender\/([a-z-]+)/.exec(issues[0] ?? '')?.[1] ?? issues.join(', ')}`.trim(),
    );
  return { met, rest };
}

const completedWithoutOutput = 'fulfiller sets completed: 422 task-outcome-missing';
const statusReasons = 'https://mgn.example/fhir/CodeSystem/mgn-status-reason';
const severalOptions = { candidates, fulfillerTokens: ['demo-ggz-de-kade', 'demo-ggz-horizonland'] };

test('one fulfiller, Tasks at the gateway: to the end, with search, Subscription and notifications', async () => {
  const { met, rest } = await otherwise('single');
  expect(rest).toEqual(['on-hold during the work: 200', completedWithoutOutput]);
  expect(met).toEqual(
    expect.arrayContaining([
      'order',
      'search',
      'stale',
      'update',
      'subscription',
      'handshake',
      'notification',
      'accepted',
      'progress',
      'rejected',
    ]),
  );
}, 60_000);

test('one fulfiller, Tasks at the placer: read after a notification, each answer written to them', async () => {
  const { met, rest } = await otherwise('pull');
  expect(rest).toEqual([completedWithoutOutput]);
  expect(met).toEqual(
    expect.arrayContaining(['delivered', 'pulled', 'conditional', 'heartbeat', 'accepted', 'progress', 'rejected']),
  );
}, 60_000);

test('several fulfillers, Tasks at the gateway: invited, answered, one selected', async () => {
  const { met, rest } = await otherwise('multiple', { ...severalOptions, hosting: 'gateway' });
  expect(rest).toEqual([
    'invitations without the Patient: 422 slice-min',
    // the sender too reads the Task of a candidate as the candidate has it: organisation of the directory, own inputs
    'the Task as it is kept: 200 requester, type-of-work',
    'the Task as it is kept: 200 requester, type-of-work',
    'candidate 1 reads the ServiceRequest: 404 not-found',
    'candidate 2 reads the ServiceRequest: 404 not-found',
    'selection in one update: 422 transaction-overlap',
    `not selected: 200 kept: cancelled, ${statusReasons}|not-selected, text none`,
  ]);
  expect(met).toEqual(
    expect.arrayContaining(['noWork', 'reserved', 'accepted', 'output', 'disclosed', 'progress', 'completed']),
  );
}, 60_000);

test('several fulfillers, Tasks at the placer: the person stays there until one is selected', async () => {
  const { met, rest } = await otherwise('multiple', { ...severalOptions, hosting: 'placer' });
  expect(rest).toEqual([]);
  expect(met).toEqual(
    expect.arrayContaining([
      'bid',
      'hidden',
      'accepted',
      'output',
      'select',
      'losers',
      'disclosed',
      'conditional',
      'progress',
      'completed',
    ]),
  );
}, 60_000);

test('an order that ends early, Tasks at the gateway', async () => {
  const { met, rest } = await otherwise('cancel', { hosting: 'gateway', wait: 2 });
  expect(rest).toEqual([
    'Task cancelled and order revoked in one update: 422 transaction-overlap',
    'placer sees accepted: 200 status is completed',
    'fulfiller sets failed: 409 task-ended',
    // by reference to the directory, without URA
    'the request as it is kept: 200 requester, owner',
    'accepted: order revoked, Task cancelled, in one update: 422 transaction-overlap',
  ]);
  expect(met).toEqual(expect.arrayContaining(['order', 'abortOnly', 'noDirect', 'accepted', 'progress']));
}, 60_000);
