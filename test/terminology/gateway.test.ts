import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type Configuration, demoNetwork, openConfiguration, openStore, run } from '../../src/main.ts';
import { openTerminology } from '../../src/terminology/index.ts';
import { partOf, person, recordingLog, referralText, referralWith } from '../support/exchange/example-referral.ts';
import { outcome, parameters, type Reply, startTerminologyServer } from '../support/servers/terminology-server.ts';
import { diagnoses, diagnosisDefinitions, diagnosisProfile, snomed } from '../support/terminology/diagnosis-profile.ts';
import { asker, rulesOf } from '../support/test-gateway.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A copy of the demo network with additions to its network.yaml, and one more waiver. */
async function networkWith(added: string, waiver = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mgn-terminology-'));
  folders.push(folder);
  await cp(demoNetwork, folder, { recursive: true });
  const file = join(folder, 'network.yaml');
  const text = (await readFile(file, 'utf8')).replace('terminology-waivers:\n', (it) => it + waiver);
  await writeFile(file, `${text}\n${added}\n`);
  return folder;
}

/** A referral with a diagnosis that its profile binds to a value set of SNOMED CT. */
const referral = JSON.stringify(
  referralWith((bundle) => {
    const condition = partOf(bundle, 'Condition');
    condition.meta = { ...condition.meta, profile: [...(condition.meta?.profile ?? []), diagnosisProfile] };
    condition.code = { coding: [{ system: snomed, code: '35489007', display: 'Somber' }] };
  }),
);

const answering = 'timeout-ms: 30000';
/** For a server that does not answer. */
const silent = 'timeout-ms: 150, failures-before-rest: 1';

/** The demo network with a terminology server, whose address each test sets, and a profile that requires it. */
const configured = new Map<string, Promise<Configuration>>();
async function configure(settings: string, waiver: string): Promise<Configuration> {
  const network = await networkWith(`terminology: { url: "http://127.0.0.1:1", ${settings} }`, waiver);
  const deciding = await openConfiguration({ network });
  if (!deciding.ok) throw new Error(JSON.stringify(deciding.issues));
  await deciding.value.terminology.close();
  return { ...deciding.value, validator: deciding.value.validator.with(diagnosisDefinitions) };
}

async function stage(reply: Reply, settings = answering, waiver = '') {
  const server = await startTerminologyServer(reply);
  const key = settings + waiver;
  configured.set(key, configured.get(key) ?? configure(settings, waiver));
  const deciding = await configured.get(key)!;
  const store = await openStore('sqlite::memory:');
  if (!store.ok) throw new Error(JSON.stringify(store.issues));
  const { log, lines } = recordingLog();
  let time = 0;
  const terminology = openTerminology(
    { ...deciding.network.settings.terminology!, url: server.url },
    () => time,
    () => undefined,
  );
  const running = await run({ ...deciding, terminology }, store.value, { port: 0, log });
  ends.push(server.stop, running.stop);
  const ask = asker(`http://127.0.0.1:${running.port}`);
  return {
    server,
    lines,
    pass: (seconds: number) => {
      time += seconds * 1_000;
    },
    post: (requestId?: string) =>
      ask('POST', '/fhir', { as: 'gp-de-linde', body: referral, ...(requestId ? { requestId } : {}) }),
    ask,
  };
}

describe('a message with a code that the gateway cannot check', () => {
  test('is accepted when the terminology server confirms it; the request is sent once and contains nothing of the person', async () => {
    const { server, post } = await stage(parameters(true));
    expect((await post()).status).toBe(200);
    expect((await post()).status).toBe(200);
    expect(server.codes()).toEqual(['ValueSet 35489007']);
    expect(JSON.stringify(server.asked)).not.toMatch(person);
  });

  test('is refused as invalid when it is not in the value set', async () => {
    const { post } = await stage(parameters(false));
    const answer = await post();
    expect(answer.status).toBe(422);
    expect(rulesOf(answer)).toContain('binding-required');
    expect(answer.headers['retry-after']).toBeUndefined();
  });

  test('is refused with 503 while the server is unavailable, after one timeout; the same request is accepted later', async () => {
    const silence = 'timeout-ms: 1500, failures-before-rest: 1, rest-seconds: 30';
    const { server, post, lines, pass } = await stage(() => {}, silence);
    const requestId = randomUUID();
    const first = await post(requestId);
    expect([first.status, first.headers['retry-after'], rulesOf(first)[0]]).toEqual([
      503,
      '10',
      'terminology-unavailable',
    ]);
    for (let i = 0; i < 5; i++) expect((await post()).status).toBe(503);
    expect(server.asked.length).toBe(1);
    expect(lines.join()).toContain('terminology');
    server.answerWith(parameters(true));
    pass(31);
    expect((await post(requestId)).status).toBe(200);
    expect(lines.join('\n')).not.toMatch(person);
  });

  test('does not delay messages without questions', async () => {
    const { ask, post } = await stage(() => {}, silent);
    await post();
    expect((await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText })).status).toBe(200);
  });

  test('never passes when the server does not have the code system', async () => {
    const { post } = await stage(outcome(404, 'not-found'));
    const answer = await post();
    expect(answer.status).toBe(422);
    expect(rulesOf(answer)).toContain('terminology-not-found');
  });

  test.each([
    ['value set', `value-set: ${diagnoses}`],
    ['code system', `system: ${snomed}`],
  ])('passes when the network waived its %s, and $validate names the waiver', async (_, what) => {
    const waiver = `  - ${what}\n    reason: Decided by the board on 2026-01-31.\n`;
    const { server, post, ask } = await stage(() => {}, silent, waiver);
    expect((await post()).status).toBe(200);
    const told = await ask('POST', '/fhir/Bundle/$validate', { as: 'gp-de-linde', body: referral });
    expect(rulesOf(told)).toContain('binding-waived');
    expect(told.text).toContain('Decided by the board');
    expect(server.asked).toEqual([]);
  });
});

test.each<readonly [string, Reply, string, string]>([
  ['that it is none', parameters(false), 'binding-required', answering],
  ['that nobody answers', () => {}, 'terminology-unavailable', silent],
  ['that the server has it not', outcome(404, 'not-found'), 'terminology-not-found', answering],
])('$validate queries the server too, and reports %s', async (_, reply, rule, settings) => {
  const { ask } = await stage(reply, settings);
  const told = await ask('POST', '/fhir/Bundle/$validate', { as: 'gp-de-linde', body: referral });
  expect([told.status, rulesOf(told).includes(rule)]).toEqual([200, true]);
});

test('a waiver names its code system or value set', async () => {
  const network = await networkWith('', '  - reason: Decided by the board on 2026-01-31.\n');
  const { issues } = await openConfiguration({ network });
  expect(issues.map(({ message }) => message).join()).toMatch(/value-set.*system/s);
});

test('an error in the configuration of the server is reported with its place', async () => {
  const network = await networkWith('terminology: { address: "https://tx.example.org/r4", timeout-ms: 1 }');
  const { issues } = await openConfiguration({ network });
  expect(issues.map(({ rule }) => rule).sort()).toEqual([
    'config-key-missing',
    'config-key-unknown',
    'config-value-invalid',
  ]);
});
