import { afterEach } from 'vitest';
import type { Store } from '../../../../src/store/port.ts';

/** Opens an empty store, which is closed after the test. */
export type EmptyStore = () => Promise<Store>;

export function emptyStores(open: () => Promise<Store>): EmptyStore {
  const opened: Store[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  return async () => {
    const store = await open();
    opened.push(store);
    return store;
  };
}
