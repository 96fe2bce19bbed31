import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { storeContract } from '../support/store/contract/index.ts';
import { vaultContract } from '../support/store/contract/vault.ts';
import { ringWith } from '../support/store/key-ring.ts';
import { asSuperuser, emptyPostgres } from '../support/store/postgres.ts';

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
