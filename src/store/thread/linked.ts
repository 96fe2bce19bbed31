import type { StoreLink } from '../port/link.ts';
import type { SentTo, Store } from '../port.ts';
import { readIndexing } from '../sql/index/open.ts';
import type { Database } from '../sql/sql.ts';
import { storeOf } from '../sql/store.ts';
import { vaultWith, withVault } from '../sql/vault/vault.ts';
import { storeError } from '../store-problem.ts';
import type { ToClient, WriterAddress } from './protocol.ts';
import { writingOver } from './writing-over.ts';

/** Connections to PostgreSQL for reads at most. */
const readers = 2;

type Reading = Database & { readonly onNotify?: (listener: () => void) => void };

// the one driver is not loaded for the other
const connectionTo = async (address: WriterAddress): Promise<Reading> =>
  address.kind === 'sqlite'
    ? (await import('../sqlite/driver.ts')).connectToRead(address.file, address.busyTimeout)
    : (await import('../postgres/driver.ts')).connect(address.url, { ...address, readers });

/**
 * The store of another thread of this process, opened in this one: it reads by a connection of its own, which cannot write,
 * and writes by jobs sent to the thread of the store. `onDispatch` calls back after commits of other threads, and on
 * PostgreSQL also of other gateways.
 */
export async function openLinkedStore({ address, port }: StoreLink): Promise<Store> {
  const at = address as WriterAddress;
  const connection = withVault(await connectionTo(at), at.ring && vaultWith(at.ring));
  const writing = writingOver({ send: (jobs) => port.postMessage(jobs) });
  const { indexing, hide } = await readIndexing(connection.read, at.secret);
  const listeners = new Set<(to: SentTo) => void>();
  port.on('close', () => writing.fail(storeError('ERR_STORE_ENDED', 'The thread of the store ended.')));
  port.on('message', (message: ToClient) => {
    if (message.kind === 'settled') writing.settle(message.settled);
    else for (const listener of listeners) listener(message.to);
  });
  return storeOf({
    read: connection.read,
    writer: writing,
    indexing,
    hide,
    onNotice: (listener) => {
      listeners.add(listener);
      connection.onNotify?.(() => listener('anyone'));
    },
    close: async () => {
      writing.flush();
      writing.fail(new Error('The store is closed.'));
      port.close();
      await connection.close();
    },
  });
}
