import type { Store } from './port.ts';

/** SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR (https://www.sqlite.org/rescode.html); their lowest byte. */
const unwritable: ReadonlySet<number> = new Set([13, 8, 10]);
/** disk_full, read_only_sql_transaction (https://www.postgresql.org/docs/18/errcodes-appendix.html). */
const unwritableStates: ReadonlySet<unknown> = new Set(['53100', '25006']);

/** The store is broken or unavailable: the request itself is correct and may be sent again. */
export class StoreFault extends Error {
  readonly code: string;
  /** The store can be read and not written: the disk is full, or was made read-only. */
  readonly isFull: boolean;
  constructor(cause: unknown) {
    super('The store failed.', { cause });
    this.name = 'StoreFault';
    const { code, errcode } = (cause ?? {}) as { code?: unknown; errcode?: unknown };
    this.isFull = typeof errcode === 'number' ? unwritable.has(errcode & 0xff) : unwritableStates.has(code);
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
