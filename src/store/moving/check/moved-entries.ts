import { type Digests, hashAfter } from '../../sql/journal/chain.ts';

/** An entry that does not fit in its place in the chain. */
export type Odd = Digests & {
  readonly hash: Buffer | undefined;
  /** The hash of the entry before it. */
  readonly before: Buffer;
  /** Numbers are missing before it. */
  readonly gap: boolean;
  /** Its hash fits, and its content does not. */
  readonly fits: boolean;
  readonly isAltered: boolean;
  isInserted?: boolean;
};

/** More entries than this are not compared with each other's places. */
const most = 40;

/** Entries that stand in the place of another one: their number, and the one that they were written with. */
export function movedEntries(odd: readonly Odd[]): ReadonlyMap<number, number> {
  const moved = new Map<number, number>();
  const some = odd.slice(0, most);
  const hashes = some.flatMap(({ hash, before }) => (hash ? [hash, before] : [before]));
  for (const it of some)
    for (const { seq } of some) {
      if (seq === it.seq || !it.hash || moved.has(it.seq)) continue;
      if (hashes.some((before) => hashAfter(before, { ...it, seq }).equals(it.hash!))) moved.set(it.seq, seq);
    }
  return moved;
}
