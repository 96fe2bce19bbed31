import { describe } from 'vitest';
import type { Store } from '../../../../src/store/port.ts';
import { auditContract } from './audit.ts';
import { commitContract } from './commit.ts';
import { configurationContract } from './configuration.ts';
import { directoryContract } from './directory.ts';
import { draftContract } from './drafts.ts';
import { emptyStores } from './empty-store.ts';
import { journeyContract } from './journeys.ts';
import { largeContract } from './large.ts';
import { leaseContract } from './leases.ts';
import { messageContract } from './messages.ts';
import { operationsContract } from './operations.ts';
import { outboxContract } from './outbox.ts';
import { outboxModel } from './outbox-model.ts';
import { readerContract } from './readers.ts';
import { resourceContract } from './resources.ts';
import { retentionContract } from './retention.ts';
import { searchContract } from './search.ts';
import { sessionContract } from './sessions.ts';
import { subscriptionContract } from './subscriptions.ts';
import { unknownCodeContract } from './unknown-codes.ts';

/** Behaviour of every adapter of the store, by subject. `open` returns an empty store each time. */
export const storeContract = (name: string, open: () => Promise<Store>) =>
  describe(name, () => {
    const empty = emptyStores(open);
    directoryContract(empty);
    commitContract(empty);
    resourceContract(empty);
    readerContract(empty);
    searchContract(empty);
    outboxContract(empty);
    journeyContract(empty);
    operationsContract(empty);
    messageContract(empty);
    auditContract(empty);
    subscriptionContract(empty);
    largeContract(empty);
    leaseContract(empty);
    sessionContract(empty);
    draftContract(empty);
    configurationContract(empty);
    unknownCodeContract(empty);
    retentionContract(empty);
    outboxModel(open);
  });
