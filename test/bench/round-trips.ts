/**
 * Statements and round trips of a group of commits on PostgreSQL, counted: node test/bench/round-trips.ts
 * A round trip: a statement that waited for the answer of another one, which waited for that of another one ... the longest
 * such chain of a transaction.
 */
import pg from 'pg';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { commitOfGraph } from './graph-commit.ts';
import { say } from './timing.ts';

let [statements, answered, longest] = [0, 0, 0];
const isShown = process.argv.includes('--statements');

class Counting extends pg.Client {
  override query(...given: unknown[]): never {
    const forward = super.query.bind(this) as (...all: unknown[]) => unknown;
    statements += 1;
    const depth = answered + 1;
    longest = Math.max(longest, depth);
    if (isShown) {
      const text = typeof given[0] === 'string' ? given[0] : (given[0] as { text: string }).text;
      say(`    ${depth}  ${text.replaceAll(/\s+/g, ' ').slice(0, 110)}`);
    }
    const answer = forward(...given);
    if (answer instanceof Promise)
      answer.then(
        () => {
          answered = Math.max(answered, depth);
        },
        () => {},
      );
    return answer as never;
  }
}

async function counted(name: string, work: () => Promise<unknown>): Promise<void> {
  [statements, answered, longest] = [0, 0, 0];
  await work();
  say(`${name}: ${statements} statements, ${longest} round trips`);
}

const store: Store = await openPostgresStore(await emptyPostgres(), {
  notify: false,
  inTest: { Client: Counting as typeof pg.Client },
});
let last = 0;
const group = (size: number) =>
  Promise.all(Array.from({ length: size }, () => store.commit({ now: new Date(), ...commitOfGraph(String(++last)) })));
await group(1);
for (const size of [1, 8, 64]) {
  await counted(`${size} messages`, () => group(size));
  const claims = await store.claim({ worker: 'w', now: new Date(), lease: 60_000, recipients: 9, batch: size * 2 });
  const all = claims.flatMap((claim) => claim.deliveries.map((delivery) => ({ claim, delivery })));
  const results = async () => {
    const ended = all.map(({ claim, delivery }) =>
      store.complete(claim, delivery, { at: new Date(), milliseconds: 5, status: 200 }),
    );
    await Promise.all(ended);
  };
  await counted(`${all.length} results of deliveries`, results);
  for (const claim of claims) await store.release(claim);
}
await counted('8 messages, one of which was sent before', () =>
  Promise.all([
    store.commit({ now: new Date(), ...commitOfGraph('1') }),
    ...Array.from({ length: 7 }, () => store.commit({ now: new Date(), ...commitOfGraph(String(++last)) })),
  ]),
);
await store.close();
