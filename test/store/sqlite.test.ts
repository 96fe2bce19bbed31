import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from '../support/store/contract/index.ts';

storeContract('SQLite', () => openSqliteStore(':memory:'));
