import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'undici';
import type { Sink } from '../support/servers/recording-receiver.ts';
import type { Body } from './bodies.ts';

export type Target = { readonly pool: Pool; readonly sink: Sink };

export async function post(pool: Pool, body: string): Promise<void> {
  const headers = {
    'content-type': 'application/fhir+json',
    authorization: 'Bearer demo-gp-de-linde',
    'x-request-id': randomUUID(),
  };
  const answer = await pool.request({ path: '/fhir', method: 'POST', headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text.slice(0, 500)}`);
}

export type Load = {
  readonly answeredPerSecond: number;
  /** Until the last delivery arrived. */
  readonly deliveredPerSecond: number;
  /** Share of the deliveries that had not arrived when the last message was answered. */
  readonly open: number;
};

/** Each client sends its next message when the last one was answered. Two deliveries follow from each. */
export async function fullLoad(
  { pool, sink }: Target,
  body: Body,
  { messages, clients }: { readonly messages: number; readonly clients: number },
): Promise<Load> {
  const before = sink.received.length;
  const began = performance.now();
  let left = messages;
  const client = async () => {
    while (left-- > 0) await post(pool, body.next());
  };
  await Promise.all(Array.from({ length: clients }, client));
  const answered = performance.now() - began;
  const open = 1 - (sink.received.length - before) / (2 * messages);
  await sink.until(before + 2 * messages, 600_000);
  return {
    answeredPerSecond: (messages / answered) * 1000,
    deliveredPerSecond: (messages / (performance.now() - began)) * 1000,
    open,
  };
}

/** Messages at fixed times, whether or not earlier ones were answered: how long each took from its time, in milliseconds. */
export async function steadyLoad(
  { pool, sink }: Target,
  body: Body,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<readonly number[]> {
  const before = sink.received.length;
  const count = Math.max(1, Math.round(perSecond * seconds));
  const began = performance.now();
  const took = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const due = (index * 1000) / perSecond;
      const text = body.next();
      await setTimeout(Math.max(0, due - (performance.now() - began)));
      await post(pool, text);
      return performance.now() - began - due;
    }),
  );
  await sink.until(before + 2 * count, 600_000);
  return took;
}
