import { type Issue, issue } from '../fhir/issue.ts';
import type { Store } from './port.ts';
import { problemOf, type StoreProblem } from './store-problem.ts';

/** The store can be read and not written. */
const unwritable: ReadonlySet<StoreProblem> = new Set(['full', 'read-only', 'failing-disk']);

/** The store is broken or unavailable: the request itself is correct, and may be sent again unless the store is damaged. */
export class StoreFault extends Error {
  readonly code: string;
  readonly problem: StoreProblem;
  /** The store can be read and not written: the disk is full, or was made read-only. */
  readonly isFull: boolean;
  constructor(cause: unknown) {
    super('The store failed.', { cause });
    this.name = 'StoreFault';
    const { code } = (cause ?? {}) as { code?: unknown };
    this.problem = problemOf(cause);
    this.isFull = unwritable.has(this.problem);
    this.code = typeof code === 'string' ? code : 'unknown';
  }
}

/**
 * Wraps the store to convert every thrown error to a StoreFault, distinguishable from faults of the gateway itself.
 * `onFault` is called with each.
 */
export const withStoreFaults = (store: Store, onFault: (fault: StoreFault) => void = () => {}): Store => {
  const fault = (cause: unknown): never => {
    const made = new StoreFault(cause);
    onFault(made);
    throw made;
  };
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        const made: unknown = member.apply(target, given);
        return made instanceof Promise ? made.catch(fault) : made;
      };
    },
  });
};

/** What the sender is answered. */
export const ruleOfStoreFault = (fault: unknown): 'store-damaged' | 'store-unavailable' =>
  fault instanceof StoreFault && fault.problem === 'damaged' ? 'store-damaged' : 'store-unavailable';

/** The same as an issue, for any fault in a step: the sender must repeat what only the store did not allow. */
export const issueOfFault = (fault: unknown, step: string): Issue =>
  fault instanceof StoreFault ? issue(ruleOfStoreFault(fault), {}) : issue('internal', { step });
