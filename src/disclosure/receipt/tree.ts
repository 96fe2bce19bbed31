import { hash } from 'node:crypto';

/**
 * A Merkle tree of nodes with up to sixteen children. Leaves and nodes are hashed apart, as in RFC 9162
 * (https://www.rfc-editor.org/rfc/rfc9162#name-merkle-trees), so that a node cannot be presented as a leaf. Its binary tree
 * takes a hash for each leaf more: half the time of a receipt.
 */
const width = 16;

/** SHA-256, as 64 hexadecimal digits: a text is three times as quick to make and to compare as a Buffer. */
export type Hash = string;

/** The hash of a leaf. */
export const leafHash = (text: string): Hash => hash('sha256', `\u0000${text}`);

function nodeHash(children: readonly Hash[]): Hash {
  const all = Buffer.allocUnsafe(1 + 32 * children.length);
  all[0] = 1;
  all.write(children.join(''), 1, 'hex');
  return hash('sha256', all);
}

const emptyHash = (): Hash => hash('sha256', '');

/** Hashes level by level, the leaves first; an only child moves up as it is. */
function levelsOf(leaves: readonly Hash[]): readonly (readonly Hash[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; ) {
    const next: Hash[] = [];
    for (let at = 0; at < level.length; at += width)
      next.push(at + 1 === level.length ? level[at]! : nodeHash(level.slice(at, at + width)));
    levels.push(next);
    level = next;
  }
  return levels;
}

export const rootOf = (leaves: readonly Hash[]): Hash => levelsOf(leaves).at(-1)?.[0] ?? emptyHash();

/** The siblings on the way from leaf `index` to the root, from the leaf on, each level from left to right. */
export function inclusionPath(leaves: readonly Hash[], index: number): readonly Hash[] {
  let at = index;
  return levelsOf(leaves).flatMap((level) => {
    const [first, own] = [at - (at % width), at];
    at = Math.floor(at / width);
    return level.slice(first, first + width).filter((_, n) => level.length > 1 && first + n !== own);
  });
}

const hashPattern = /^[0-9a-f]{64}$/;

/** The root of a tree of `count` leaves that has this leaf at `index`; undefined when the path is not one of such a tree. */
export function rootBy(
  leaf: Hash,
  { index, count, path }: { readonly index: number; readonly count: number; readonly path: readonly Hash[] },
): Hash | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count) return undefined;
  if (!path.every((it) => hashPattern.test(it))) return undefined;
  let current = leaf;
  let [at, size, used] = [index, count, 0];
  for (; size > 1; at = Math.floor(at / width), size = Math.ceil(size / width)) {
    const position = at % width;
    const wanted = Math.min(width, size - (at - position)) - 1;
    const siblings = path.slice(used, used + wanted);
    if (siblings.length < wanted) return undefined;
    used += wanted;
    if (siblings.length > 0) current = nodeHash([...siblings.slice(0, position), current, ...siblings.slice(position)]);
  }
  return used === path.length ? current : undefined;
}
