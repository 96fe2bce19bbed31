import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, describe, expect, test } from 'vitest';
import { admissionUpTo } from '../../src/main/admission.ts';
import { backpressure } from '../../src/main/backpressure.ts';
import { delayOver } from '../../src/main/metrics/event-loop.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { measured } from '../support/observe/exposition.ts';
import { networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { accept, answer, openReceiver } from '../support/servers/receiver.ts';
import { type Answered, resourceOf, rulesOf, startGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-backpressure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Milliseconds that a request may wait for its turn; half of it on a machine with other work has to be possible. */
const limit = 200;

test('under more requests than it can answer in time a gateway refuses the next, answers its operator, and goes on after it', async () => {
  const receiver = await openReceiver();
  const network = networkAt(folder, receiver.base, (text) =>
    text.replace('\nlimits:\n', `\nlimits:\n  event-loop-delay-ms: ${limit}\n`),
  );
  const gateway = await startGatewayProcess(network, `sqlite:${join(folder, 'gateway.db')}`);
  const { ask } = gateway;
  const send = (requestId: string) => ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText, requestId });
  try {
    const answers = new Map<string, Answered>();
    const isBusy = () => [...answers.values()].some(({ status }) => status === 503);
    const sender = async () => {
      while (!isBusy() && answers.size < 20_000) {
        const requestId = randomUUID();
        answers.set(requestId, await send(requestId));
      }
    };
    await Promise.all(Array.from({ length: 150 }, sender));
    const refused = [...answers].filter(([, { status }]) => status !== 200);
    expect(refused.length, 'refused before it is slow').toBeGreaterThan(0);
    for (const [, answer] of refused) {
      expect([answer.status, rulesOf(answer), answer.headers['retry-after']]).toEqual([503, ['gateway-busy'], '10']);
      const [{ details } = {}] = resourceOf<OperationOutcome>(answer).issue;
      expect(JSON.stringify(details)).toMatch(/after 10 seconds.*na 10 seconden|na 10 seconden.*after 10 seconds/);
    }

    // whoever looks after the gateway, and whatever looks whether it lives, is answered
    const [alive, ready, metrics, letters, read] = await Promise.all([
      ask('GET', '/healthz'),
      ask('GET', '/readyz'),
      ask('GET', '/metrics', { as: 'operator' }),
      ask('GET', '/dead-letters', { as: 'operator' }),
      ask('GET', '/fhir/Task', { as: 'gp-de-linde' }),
    ]);
    expect([alive.status, metrics.status, letters.status]).toEqual([200, 200, 200]);
    expect(measured(metrics.text, 'mgn_backpressure', { cause: 'event-loop' })).toBe(1);
    expect(measured(metrics.text, 'mgn_event_loop_delay_seconds', { thread: 'main' })).toBeGreaterThan(limit / 2_000);
    expect([ready.status, JSON.parse(ready.text).reasons]).toEqual([
      503,
      [{ code: 'busy', because: expect.any(String) }],
    ]);
    expect([read.status, rulesOf(read)]).toEqual([503, ['gateway-busy']]);

    // the same message with the same id is accepted later, and nothing of the refusal was stored
    const [[again] = []] = refused;
    await expect.poll(async () => (await send(again!)).status, { interval: 500 }).toBe(200);
    expect((await ask('GET', '/readyz')).status).toBe(200);
    const accepted = [...answers.values()].filter(({ status }) => status === 200).length + 1;
    const text = (await ask('GET', '/metrics', { as: 'operator' })).text;
    expect(measured(text, 'mgn_messages_received_total', { use_case: 'referral', outcome: 'accepted' })).toBe(accepted);
    expect(gateway.output()).toContain('"step":"backpressure","outcome":"refusing"');
    expect(gateway.output()).toContain('"step":"backpressure","outcome":"accepting"');
  } finally {
    await gateway.kill('SIGTERM');
    await receiver.close();
  }
});

describe('with distance between the beginning and the end', () => {
  test('requests are refused from the limit on, until a request waits less than half of it', () => {
    const changes: boolean[] = [];
    const it = backpressure(
      () => 100,
      (isBusy) => changes.push(isBusy),
    );
    const busyAt = (delay: number) => {
      it.look(delay);
      return it.isBusy();
    };
    expect([90, 100, 101, 90, 60, 50, 49, 60, 100].map(busyAt)).toEqual([
      ...[false, false, true, true, true, true],
      ...[false, false, false],
    ]);
    expect(changes).toEqual([true, false]);
  });

  test('messages are refused from the limit of the outbox on, until a twentieth of it has been delivered', async () => {
    let waiting = 0;
    const world = { now: () => new Date(0), newId: () => '' };
    const { isOverloaded } = admissionUpTo(1_000, { depth: async () => ({ waiting, dead: 0, recipients: [] }) }, world);
    const overloadedAt = async (depth: number) => {
      waiting = depth;
      for (let n = 0; n < 60; n++) await isOverloaded();
      return isOverloaded();
    };
    const seen: boolean[] = [];
    for (const depth of [1_000, 1_001, 1_000, 951, 950, 1_000]) seen.push(await overloadedAt(depth));
    expect(seen).toEqual([false, true, true, true, false, false]);
  });

  test('one long turn is no overload; many that are shorter are', () => {
    const slots = (...longest: number[]) => longest.map((it) => ({ milliseconds: 500, squares: it ** 2, longest: it }));
    expect(delayOver(slots(1_000, 0, 0, 0, 0, 0, 0, 0, 0, 0)).mean).toBe(200);
    const steady = Array.from({ length: 10 }, () => ({
      milliseconds: 500,
      squares: 300 ** 2 * (500 / 300),
      longest: 300,
    }));
    expect(Math.round(delayOver(steady).mean)).toBe(300);
    expect(delayOver([]).mean).toBe(0);
  });
});

test('a gateway that is not ready says why, with the remedy, and becomes ready again without a message', async () => {
  const receiver = await openReceiver(answer(503));
  const addresses = { 'registration-team': receiver.base, 'gp-de-linde': receiver.base };
  const gateway = await startGateway({ waiting: 0, addresses });
  const ready = async () => {
    const { status, text } = await gateway.ask('GET', '/readyz');
    return [status, (JSON.parse(text).reasons ?? []).map(({ code }: { code: string }) => code)];
  };
  expect(await ready()).toEqual([200, []]);
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  expect(await ready()).toEqual([503, ['outbox-full']]);
  const { text } = await gateway.ask('GET', '/readyz');
  expect(JSON.parse(text).reasons[0].because).toMatch(/mgn_outbox_waiting/);
  receiver.conduct = accept; // a balancer sends nothing to a gateway that is not ready: it has to notice by itself
  await expect.poll(ready).toEqual([200, []]);
  await gateway.stop();
  await receiver.close();
});
