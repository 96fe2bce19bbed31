import { hash } from 'node:crypto';

/**
 * The chain over the journal (docs/decisions/0018-audit-chain.md): each entry has the hash of its stored bytes and of the
 * hash of the entry before it. An entry that is altered, removed, inserted or moved breaks it. Only stored bytes count, so
 * that a payload whose key was erased can still be verified.
 */

/** The link of an entry as stored: the hash of the chain up to it, then the digest of its content, 32 bytes each. */
export const linkSize = 64;
const digestSize = 32;

/** The hash before the first entry. */
export const noHash: Buffer = Buffer.alloc(digestSize);

/** The stored bytes of an entry that the chain covers. */
export type Chained = {
  readonly seq: number;
  readonly at: number;
  readonly message: string | null;
  readonly partner: string | null;
  /** JSON, as stored. */
  readonly head: string;
  readonly payload: Uint8Array | null;
  readonly facts: Uint8Array | null;
};

const sha256 = (data: string | Uint8Array): Buffer => hash('sha256', data, 'buffer');

/** The digest of what the retention removes first: the texts, and what says which they are. */
export const contentDigest = ({ message, partner, head, payload }: Omit<Chained, 'seq' | 'at' | 'facts'>): Buffer =>
  sha256(Buffer.concat([payload ? sha256(payload) : noHash, Buffer.from(JSON.stringify([message, partner, head]))]));

export const factsDigest = (facts: Uint8Array | null): Buffer => (facts ? sha256(facts) : noHash);

/** What the hash of an entry is made of, besides the hash before it. */
export type Digests = {
  readonly seq: number;
  readonly at: number;
  readonly content: Uint8Array;
  readonly facts: Uint8Array;
};

export function hashAfter(before: Uint8Array, { seq, at, content, facts }: Digests): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigInt64BE(BigInt(seq), 0);
  numbers.writeBigInt64BE(BigInt(at), 8);
  return sha256(Buffer.concat([before, numbers, content, facts]));
}

/** The two parts of a stored link. */
export const partsOfLink = (link: Uint8Array): { readonly hash: Buffer; readonly content: Buffer } => {
  const all = Buffer.from(link.buffer, link.byteOffset, link.byteLength);
  return { hash: all.subarray(0, digestSize), content: all.subarray(digestSize, linkSize) };
};

/** What is left of an entry that the retention removed as a whole, as text: enough to go on with the chain after it. */
export const stubOf = ({ at, link, facts }: { at: number; link: Uint8Array; facts: Uint8Array | null }): string => {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(at));
  return Buffer.concat([time, link, factsDigest(facts)]).toString('base64url');
};

export function readStub(seq: number, stub: string): (Digests & { readonly hash: Buffer }) | undefined {
  const all = Buffer.from(stub, 'base64url');
  if (all.length !== 8 + linkSize + digestSize) return undefined;
  const { hash, content } = partsOfLink(all.subarray(8, 8 + linkSize));
  return { seq, at: Number(all.readBigInt64BE(0)), hash, content, facts: all.subarray(8 + linkSize) };
}

/** The end of the chain, to which a transaction adds. */
export type Chain = {
  /** The link of the next entry: they come in the order of their numbers. */
  readonly add: (entry: Chained) => Buffer;
  /** The number of the last entry, and the hash up to it. */
  readonly end: () => ChainEnd;
};

export type ChainEnd = { readonly seq: number; readonly hash: Buffer };

export function chainFrom({ seq, hash: start }: ChainEnd): Chain {
  let last = seq;
  let current = start;
  return {
    add: (entry) => {
      if (entry.seq <= last) throw new Error(`Entry ${entry.seq} of the journal follows entry ${last}.`);
      const content = contentDigest(entry);
      current = hashAfter(current, { seq: entry.seq, at: entry.at, content, facts: factsDigest(entry.facts) });
      last = entry.seq;
      return Buffer.concat([current, content]);
    },
    end: () => ({ seq: last, hash: current }),
  };
}
