import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { referralText } from '../support/exchange/example-referral.ts';
import { isLong } from '../support/long.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { rulesOf, startGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-shared-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('two gateways on one file under load: every message once, every delivery once; a lock is 503 and ends by itself', async () => {
  const file = join(folder, 'shared.db');
  const sink = await startSink();
  const addresses = { 'registration-team': sink.url, 'gp-de-linde': sink.url };
  const gateways = [
    await startGateway({ store: `sqlite:${file}`, addresses }),
    await startGateway({ store: `sqlite:${file}`, addresses }),
  ];
  const requests = Array.from({ length: isLong ? 60 : 24 }, () => randomUUID());
  // both get each of them
  const answers = await Promise.all(
    gateways.map(async ({ ask }) => {
      const statuses: number[] = [];
      const queue = [...requests];
      const client = async () => {
        for (let requestId = queue.shift(); requestId; requestId = queue.shift())
          statuses.push((await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText, requestId })).status);
      };
      await Promise.all(Array.from({ length: 4 }, client));
      return statuses;
    }),
  );
  expect(answers.flat().filter((it) => it === 200)).toHaveLength(requests.length);
  expect(answers.flat().filter((it) => it === 409)).toHaveLength(requests.length);
  const [one] = gateways;
  const ready = async () => {
    const { status, text } = await one!.ask('GET', '/readyz', { as: 'operator' });
    return { ...(JSON.parse(text) as { waiting: number; problem?: string; because?: string }), status };
  };
  await expect.poll(async () => (await ready()).waiting, { timeout: 60_000 }).toBe(0);
  const ids = sink.received.map(({ requestId }) => requestId);
  expect(new Set(ids).size).toBe(ids.length);

  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  const post = () => one!.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  const refused = await Promise.all([post(), post()]);
  for (const it of refused)
    expect([it.status, it.headers['retry-after'], ...rulesOf(it)]).toEqual([503, '10', 'store-unavailable']);
  const locked = await ready();
  expect(locked.status).toBe(503);
  expect(['locked', 'slow']).toContain(locked.problem);
  expect(locked.because).toMatch(/locked/);
  expect((await one!.ask('GET', '/healthz')).status).toBe(200);
  other.exec('rollback');
  other.close();
  await expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(200);
  expect((await post()).status).toBe(200);
  for (const { stop } of gateways) await stop();
  await sink.close();
}, 120_000);
