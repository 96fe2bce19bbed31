import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from './contract.ts';
import { outboxModel } from './outbox-model.ts';

const open = () => openSqliteStore(':memory:');

storeContract('SQLite', open);
outboxModel('SQLite', open);
