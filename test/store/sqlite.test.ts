import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { configurationContract } from './configuration-contract.ts';
import { storeContract } from './contract.ts';
import { outboxModel } from './outbox-model.ts';
import { subscriptionContract } from './subscription-contract.ts';
import { unknownCodeContract } from './unknown-code-contract.ts';

const open = () => openSqliteStore(':memory:');

storeContract('SQLite', open);
outboxModel('SQLite', open);
subscriptionContract('SQLite', open);
configurationContract('SQLite', open);
unknownCodeContract('SQLite', open);
