import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Sink } from '../support/servers/recording-receiver.ts';
import type { Load } from '../support/store/load-on-gateways.ts';

type Given = { readonly url: string; readonly password: string; readonly seen: Load; readonly sink: Sink };

/**
 * What was acknowledged against what is stored and what arrived. Throws with what is missing; returns the counts in words.
 */
export async function accountFor({ url, password, seen, sink }: Given): Promise<string> {
  const { searchParams } = new URL(url);
  const client = new pg.Client({
    ...partsOf(url),
    password,
    ssl: { ca: readFileSync(searchParams.get('sslrootcert')!) },
  });
  await client.connect();
  const rows = async (sql: string) => (await client.query(sql)).rows as readonly Record<string, string>[];
  const waiting = async () => Number((await rows("select count(*) as n from dispatch where state = 'waiting'"))[0]?.n);
  const end = performance.now() + 180_000;
  while ((await waiting()) > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 500));

  const stored = new Set((await rows('select request_id from request')).map((it) => it.request_id));
  const sent = [...seen.acknowledged.map(({ requestId }) => requestId), ...seen.moved];
  const notStored = sent.filter((requestId) => !stored.has(requestId));
  const tasks = new Set(
    (await rows("select id from resource where type = 'Task' and version >= 2")).map(({ id }) => `Task/${id}`),
  );
  const notMoved = seen.acknowledged.filter(({ task }) => !tasks.has(task));
  const dispatches = (await rows('select id, state, task, head from dispatch')).map((it) => ({
    ...it,
    requestId: (JSON.parse(it.head!) as { requestId: string }).requestId,
  }));
  await client.end();
  const arrived = Map.groupBy(sink.received, ({ requestId }) => requestId);
  const notDelivered = dispatches.filter(
    ({ state, requestId }: { state?: string; requestId: string }) => state !== 'delivered' || !arrived.has(requestId),
  );
  const repeated = dispatches.filter(({ requestId }) => (arrived.get(requestId)?.length ?? 0) > 1).length;
  const missing = { notStored: notStored.length, notMoved: notMoved.length, notDelivered: notDelivered.length };
  if (Object.values(missing).some((count) => count > 0)) throw new Error(`lost: ${JSON.stringify(missing)}`);
  return (
    `${sent.length} acknowledged, ${sent.length} stored; ${dispatches.length} deliveries, all arrived, ` +
    `${repeated} of them twice with the same X-Request-Id`
  );
}

const partsOf = (url: string) => {
  const { hostname: host, port, username: user, pathname } = new URL(url);
  return { host, port: Number(port), user, database: pathname.slice(1) };
};
