import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkAt } from '../support/servers/gateway-process.ts';
import { openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { largest, lists } from '../support/turns/largest.ts';
import { type MeasuredGateway, startMeasuredGateway } from '../support/turns/measured-gateway.ts';

/**
 * While one request is answered, all others wait for the longest turn that it takes of the main loop. In CPU time of the thread,
 * which other work of the machine hardly lengthens; `npm run bench:turns` prints what it is.
 */
const folder = mkdtempSync(join(tmpdir(), 'mgn-longest-turn-'));
let receiver: Receiver;
let gateway: MeasuredGateway;
beforeAll(async () => {
  receiver = await openReceiver();
  gateway = await startMeasuredGateway(networkAt(folder, receiver.base), `sqlite:${join(folder, 'gateway.db')}`);
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Several times what is measured: a second pass over a message or a search of a list in a list is found, a slow machine is not. */
const most = 400;

describe(`no request takes the main loop for more than ${most} ms of CPU at once`, () => {
  test.each([...largest, ...lists])(
    '$name',
    async ({ send }) => {
      const { value, turns } = await gateway.during(() => send(gateway.ask));
      expect([200, 201, 400, 413, 422], value.text.slice(0, 500)).toContain(value.status);
      expect(turns.cpu).toBeLessThan(most);
    },
    120_000,
  );
});

test('a turn is measured: one that is long is seen, and what it consists of', async () => {
  const [one] = largest;
  const { turns } = await gateway.during(() => one!.send(gateway.ask), true);
  expect(turns.cpu).toBeGreaterThan(5);
  expect(turns.where?.some(([place]) => place.includes('src/'))).toBe(true);
}, 120_000);
