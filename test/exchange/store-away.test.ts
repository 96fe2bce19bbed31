import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore, run } from '../../src/main.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { person, recordingLog, referralText } from '../support/exchange/example-referral.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { type Asking, asker, locationOf, rulesOf, startGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-away-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a store that is gone', () => {
  test('is told as 503 with Retry-After by everything that needs it; nothing crashes, and the operator is told', async () => {
    const { log, lines } = recordingLog();
    const gateway = await startGateway({ log });
    const accepted = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const task = locationOf(accepted, 'Task')!;
    await gateway.running.delivery.stop();
    await gateway.store.close();
    const asked: readonly (readonly ['GET' | 'POST' | 'PATCH', string, Asking])[] = [
      ['POST', '/fhir', { body: referralText }],
      ['GET', `/fhir/${task}`, {}],
      ['GET', `/fhir/${task}/_history`, {}],
      ['GET', '/fhir/Task', {}],
      [
        'PATCH',
        `/fhir/${task}`,
        { body: '[]', contentType: 'application/json-patch+json', headers: { 'if-match': 'W/"1"' } },
      ],
    ];
    for (const [method, path, asking] of asked) {
      const answer = await gateway.ask(method, path, { as: 'gp-de-linde', ...asking });
      expect([answer.status, answer.headers['retry-after'], ...rulesOf(answer)], `${method} ${path}`).toEqual([
        503,
        '10',
        'store-unavailable',
      ]);
      expect(answer.text).not.toMatch(person);
    }
    expect((await gateway.ask('GET', '/readyz')).status).toBe(503);
    expect((await gateway.ask('GET', '/healthz')).status).toBe(200);
    expect(lines.some((line) => line.includes('StoreFault'))).toBe(true);
    expect(lines.join('\n')).not.toMatch(person);
    await gateway.stop().catch(() => {});
  });

  test('at any of the calls that a request makes of it: 503 with Retry-After, and the same request is taken afterwards', async () => {
    const opened = await openStore('sqlite::memory:');
    if (!opened.ok) throw new Error('no store');
    let calls = 0;
    let failing = Number.POSITIVE_INFINITY;
    const store = new Proxy(opened.value, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as (...given: unknown[]) => unknown;
        if (name === 'onDispatch' || name === 'keyFor') return member;
        return (...given: unknown[]) =>
          calls++ < failing ? member(...given) : Promise.reject(Object.assign(new Error('away'), { code: '57P01' }));
      },
    });
    const { log, lines } = recordingLog();
    const running = await run(await demoConfiguration(), store, { port: 0, log, followConfiguration: 1_000_000 });
    await running.delivery.stop();
    const ask = asker(`http://127.0.0.1:${running.port}`);
    const send = (path: string, requestId = randomUUID()) => {
      calls = 0;
      return ask('POST', path, { as: 'gp-de-linde', body: referralText, requestId });
    };
    for (const path of ['/fhir', '/fhir/$explain']) {
      let refused = 0;
      for (let first = 0; ; first++) {
        const requestId = randomUUID();
        failing = first;
        const answer = await send(path, requestId);
        failing = Number.POSITIVE_INFINITY;
        if (answer.status === 200) break;
        refused += 1;
        const told = [answer.status, answer.headers['retry-after'], ...rulesOf(answer)];
        const because = `${path}, call ${first}: ${lines.slice(-2).join('\n')}`;
        expect(told, because).toEqual([503, '10', 'store-unavailable']);
        expect((await send(path, requestId)).status).toBe(200);
      }
      expect(refused).toBeGreaterThan(3);
    }
    await running.stop();
  });

  test('fails the whole message: no resource, no delivery, and the same request is taken in afterwards', async () => {
    const file = join(folder, 'full.db');
    const gateway = await startGateway({ store: `sqlite:${file}` });
    const requestId = randomUUID();
    const post = () => gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText, requestId });
    const { DatabaseSync } = await import('node:sqlite');
    const other = new DatabaseSync(file, { timeout: 5_000 });
    // A disk that is full only shows at the very end: the last thing that a message writes is its number.
    other.exec("create trigger full before update on head begin select raise(abort, 'disk full'); end");
    const count = (table: string) => other.prepare(`select count(*) as n from ${table}`).get()?.n;
    const counts = () => ['entry', 'request', 'resource', 'dispatch', 'mention'].map(count);
    const before = counts();
    const refused = await post();
    expect([refused.status, ...rulesOf(refused)]).toEqual([503, 'store-unavailable']);
    expect(counts()).toEqual(before);
    expect(before.slice(1)).toEqual([0, 0, 0, 0]);
    other.exec("create trigger stuck before update on meta begin select raise(abort, 'disk full'); end");
    expect((await gateway.ask('GET', '/readyz')).status, 'not ready').toBe(503);
    other.exec('drop trigger full; drop trigger stuck');
    expect((await gateway.ask('GET', '/readyz')).status, 'ready again').toBe(200);
    other.close();
    expect((await post()).status).toBe(200);
    await gateway.stop();
  });
});

describe('stopping', () => {
  test('while senders go on sending on open connections: it ends, and what was answered is stored', async () => {
    const file = join(folder, 'stopped.db');
    const gateway = await startGateway({ store: `sqlite:${file}` });
    const acknowledged: string[] = [];
    let sending = true;
    const senders = Array.from({ length: 8 }, async () => {
      while (sending) {
        const requestId = randomUUID();
        const answer = await gateway
          .ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText, requestId })
          .catch(() => undefined);
        if (answer?.status === 200) acknowledged.push(requestId);
        else await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    await expect.poll(() => acknowledged.length).toBeGreaterThan(30);
    await gateway.stop();
    sending = false;
    await Promise.all(senders);
    const store = await openSqliteStore(file);
    for (const requestId of acknowledged) expect(await store.messageByRequest('gp-de-linde', requestId)).toBeDefined();
    expect((await store.depth()).waiting).toBeGreaterThanOrEqual(acknowledged.length);
    await store.close();
  });

  test('with deliveries waiting: the next start delivers them, in order and once', async () => {
    const store = `sqlite:${join(folder, 'waiting.db')}`;
    const deaf = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => deaf.once('listening', resolve));
    const { port } = deaf.address() as { port: number };
    const address = { 'registration-team': `http://127.0.0.1:${port}/fhir` };
    const first = await startGateway({ store, addresses: address, delivery: { grace: 50 } });
    const locations: string[] = [];
    for (let n = 0; n < 5; n++) {
      const answer = await first.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
      locations.push(locationOf(answer, 'Task')!);
    }
    await first.stop();
    deaf.closeAllConnections();
    await new Promise((resolve) => deaf.close(resolve));
    const sink = await startSink(port);
    const second = await startGateway({ store, addresses: address });
    await sink.until(5);
    const arrived = sink.received.map(({ bundle }) =>
      bundle.entry?.map(({ fullUrl }) => fullUrl).find((it) => it?.includes('/Task/')),
    );
    expect(arrived.map((it) => it?.replace(/^.*\/fhir\//, ''))).toEqual(locations);
    await second.stop();
    await sink.close();
  });
});
