import { describe, expect, test } from 'vitest';
import type { Store, UnknownCodeSeen } from '../../../../src/store/port.ts';
import { at, commit, message } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

const reason = (code: string, more: Partial<UnknownCodeSeen> = {}): UnknownCodeSeen => ({
  map: 'https://example.org/StructureMap/form',
  table: 'reasons',
  code,
  handling: 'queue',
  ...more,
});

/** Behaviour of every adapter with codes that no table contains. */
export function unknownCodeContract(empty: EmptyStore): void {
  const carry = (store: Store, id: string, seconds: number, ...unknownCodes: UnknownCodeSeen[]) =>
    commit(store, { message: message(id, { receivedAt: at(seconds) }), unknownCodes }, seconds);

  describe('unknown codes', () => {
    test('are counted once per message, with times and messages', async () => {
      const store = await empty();
      await carry(store, 'r1', 1, reason('SOMBER'), reason('SOMBER'), reason('ANGST'));
      await carry(store, 'r2', 5, reason('SOMBER'));
      await carry(store, 'r3', 3, reason('SOMBER'));
      expect((await store.unknownCodes({ count: 9 })).items).toEqual([
        {
          ...reason('SOMBER'),
          count: 3,
          firstSeen: at(1),
          lastSeen: at(5),
          messages: ['message-r2', 'message-r3', 'message-r1'],
        },
        { ...reason('ANGST'), count: 1, firstSeen: at(1), lastSeen: at(1), messages: ['message-r1'] },
      ]);
    });

    test('differ by system, table and map; the latest handling counts', async () => {
      const store = await empty();
      const others = [reason('A', { system: 'urn:a' }), reason('A', { table: 'b' }), reason('A', { map: 'c' })];
      await carry(store, 'r1', 1, reason('A'), ...others);
      await carry(store, 'r2', 2, reason('A', { handling: 'text' }));
      const { items } = await store.unknownCodes({ count: 9 });
      expect(items.map(({ count, handling }) => [count, handling])).toEqual([
        [2, 'text'],
        [1, 'queue'],
        [1, 'queue'],
        [1, 'queue'],
      ]);
      expect(items.slice(1)).toMatchObject(others);
    });

    test('of a message that was not stored are not listed', async () => {
      const store = await empty();
      await carry(store, 'r1', 1, reason('A'));
      expect(await carry(store, 'r1', 2, reason('A'), reason('B'))).toMatchObject({ kind: 'duplicate' });
      const { items } = await store.unknownCodes({ count: 9 });
      expect(items.map(({ code, count }) => [code, count])).toEqual([['A', 1]]);
    });

    test('are listed page by page, with the last twenty messages of each', async () => {
      const store = await empty();
      for (let n = 1; n <= 25; n++) await carry(store, `r${n}`, n, reason('A'), reason(`B${n}`));
      const first = await store.unknownCodes({ count: 2 });
      expect(first.items.map(({ code, count, messages }) => [code, count, messages.length, messages[0]])).toEqual([
        ['A', 25, 20, 'message-r25'],
        ['B1', 1, 1, 'message-r1'],
      ]);
      const second = await store.unknownCodes({ count: 2, cursor: first.next! });
      expect(second.items.map(({ code }) => code)).toEqual(['B2', 'B3']);
      expect((await store.unknownCodes({ count: 99 })).next).toBeUndefined();
    });
  });
}
