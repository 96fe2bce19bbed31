import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { until } from '../support/delivery/test-worker.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { accept, openReceiver } from '../support/servers/receiver.ts';
import { askingAgain } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-stop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Milliseconds that a stop may take: requests and attempts have 10 s each to finish. */
const bound = 30_000;

test('SIGTERM under load: what was asked is answered, what was claimed is finished or returned, and the next gateway goes on at once', async () => {
  // a partner that takes its time, so that the stop comes in the middle of attempts
  const taken = new Set<string>();
  const take: typeof accept = (arrival, ...rest) => {
    taken.add(arrival.requestId);
    return accept(arrival, ...rest);
  };
  const slow = async (...[arrival, response, store]: Parameters<typeof accept>) => {
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await take(arrival, response, store);
  };
  const receiver = await openReceiver(slow);
  const network = networkAt(folder, receiver.base);
  const file = join(folder, 'gateway.db');
  const first = await startGatewayProcess(network, `sqlite:${file}`);
  const ask = askingAgain(first.ask);
  const acknowledged: string[] = [];
  const failed: unknown[] = [];
  let isStopping = false;
  const client = async () => {
    while (!isStopping) {
      const requestId = randomUUID();
      const sentBefore = !isStopping;
      try {
        const { status } = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText, requestId });
        if (status === 200) acknowledged.push(requestId);
        else failed.push(status);
      } catch (why) {
        if (sentBefore) failed.push(why);
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 6 }, client));
  await until(() => acknowledged.length >= 40 && taken.size > 0);
  isStopping = true;
  const started = performance.now();
  await first.kill('SIGTERM');
  const took = performance.now() - started;
  await clients;
  expect(failed, 'requests that were sent before the stop').toEqual([]);
  expect(took).toBeLessThan(bound);
  expect(first.output()).toContain('"outcome":"stopped"');

  const database = new DatabaseSync(file, { readOnly: true });
  const one = (text: string) => Number(Object.values(database.prepare(text).get() ?? {})[0]);
  expect(one('select count(*) from recipient where worker is not null'), 'claims').toBe(0);
  expect(one('select count(*) from request')).toBe(acknowledged.length);
  const waiting = one("select count(*) from dispatch where state = 'waiting'");
  const delivered = one("select count(*) from dispatch where state = 'delivered'");
  database.close();
  expect(waiting, 'the stop came before the end').toBeGreaterThan(0);
  // each attempt was finished and recorded, or cut off before anybody stored anything
  expect(taken.size).toBe(delivered);

  receiver.conduct = take;
  const second = await startGatewayProcess(network, `sqlite:${file}`);
  await until(() => taken.size === delivered + waiting);
  await second.kill('SIGTERM');
  expect(new Set(receiver.arrivals.map(({ requestId }) => requestId)).size).toBe(receiver.arrivals.length);
  await receiver.close();
}, 120_000);
