import pg from 'pg';
import { afterAll, expect } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { storeContract } from '../support/store/contract/index.ts';
import { emptyPostgres } from '../support/store/postgres.ts';

storeContract('PostgreSQL', async () => openPostgresStore(await emptyPostgres(), { inTest: {} }));

/** As of a distributed engine: no NOTIFY, and one statement in 50 fails because of a conflict with another transaction. */
let conflicts = 0;
afterAll(() => expect(conflicts).toBeGreaterThan(100));

storeContract('PostgreSQL with conflicts and without NOTIFY', async () =>
  openPostgresStore(await emptyPostgres(), { notify: false, inTest: { Client: conflicting(50) } }),
);

let state = 1;
/** True once in `oneIn` times, in the same order at each run. */
function chance(oneIn: number): boolean {
  state = (state * 48_271) % 2_147_483_647;
  return state % oneIn === 0;
}

function conflicting(oneIn: number): typeof pg.Client {
  return class extends pg.Client {
    #isBegun = false;
    override query(...given: unknown[]): never {
      const [first] = given as [string | { readonly text: string }];
      const text = typeof first === 'string' ? first : first.text;
      if (text.startsWith('begin')) this.#isBegun = true;
      if (text === 'rollback' || text === 'commit') this.#isBegun = false;
      const forward = (...all: unknown[]) => (super.query as (...all: unknown[]) => unknown)(...all);
      const mayFail =
        (this.#isBegun || text === 'commit') && !text.startsWith('begin') && typeof given.at(-1) !== 'function';
      if (!mayFail || !chance(oneIn)) return forward(...given) as never;
      conflicts += 1;
      // the server itself refuses, so that the transaction fails as a whole
      return forward(`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`) as never;
    }
  } as typeof pg.Client;
}
