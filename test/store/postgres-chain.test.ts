import { afterAll } from 'vitest';
import { connect } from '../../src/store/postgres/driver.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { indexTamperingTests } from '../support/store/index-tampering.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { type TamperedStore, tamperingTests } from '../support/store/tampering.ts';

const connections: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const it of connections) await it.close();
});

const empty = async (): Promise<TamperedStore> => {
  const url = await emptyPostgres();
  const store = await openPostgresStore(url, { inTest: {} });
  const database = await connect(url, { notify: false });
  connections.push(database);
  return {
    store,
    sql: database.read,
    isolated: async (work) => {
      await database.script((run) => run('alter table entry disable trigger all'));
      return database.writing(work);
    },
  };
};

tamperingTests(empty);
indexTamperingTests(empty);
