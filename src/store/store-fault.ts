import type { Store } from './port.ts';

/** The store is broken or unavailable: the request itself is correct and may be sent again. */
export class StoreFault extends Error {
  readonly code: string;
  constructor(cause: unknown) {
    super('The store failed.', { cause });
    this.name = 'StoreFault';
    const { code } = (cause ?? {}) as { code?: unknown };
    this.code = typeof code === 'string' ? code : 'unknown';
  }
}

/** Wraps the store to convert every thrown error to a StoreFault, distinguishable from faults of the gateway itself. */
export const withStoreFaults = (store: Store): Store =>
  new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        const made: unknown = member.apply(target, given);
        return made instanceof Promise ? made.catch(fault) : made;
      };
    },
  });

const fault = (cause: unknown): never => {
  throw new StoreFault(cause);
};
