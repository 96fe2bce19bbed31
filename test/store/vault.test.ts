import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { vaultContract } from '../support/store/contract/vault.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-vault-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

vaultContract('SQLite', async () => {
  const file = join(folder, `${files++}.db`);
  return {
    open: (ring) => openSqliteStore(file, { thread: 'none', ...(ring ? { ring } : {}) }),
    unchain: async () => {
      const database = new DatabaseSync(file);
      const [trigger] = database.prepare("select sql from sqlite_master where name = 'entry_stays'").all();
      database.exec(`drop trigger entry_stays; update entry set link = null; ${trigger?.sql};
        update meta set value = (select seq from head) where name = 'chain-from'; update head set hash = ''`);
      database.close();
    },
  };
});
