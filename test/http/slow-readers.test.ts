import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterEach, expect, test } from 'vitest';
import { type Listening, listen } from '../../src/main/listen.ts';
import { readerLimits } from '../../src/main/slow-readers.ts';

/** A client that does not read what it asked for holds neither a connection nor memory. */

const megabyte = 1024 * 1024;
const large = 'x'.repeat(8 * megabyte);
const app = new Hono()
  .get('/large', (context) => context.text(large))
  .get('/small', (context) => context.text('small'))
  .get('/stream', (context) => {
    let left = 64;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (left-- > 0) controller.enqueue(new Uint8Array(megabyte / 4));
        else controller.close();
      },
    });
    return context.body(body);
  });

let listening: Listening | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const it of sockets.splice(0)) it.destroy();
  await listening?.close();
  listening = undefined;
});

/** A client that asks, and reads nothing. */
async function silent(path: string): Promise<{ readonly socket: Socket; readonly ended: () => boolean }> {
  const socket = connect(listening!.port, '127.0.0.1');
  sockets.push(socket);
  socket.pause();
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  let ended = false;
  socket.on('error', () => {
    ended = true;
  });
  socket.on('close', () => {
    ended = true;
  });
  return { socket, ended: () => ended };
}

/** Whether the other side is gone: a paused socket sees it when it writes or reads on. */
const isGone = async ({ socket, ended }: Awaited<ReturnType<typeof silent>>): Promise<boolean> => {
  if (!ended()) socket.write('\r\n');
  return ended();
};

test.each(['/large', '/stream'])(
  'who reads nothing of %s is cut off after its time; others get theirs',
  async (path) => {
    listening = await listen(app, 0, '127.0.0.1', {
      readers: { grace: 300, rate: 1_000 * megabyte, pending: 1_000 * megabyte, every: 50 },
    });
    const client = await silent(path);
    const url = `http://127.0.0.1:${listening.port}`;
    expect(await (await fetch(`${url}/small`)).text()).toBe('small');
    expect((await (await fetch(`${url}/large`)).text()).length).toBe(large.length);
    await expect.poll(() => isGone(client), { timeout: 20_000 }).toBe(true);
    expect(await (await fetch(`${url}/small`)).text()).toBe('small');
  },
);

test('who reads slowly, but at the rate that is asked, gets the whole answer', async () => {
  listening = await listen(app, 0, '127.0.0.1', {
    readers: { grace: 60_000, rate: megabyte, pending: 1_000 * megabyte, every: 20 },
  });
  const { socket, ended } = await silent('/large');
  let size = 0;
  for (let n = 0; size < large.length && n < 10_000; n++) {
    const part = socket.read(Math.min(512 * 1024, socket.readableLength)) as Buffer | null;
    size += part?.length ?? 0;
    if (!part) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(size).toBeGreaterThanOrEqual(large.length);
  expect(ended()).toBe(false);
});

test('of many who read nothing those that wait longest are cut off, until the others fit in memory', async () => {
  listening = await listen(app, 0, '127.0.0.1', {
    readers: { grace: 600_000, rate: megabyte, pending: 20 * megabyte, every: 50 },
  });
  const clients: Awaited<ReturnType<typeof silent>>[] = [];
  for (let n = 0; n < 8; n++) clients.push(await silent('/large'));
  const gone = async () => (await Promise.all(clients.map(isGone))).filter(Boolean).length;
  await expect.poll(gone, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
  expect(await gone()).toBeLessThan(8);
});

test('the limits of a gateway: half a minute for any answer, and a megabyte in a minute and a half', () => {
  expect(readerLimits).toEqual({ grace: 30_000, rate: 16_384, pending: 64 * megabyte, every: 2_000 });
});
