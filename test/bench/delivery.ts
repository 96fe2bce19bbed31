/**
 * Deliveries a second from a full outbox to real HTTP receivers on this machine: node test/bench/delivery.ts [dispatches]
 * The receivers live in a process of their own and answer at once, or after 5 ms; each dispatch is a journey of its own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDelivery } from '../../src/delivery/worker.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { dispatch } from '../support/store/samples.ts';

async function receive(): Promise<void> {
  const answer = JSON.stringify({ resourceType: 'Bundle', type: 'transaction-response' });
  const server = createServer((request, response) => {
    const milliseconds = Number(new URL(request.url ?? '', 'http://receiver').pathname.split('/')[2]);
    const respond = () => response.end(answer);
    request.resume().on('end', () => (milliseconds ? setTimeout(respond, milliseconds) : respond()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
}

type Measured = { readonly partners: number; readonly milliseconds: number; readonly lanes: number };

async function measure(port: number, count: number, { partners, milliseconds, lanes }: Measured): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-bench-'));
  const store = await openSqliteStore(join(folder, 'store.db'));
  for (let start = 0; start < count; start += 500) {
    const dispatches = Array.from({ length: Math.min(500, count - start) }, (_, n) =>
      dispatch(`d${start + n}`, `partner-${n % partners}`, { body: 'x'.repeat(6_000) }),
    );
    await store.commit({ now: new Date(), dispatches });
  }
  const start = performance.now();
  const worker = startDelivery({
    store,
    address: () => ({ base: `http://127.0.0.1:${port}/fhir/${milliseconds}` }),
    addressRules: () => undefined,
    world: { now: () => new Date(), newId: () => crypto.randomUUID() },
    chance: Math.random,
    log: () => undefined,
    settings: { lanes },
  });
  await worker.idle();
  const rate = Math.round((count / (performance.now() - start)) * 1_000).toLocaleString('en');
  console.log(`${partners} partners that answer after ${milliseconds} ms, ${lanes} lanes: ${rate} deliveries/s`);
  await worker.stop();
  await store.close();
  rmSync(folder, { recursive: true });
}

if (process.argv[2] === 'receive') await receive();
else {
  const receiver = fork(import.meta.filename, ['receive']);
  const [port] = await once(receiver, 'message');
  for (const milliseconds of [0, 5])
    for (const partners of [1, 3, 30])
      for (const lanes of [1, 8])
        await measure(Number(port), Number(process.argv[2] ?? 3_000), { partners, milliseconds, lanes });
  receiver.kill();
}
