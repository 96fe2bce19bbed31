import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from '../support/store/contract/index.ts';
import { ringWith } from '../support/store/key-ring.ts';

storeContract('SQLite', () => openSqliteStore(':memory:'));

const ring = ringWith();
storeContract('SQLite, encrypted', () => openSqliteStore(':memory:', { ring }));
