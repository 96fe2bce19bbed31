import { createHash } from 'node:crypto';
import type { Value } from '../sql/sql.ts';

/** Number of rows and a hash of their contents, equal in whatever order they come. */
export type RowsHash = { readonly rows: number; readonly hash: string };

export type RowsHasher = { readonly add: (row: readonly unknown[]) => void; readonly result: () => RowsHash };

/**
 * The sum of the hashes of the rows. Integers, texts, bytes and null are distinguished; an integer is the same as number,
 * bigint or decimal text of a bigint column.
 */
export function rowsHasher(): RowsHasher {
  let sum = 0n;
  let rows = 0;
  return {
    add: (row) => {
      const hash = createHash('sha256');
      for (const value of row) addValue(hash, value as Value | bigint);
      const digest = hash.digest();
      sum = BigInt.asUintN(128, sum + (digest.readBigUInt64BE(0) << 64n) + digest.readBigUInt64BE(8));
      rows += 1;
    },
    result: () => ({ rows, hash: sum.toString(16).padStart(32, '0') }),
  };
}

function addValue(hash: ReturnType<typeof createHash>, value: Value | bigint | undefined): void {
  if (value === null || value === undefined) hash.update('n;');
  else if (typeof value === 'number' || typeof value === 'bigint') hash.update(`i${value};`);
  else {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    hash.update(`${typeof value === 'string' ? 't' : 'b'}${bytes.length}:`).update(bytes);
  }
}
