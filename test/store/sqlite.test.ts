import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from './contract.ts';

storeContract('SQLite', () => openSqliteStore(':memory:'));
