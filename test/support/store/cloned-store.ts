import { faultData, faultFrom } from '../../../src/store/fault-data.ts';
import type { Commit, Store } from '../../../src/store/port.ts';
import { sendable } from '../../../src/store/sendable.ts';

/** They belong to the thread of the caller: no message is sent for them. */
const local = ['onDispatch', 'keyFor', 'link'] as const satisfies readonly (keyof Store)[];

export type Local = (typeof local)[number];

/**
 * The store behind a boundary such as that of a thread: every argument, result and error passes through structuredClone,
 * so that a callback, an object with methods or one that is recognised by its identity fails.
 */
export const clonedStore = (store: Store): Store =>
  Object.fromEntries(
    Object.entries(store).map(([name, method]) => [
      name,
      (local as readonly string[]).includes(name) ? method : cloning(name, method as Method),
    ]),
  ) as unknown as Store;

type Method = (...given: unknown[]) => Promise<unknown>;

const cloning =
  (name: string, method: Method): Method =>
  async (...given) => {
    // cloned before the first await: for one claim, writes take effect in the order of the calls
    const received = structuredClone(name === 'commit' ? given.map((it) => sendable(it as Commit)) : given);
    try {
      return structuredClone(await method(...received));
    } catch (fault) {
      throw faultFrom(structuredClone(faultData(fault)));
    }
  };
