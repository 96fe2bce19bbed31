import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { bodyBudget } from '../../src/exchange/reading/body-budget.ts';
import { bodyShare, readBody } from '../../src/http/body.ts';

const limit = 200_000;

/** How a gateway with this limit reads the body, in parts of 512 bytes, and how many bytes of it were taken. */
async function reading(body: Uint8Array, headers: Record<string, string> = {}) {
  const budget = bodyBudget();
  let taken = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const part = body.subarray(taken, taken + 512);
        taken += part.length;
        if (part.length) controller.enqueue(part);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const server = new Hono<{ Variables: Record<string, unknown> }>();
  server.post('/', async (context) => {
    const share = budget.open({ allBodiesBytes: 100 * limit, bodySeconds: 100 });
    context.set(bodyShare, share);
    const read = await readBody(context, limit);
    share.release();
    return context.json(read.ok ? read.value.length : read.issues.map(({ rule }) => rule));
  });
  const init = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit;
  const answer = await (await server.request('/', init)).json();
  return { answer, taken };
}

test('a bomb is refused before it grows: of what is packed no more is read than unpacks to some times the limit', async () => {
  // a tenth of its size when packed, so that what is packed cannot hide in a buffer on the way
  const parts = Array.from({ length: 10_000 }, () => Buffer.concat([randomBytes(200), Buffer.alloc(1_800)]));
  const bomb = gzipSync(Buffer.concat(parts));
  const { answer, taken } = await reading(bomb, { 'content-encoding': 'gzip' });
  expect(answer).toEqual(['body-too-large']);
  expect(taken / bomb.length).toBeLessThan(0.25);
});

test('a body without a length is read up to the limit', async () => {
  const { answer, taken } = await reading(Buffer.alloc(limit * 50));
  expect(answer).toEqual(['body-too-large']);
  expect(taken).toBeLessThan(limit + 10_000);
});

test('a body within the limit is read whole, packed or not', async () => {
  const body = Buffer.alloc(limit, 'x');
  expect(await reading(body)).toEqual({ answer: limit, taken: limit });
  expect((await reading(gzipSync(body), { 'content-encoding': 'gzip' })).answer).toBe(limit);
});
