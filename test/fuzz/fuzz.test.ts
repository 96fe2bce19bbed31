import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { openLogin } from '../../src/main/login.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { random } from '../support/random.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';
import { type FuzzRequest, fuzzRequest } from './requests.ts';

/** `npm run test:fuzz`: 100,000 requests by a new seed; FUZZ_SEED repeats a run. */
const isFuzz = process.env.MODE === 'fuzz';
const seed = Number(process.env.FUZZ_SEED ?? (isFuzz ? Date.now() % 1e9 : 20_261_130));
const count = isFuzz ? Number(process.env.FUZZ_REQUESTS ?? 100_000) : 3_000;

let gateway: TestGateway;
let faults: string[] = [];
beforeAll(async () => {
  gateway = await startGateway({
    log: { info: () => {}, error: (line) => void faults.push(JSON.stringify(line)) },
  });
});
afterAll(async () => {
  await gateway.stop();
});

/** Of a referral by gp-de-linde to the team of the network: nobody else may read it, however a request is spoiled. */
const canary = 'Kanariepiet';
const parties = ['gp-de-linde', 'registration-team'];
/** Microseconds of CPU: what takes longer holds up everybody else. */
const longest = 2_000_000;

test(`no request of ${count} by seed ${seed} is answered with a fault of the gateway, takes long, or shows what is not its sender's`, {
  timeout: 3_600_000,
}, async () => {
  if (isFuzz) console.info(`seed ${seed}`);
  const it = random(seed);
  const { running } = gateway;
  const about = {
    version: '0',
    started: new Date(0),
    configuration: () => ({ refused: undefined, folders: undefined }),
  };
  const { tokenEndpoint, people } = openLogin({
    network: () => running.gateway.network,
    store: running.gateway.store,
    world: running.gateway.world,
    readDocument: async () => undefined,
    send: async () => new Response(null, { status: 404 }),
  });
  const sets = { check: async () => [], follow: async () => {} };
  const app = createApp({ ...running.gateway, report: (fault) => void faults.push(String((fault as Error).stack)) }, {
    ...about,
    sets,
    tokenEndpoint,
    people,
  } as never);
  const planted = await gateway.ask('POST', '/fhir', {
    as: 'gp-de-linde',
    body: referralText.toString().replaceAll('"Proefpersoon"', `"${canary}"`),
  });
  expect([planted.status, referralText.toString().includes('"Proefpersoon"')]).toEqual([200, true]);
  const tokens = [...running.gateway.network.partners.keys()];
  const stored = await storedIds(gateway);
  const failed: object[] = [];
  for (let n = 0; n < count && failed.length < 20; n++) {
    faults = [];
    const request = fuzzRequest(it, stored, tokens);
    const before = process.cpuUsage();
    const { status, text } = await ask(app, request);
    const { user, system } = process.cpuUsage(before);
    const isSlow = user + system > longest;
    const isLeak = text.includes(canary) && !parties.some((it) => JSON.stringify(request.headers).includes(it));
    if (status >= 500 || isSlow || isLeak)
      failed.push({ n, status, isSlow, isLeak, ...request, body: request.body?.slice(0, 2000), faults: [...faults] });
  }
  expect(failed).toEqual([]);
});

async function ask(app: ReturnType<typeof createApp>, { method, path, headers, body }: FuzzRequest) {
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const answer = await app.request(path, init);
  return { status: answer.status, text: await answer.text() };
}

async function storedIds({ store }: TestGateway): Promise<Record<string, string[]>> {
  const ids: Record<string, string[]> = { StructureMap: [], Measure: [] };
  const events = await store.audit({ count: 50 });
  for (const { text } of events.items)
    for (const [, type = '', id = ''] of text.matchAll(/"reference":"(\w+)\/([\w-]+)"/g))
      ids[type] = [...(ids[type] ?? []), id];
  return ids;
}
