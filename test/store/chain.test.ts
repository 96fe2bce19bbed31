import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll } from 'vitest';
import { connect } from '../../src/store/sqlite/driver.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { indexTamperingTests } from '../support/store/index-tampering.ts';
import { type TamperedStore, tamperingTests } from '../support/store/tampering.ts';

const folder = mkdtempSync(join(tmpdir(), 'chain-'));
const connections: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const it of connections) await it.close();
  rmSync(folder, { recursive: true });
});

let stores = 0;
const empty = async (): Promise<TamperedStore> => {
  const file = join(folder, `${++stores}.db`);
  const store = await openSqliteStore(file, { thread: 'none' });
  const connection = connect(file, 2_000);
  connections.push(connection);
  return {
    store,
    sql: connection.read,
    isolated: async (work) => {
      const database = new DatabaseSync(file);
      database.exec('drop trigger if exists entry_stays; drop trigger if exists entry_remains');
      database.close();
      return connection.writing(work);
    },
  };
};

tamperingTests(empty);
indexTamperingTests(empty);
