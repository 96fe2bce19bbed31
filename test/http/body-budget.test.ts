import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyBudget } from '../../src/exchange/reading/body-budget.ts';
import { silent } from '../../src/main/log.ts';
import { openStore, type Running, run } from '../../src/main.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { asker, rulesOf } from '../support/test-gateway.ts';

const limits = {
  bodyBytes: 1024 * 1024,
  allBodiesBytes: 4 * 1024 * 1024,
  bodySeconds: 2,
  depth: 64,
  dryRunsPerMinute: 60,
};

let running: Running;
beforeAll(async () => {
  const configured = await demoConfiguration();
  const { network } = configured;
  const store = await openStore('sqlite::memory:');
  if (!store.ok) throw new Error('no store');
  const small = { ...configured, network: { ...network, settings: { ...network.settings, limits } } };
  running = await run(small, store.value, { port: 0, log: silent });
});
afterAll(async () => {
  await running.stop();
});

/** A sender that sends the head of a request and some of its body, and then nothing. */
function holding(bytes: number): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(running.port, '127.0.0.1');
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (data) => {
      text += data;
      if (text.includes('"resourceType"')) resolve(text);
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
  socket.write(
    `POST /fhir HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo-gp-de-linde\r\nX-Request-Id: ${randomUUID()}\r\nContent-Type: application/fhir+json\r\nContent-Length: ${bytes + 1}\r\n\r\n`,
  );
  socket.write(Buffer.alloc(bytes, 0x20));
  return { socket, answer };
}

const used = () => running.gateway.bodies.used();
const ask = () => asker(`http://127.0.0.1:${running.port}`);

test('150 senders that hold their bodies take no more than the budget; the others are refused with 503, and all of it is given back', async () => {
  const senders = Array.from({ length: 150 }, () => holding(900_000));
  await expect.poll(used).toBeGreaterThan(limits.allBodiesBytes / 2);
  expect(used()).toBeLessThanOrEqual(limits.allBodiesBytes);
  const answers = await Promise.all(senders.map(({ answer }) => answer));
  const statuses = answers.map((it) => it.slice(9, 12));
  expect(statuses.filter((it) => it === '503').length).toBeGreaterThan(100);
  expect(statuses.filter((it) => it === '408').length).toBeGreaterThan(0);
  expect(answers.find((it) => it.startsWith('HTTP/1.1 503'))).toMatch(/retry-after: 10/i);
  for (const { socket } of senders) socket.destroy();
  await expect.poll(used).toBe(0);
  const after = await ask()('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  expect(after.status, rulesOf(after).join()).toBe(200);
});

test('senders that go away give their part back', async () => {
  const senders = Array.from({ length: 3 }, () => holding(500_000));
  await expect.poll(used).toBeGreaterThan(1_000_000);
  for (const { socket } of senders) socket.destroy();
  await expect.poll(used).toBe(0);
});

test('a body that trickles is refused after its time', async () => {
  const { socket, answer } = holding(10);
  const trickle = setInterval(() => socket.writable && socket.write(''), 200);
  expect(await answer).toMatch(/^HTTP\/1\.1 408[\s\S]*body-too-slow/);
  clearInterval(trickle);
  socket.destroy();
  await pause(10);
  expect(used()).toBe(0);
});

test('the budget counts what arrived, admits a body that is alone, and never loses count', () => {
  const budget = bodyBudget();
  const open = () => budget.open({ allBodiesBytes: 100, bodySeconds: 1 });
  const [first, second] = [open(), open()];
  expect(first.take(150), 'alone').toBe(true);
  expect(second.fits(1)).toBe(false);
  expect(second.take(1)).toBe(false);
  first.release();
  first.release();
  expect(budget.used()).toBe(0);
  expect(second.take(60)).toBe(true);
  expect(open().take(50)).toBe(false);
  second.release();
  expect(budget.used()).toBe(0);
});
