import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pack, unpack, unpackWhole } from '../../src/store/sql/journal/payload.ts';

const bytes = 200_000_000;
/** A few kilobytes. */
const bomb = Buffer.concat([Uint8Array.of(1), zstdCompressSync(Buffer.alloc(bytes))]);

test('a payload that unpacks to more than its head says is damaged, and does not fill the memory', () => {
  expect(bomb.length).toBeLessThan(50_000);
  const before = process.memoryUsage().arrayBuffers;
  expect(() => unpack(bomb, [1_000])).toThrow();
  expect(() => unpackWhole(bomb, 1_000)).toThrow();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bytes / 2);
});

test('texts of any size are unpacked as they were', () => {
  for (const texts of [[], [''], ['', 'a', ''], ['a'.repeat(5_000_000), 'b']]) {
    const { payload, sizes } = pack(texts);
    expect(unpack(payload, sizes).map(String)).toEqual(texts);
  }
});
