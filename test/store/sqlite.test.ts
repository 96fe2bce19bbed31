import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { configurationContract } from '../support/store/contract/configuration.ts';
import { outboxModel } from '../support/store/contract/outbox-model.ts';
import { storeContract } from '../support/store/contract/store.ts';
import { subscriptionContract } from '../support/store/contract/subscriptions.ts';
import { unknownCodeContract } from '../support/store/contract/unknown-codes.ts';

const open = () => openSqliteStore(':memory:');

storeContract('SQLite', open);
outboxModel('SQLite', open);
subscriptionContract('SQLite', open);
configurationContract('SQLite', open);
unknownCodeContract('SQLite', open);
