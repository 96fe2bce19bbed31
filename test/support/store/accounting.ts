import { expect } from 'vitest';
import type { Sink } from '../servers/recording-receiver.ts';
import type { Load } from './load-on-gateways.ts';
import { asSuperuser } from './postgres.ts';
import { schemaOf } from './postgres-databases.ts';

type Dispatch = {
  readonly key: string;
  readonly id: string;
  readonly recipient: string;
  readonly head: string;
  readonly task: string | null;
  readonly subscription: string | null;
  readonly trace_id: string;
  readonly state: string;
  readonly attempts: string;
  readonly created_at: string;
};
export type Head = { readonly kind: string; readonly requestId: string; readonly about?: readonly string[] };

export type Outcome = {
  readonly dispatches: readonly (Dispatch & { readonly of: Head })[];
  /** Deliveries that were sent again, since they had not been recorded. */
  readonly repeated: number;
};

/** Rows of the store at `url`, of which `@` precedes the names of tables. */
export const rowsOf = (url: string) => (sql: string) => asSuperuser(sql.replaceAll('@', `${schemaOf(url)}.`));

/**
 * What must be true of store and receiver after senders insisted on every message: each one acknowledged is stored whole,
 * each delivery arrived, none was sent again after it was recorded, and what is about one Task arrived in order.
 */
export async function expectNothingLost(
  url: string,
  sink: { readonly received: readonly Pick<Sink['received'][number], 'at' | 'requestId'>[] },
  seen: Load,
): Promise<Outcome> {
  const rows = rowsOf(url);
  expect(seen.unexpected).toEqual([]);
  expect(seen.moved.length).toBe(seen.acknowledged.length);
  const stored = new Set((await rows('select request_id from @request')).map((it) => it.request_id));
  const sent = [...seen.acknowledged.map(({ requestId }) => requestId), ...seen.moved];
  expect(sent.filter((requestId) => !stored.has(requestId))).toEqual([]);
  const tasks = await rows("select id, version from @resource where type = 'Task' and version >= 2");
  const moved = new Set(tasks.map(({ id }) => `Task/${id}`));
  expect(seen.acknowledged.filter(({ task }) => !moved.has(task))).toEqual([]);

  const found = (await rows('select * from @dispatch order by key')) as unknown as Dispatch[];
  const dispatches = found
    .map((it) => ({ ...it, of: JSON.parse(it.head) as Head }))
    // an alert that the watchdog raised while the gateway was stopping waits for the next one
    .filter(({ state, of, attempts }) => !(state === 'waiting' && of.kind === 'alert' && Number(attempts) === 0));
  const arrivals = Map.groupBy(
    sink.received.map(({ requestId, at }, place) => ({ requestId, at, place })),
    ({ requestId }) => requestId,
  );
  const arrivalsOf = ({ of }: { readonly of: Head }) => arrivals.get(of.requestId) ?? [];
  expect(dispatches.filter(({ state }) => state !== 'delivered')).toEqual([]);
  expect(dispatches.filter((it) => arrivalsOf(it).length === 0)).toEqual([]);
  const known = new Set(dispatches.map(({ of }) => of.requestId));
  expect([...arrivals.keys()].filter((requestId) => !known.has(requestId))).toEqual([]);
  for (const { task } of seen.acknowledged)
    expect(dispatches.filter((it) => it.task === task).length, `deliveries about ${task}`).toBeGreaterThanOrEqual(2);

  const attempts = await rows('select dispatch, max(at + milliseconds) as answered from @attempt group by dispatch');
  const answered = new Map(attempts.map((it) => [it.dispatch, Number(it.answered)]));
  const repeated = dispatches.filter((it) => arrivalsOf(it).length > 1);
  for (const it of repeated)
    expect(arrivalsOf(it).at(-1)!.at, `${it.id} was sent after it was recorded`).toBeLessThanOrEqual(
      answered.get(it.key)! + 2, // both are rounded
    );

  const last = new Map<string, number>();
  for (const it of dispatches) {
    if (!it.task && !it.subscription) continue;
    const journey = it.subscription ? `${it.subscription} ${it.trace_id}` : `${it.recipient} ${it.task}`;
    const { place } = arrivalsOf(it)[0]!;
    expect(place, `${it.id} overtook one of ${journey}`).toBeGreaterThan(last.get(journey) ?? -1);
    last.set(journey, place);
  }
  return { dispatches, repeated: repeated.length };
}

/** Resolves when no delivery waits. */
export const drained = (url: string): Promise<void> =>
  expect.poll(async () => Number((await rowsOf(url)('select sum(waiting) as n from @recipient'))[0]?.n)).toBe(0);
