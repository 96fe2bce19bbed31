import type { Identifier } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import type { Commit, Criterion, Store } from '../../src/store/port.ts';
import { sendable } from '../../src/store/sendable.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { StoreFault } from '../../src/store/store-fault.ts';
import { clonedStore, type Local } from '../support/store/cloned-store.ts';
import { storeContract } from '../support/store/contract/index.ts';
import { at, dispatch, message } from '../support/store/samples.ts';

/** Nothing but plain data crosses the port: the store can be in a thread, or another process, of its own. */
const open = async () => clonedStore(await openSqliteStore(':memory:'));

storeContract('SQLite behind structuredClone', open);

/** `never`, or the functions somewhere in T. */
type Functions<T> = T extends (...given: never[]) => unknown
  ? T
  : T extends Leaf
    ? never
    : true extends Same<T, Identifier> | Same<T, Criterion>
      ? never
      : T extends object
        ? { [K in keyof T]-?: Functions<T[K]> }[T extends readonly unknown[] ? keyof T & number : keyof T]
        : never;

/** Cloned whole, or JSON; types that contain themselves are left out. */
type Leaf = Date | Uint8Array | { resourceType: string };
type Same<A, B> = [A, B] extends [B, A] ? true : false;

type Crossing = Omit<Store, Local>;
type FunctionsOf = { [K in keyof Crossing]: Functions<[Parameters<Crossing[K]>, Awaited<ReturnType<Crossing[K]>>]> };
type None = { [K in keyof Crossing]: never };

test('no argument or result of the port has a function in its type', () => {
  const none = (it: FunctionsOf): None => it;
  // @ts-expect-error: a callback is found, however deep
  const some = (it: Functions<[{ readonly announce?: readonly { readonly dispatch: () => void }[] }]>): never => it;
  expect([none, some]).toHaveLength(2);
});

test.each([
  ['a callback', { announce: () => [] }],
  ['a callback within data', { withdrawals: [{ recipient: 'a', about: ['Task/1'], recall: () => {} }] }],
  ['a Proxy', { dispatches: [new Proxy(dispatch('d1'), {})] }],
])('%s in a commit is refused before the transaction', async (_, parts) => {
  const store = await open();
  await expect(store.commit({ now: at(0), ...parts } as unknown as Commit)).rejects.toThrow(/could not be cloned/);
  expect((await store.depth()).waiting).toBe(0);
  await store.close();
});

test('an error retains what a full disk is recognised by', async () => {
  const full = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  const failing = { ready: () => Promise.reject(full) } as unknown as Store;
  const fault = await clonedStore(failing)
    .ready()
    .catch((it: unknown) => it);
  expect(fault).toMatchObject({ name: 'Error', message: full.message, stack: full.stack });
  expect(new StoreFault(fault)).toMatchObject({ isFull: true, code: 'ERR_SQLITE_ERROR' });
});

test('a message is sent with its own bytes, without those of others that share its buffer', () => {
  const shared = Buffer.from('neighbours {"resourceType":"Bundle"} neighbours').subarray(11, 36);
  const { body } = structuredClone(sendable({ now: at(0), message: message('r1', { body: shared }) })).message!;
  expect([new TextDecoder().decode(body), body.buffer.byteLength]).toEqual(['{"resourceType":"Bundle"}', 25]);
});
