import type { Store } from './port.ts';

/** The store is broken or away: nothing is wrong with the request, which may be sent again. */
export class StoreFault extends Error {
  readonly code: string;
  constructor(cause: unknown) {
    super('The store failed.', { cause });
    this.name = 'StoreFault';
    const { code } = (cause ?? {}) as { code?: unknown };
    this.code = typeof code === 'string' ? code : 'unknown';
  }
}

/** The same store, whose faults can be told from faults of the gateway itself: whatever a store throws is one (port.ts). */
export const tellingFaults = (store: Store): Store =>
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
