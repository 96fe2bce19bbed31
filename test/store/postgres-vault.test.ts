import { expect, test } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { newRingLine } from '../../src/store/sql/vault/ring.ts';
import { canaryJourney, valuesIn } from '../support/store/canary-journey.ts';
import { storeContract } from '../support/store/contract/index.ts';
import { vaultContract } from '../support/store/contract/vault.ts';
import { ringWith } from '../support/store/key-ring.ts';
import { asSuperuser, emptyPostgres } from '../support/store/postgres.ts';
import { startGateway } from '../support/test-gateway.ts';

const ring = ringWith();
storeContract('PostgreSQL, encrypted', async () => openPostgresStore(await emptyPostgres(), { ring, inTest: {} }));

vaultContract('PostgreSQL', async () => {
  const url = await emptyPostgres();
  const schema = decodeURIComponent(url).split('search_path=')[1];
  return {
    open: (keys) => openPostgresStore(url, { inTest: {}, ...(keys ? { ring: keys } : {}) }),
    unchain: async () => {
      await asSuperuser(`set search_path to ${schema}; alter table entry disable trigger user;
        update entry set link = null; alter table entry enable trigger user;
        update meta set value = (select seq from head) where name = 'chain-from'; update head set hash = '';
        reset search_path`);
    },
  };
});

test('a whole journey leaves no value of any element in any column of the database', async () => {
  const url = await emptyPostgres();
  const schema = decodeURIComponent(url).split('search_path=')[1];
  const keys = process.env.MGN_STORE_KEYS;
  process.env.MGN_STORE_KEYS = newRingLine('k1');
  const gateway = await startGateway({ store: url });
  try {
    const canaries = [...(await canaryJourney(gateway)).keys()];
    const tables = await asSuperuser(`select tablename from pg_tables where schemaname = '${schema}'`);
    expect(tables.length).toBeGreaterThan(20);
    for (const { tablename } of tables) {
      const rows = await asSuperuser(`select t::text as row from ${schema}.${tablename} t`);
      // bytes are hexadecimal digits there, as in a dump
      const dump = rows.map(({ row }) => row).join('\n');
      expect(valuesIn(Buffer.from(dump), canaries), String(tablename)).toEqual([]);
    }
  } finally {
    await gateway.stop();
    if (keys === undefined) delete process.env.MGN_STORE_KEYS;
    else process.env.MGN_STORE_KEYS = keys;
  }
});
