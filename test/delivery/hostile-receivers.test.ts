import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DeliveryLine } from '../../src/delivery/settings.ts';
import { openDeliveryThread } from '../../src/main/delivery/open-thread.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { hasty, until } from '../support/delivery/test-worker.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n';
const million = Buffer.alloc(1_000_000, 0x20);

/** What a receiver does with a connection on which a request arrived, and what becomes of the dispatch at first. */
const conducts: Readonly<Record<string, readonly [(socket: Socket) => void, 'delivered' | 'waiting' | 'dead']>> = {
  hangs: [() => {}, 'waiting'],
  'hangs after the status': [(it) => it.write(`${ok}Content-Length: 10\r\n\r\n{`), 'delivered'],
  resets: [(it) => it.resetAndDestroy(), 'waiting'],
  'resets within its answer': [
    (it) => it.write(`${ok}Content-Length: 100\r\n\r\n{"res`, () => setTimeout(() => it.resetAndDestroy(), 20)),
    'delivered',
  ],
  'is no HTTP': [(it) => it.end('SSH-2.0-OpenSSH_9\r\n'), 'waiting'],
  'answers 101': [
    (it) => it.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    'waiting',
  ],
  'answers 100 and 103 without end': [
    (it) => setInterval(() => it.writable && it.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5).unref(),
    'waiting',
  ],
  'sends headers without end': [
    (it) => {
      it.write(ok);
      const more = () => it.writable && it.write(`x-${Math.random()}: ${'y'.repeat(10_000)}\r\n`, more);
      more();
    },
    'waiting',
  ],
  'answers 200 MB': [
    (it) => {
      it.write(`${ok}Content-Length: 200000000\r\n\r\n`);
      let left = 200;
      const more = () => {
        if (left-- > 0 && it.writable) it.write(million, more);
      };
      more();
    },
    'delivered',
  ],
  'answers twice': [(it) => it.write(`${ok}Content-Length: 2\r\n\r\n{}${ok}Content-Length: 2\r\n\r\n{}`), 'delivered'],
  'lies about the length': [(it) => it.end(`${ok}Content-Length: 2\r\nContent-Length: 7\r\n\r\n{}`), 'waiting'],
};

test('receivers that hang, reset, lie or answer without end: each is a failed or a delivered attempt of its own, and the others go on', async () => {
  const store = await openSqliteStore(join(folder, 'store.db'));
  const good = await openReceiver();
  const sockets = new Set<Socket>();
  const servers = await Promise.all(
    Object.entries(conducts).map(async ([name, [conduct]]) => {
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => {}));
        socket.once('data', () => conduct(socket));
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      return { name, server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
    }),
  );
  const partners = new Map(
    [...servers.map(({ name, url }) => [name, url] as const), ['good', good.base] as const].map(([id, url]) => [
      id,
      { name: id, addresses: [{ url }], token: `secret-${id.length}` },
    ]),
  );
  const lines: DeliveryLine[] = [];
  const died: Error[] = [];
  const thread = await openDeliveryThread({
    link: store.link!(),
    standing: { network: 'n', addressRules: { plainHttp: new Set(), named: [], loopback: true }, partners },
    settings: { ...hasty, poll: 600_000, timeout: 1_500, concurrency: 32 },
    log: (line) => lines.push(line),
    died: (why) => died.push(why),
  });
  try {
    const names = Object.keys(conducts);
    await store.commit({
      now: new Date(),
      dispatches: names.map((name, n) => dispatch(`h${n}`, name, { body: '{"bsn":"999900006"}' })),
    });
    for (let n = 0; n < 50; n++)
      await store.commit({ now: new Date(), dispatches: [dispatch(`g${n}`, 'good', { traceId: `j${n % 5}` })] });
    await until(() => good.stored.length === 50);
    await until(async () =>
      (await Promise.all(names.map((_, n) => store.attempts(`h${n}`)))).every((it) => it.length > 0),
    );
    for (const [n, name] of names.entries()) {
      const [first] = await store.attempts(`h${n}`);
      expect([name, first?.outcome]).toEqual([name, conducts[name]![1] === 'waiting' ? 'retry' : conducts[name]![1]]);
    }
    expect(good.arrivals).toHaveLength(50);
    expect(died).toEqual([]);
    const said = JSON.stringify(lines) + JSON.stringify((await store.audit({ count: 200 })).items);
    expect(said).not.toMatch(/secret-|999900006/);
  } finally {
    await thread.stop();
    for (const it of sockets) it.destroy();
    for (const { server } of servers) server.close();
    await good.close();
    await store.close();
  }
});
