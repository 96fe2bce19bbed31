import { hash } from 'node:crypto';

/**
 * A Merkle tree as in RFC 9162 (https://www.rfc-editor.org/rfc/rfc9162#name-merkle-trees, before it RFC 6962): leaves and nodes are hashed
 * apart, so that a node cannot be presented as a leaf.
 */

/** SHA-256, as 64 hexadecimal digits: a text is three times as quick to make and to compare as a Buffer. */
export type Hash = string;

/** The hash of a leaf. */
export const leafHash = (text: string): Hash => hash('sha256', `\u0000${text}`);

function nodeHash(left: Hash, right: Hash): Hash {
  const both = Buffer.allocUnsafe(65);
  both[0] = 1;
  both.write(left + right, 1, 'hex');
  return hash('sha256', both);
}

const emptyHash = (): Hash => hash('sha256', '');

/** Hashes level by level, the leaves first; an odd last one moves up as it is, which gives the tree of RFC 9162. */
function levelsOf(leaves: readonly Hash[]): readonly (readonly Hash[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; ) {
    const next: Hash[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at]!, level[at + 1]];
      next.push(right ? nodeHash(left, right) : left);
    }
    levels.push(next);
    level = next;
  }
  return levels;
}

export const rootOf = (leaves: readonly Hash[]): Hash => levelsOf(leaves).at(-1)?.[0] ?? emptyHash();

/** The hashes beside the way from leaf `index` to the root, from the leaf on. */
export const inclusionPath = (leaves: readonly Hash[], index: number): readonly Hash[] =>
  levelsOf(leaves).flatMap((level, height) => {
    const beside = level[(index >>> height) ^ 1];
    return level.length > 1 && beside ? [beside] : [];
  });

const hashPattern = /^[0-9a-f]{64}$/;

/** The root of a tree of `count` leaves that has this leaf at `index`; undefined when the path is not one of such a tree. */
export function rootBy(
  leaf: Hash,
  { index, count, path }: { readonly index: number; readonly count: number; readonly path: readonly Hash[] },
): Hash | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count) return undefined;
  let current = leaf;
  let [at, size, used] = [index, count, 0];
  for (; size > 1; at >>>= 1, size = Math.ceil(size / 2)) {
    if ((at ^ 1) >= size) continue;
    const beside = path[used++];
    if (!beside || !hashPattern.test(beside)) return undefined;
    current = at % 2 === 0 ? nodeHash(current, beside) : nodeHash(beside, current);
  }
  return used === path.length ? current : undefined;
}
