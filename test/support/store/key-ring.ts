import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../../../src/store/sql/vault/ring.ts';

/** A ring with these keys, the first current; each with bytes of its own. */
export const ringWith = (...kids: readonly string[]): KeyRing => ({
  current: kids[0] ?? 'k1',
  keys: new Map((kids.length ? kids : ['k1']).map((kid) => [kid, Uint8Array.from(randomBytes(32))])),
});
