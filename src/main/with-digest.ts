import type { Store } from '../store/port.ts';

/** The store, in which each dispatch names the digest of the set that made it, unless its message does. */
export const withDigest = (store: Store, configuration: string): Store => ({
  ...store,
  commit: (it) => {
    const isNamed = it.message?.configuration === configuration;
    if (!it.dispatches?.length || isNamed) return store.commit(it);
    return store.commit({
      ...it,
      dispatches: it.dispatches.map((dispatch) => ({
        ...dispatch,
        configuration: dispatch.configuration ?? configuration,
      })),
    });
  },
});
