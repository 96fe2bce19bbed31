import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { storeError } from '../../store-problem.ts';

/**
 * The keys of an installation, from a file or the environment: never in the store. Each has an id (kid). The current one wraps
 * what is new; the others unwrap what was wrapped by them, until it is wrapped anew. Plain data, which crosses to the threads.
 */
export type KeyRing = {
  readonly current: string;
  /** By kid: 32 bytes. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
};

export type RingProblem = { readonly line: number; readonly problem: 'form' | 'size' | 'twice' };

const line = /^([A-Za-z0-9][A-Za-z0-9._-]{0,31})[ \t:]+([A-Za-z0-9+/_-]+={0,2})$/;

/**
 * Reads a ring: a line for each key, `kid base64`, the current one first; empty lines and lines that begin with # do not count.
 * In the environment a comma or semicolon separates the keys. Undefined when there is none.
 */
export function readRing(text: string): KeyRing | RingProblem | undefined {
  const keys = new Map<string, Uint8Array>();
  for (const [index, written] of text.split(/[\n,;]/).entries()) {
    const trimmed = written.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [, kid, encoded] = line.exec(trimmed) ?? [];
    if (kid === undefined || encoded === undefined) return { line: index + 1, problem: 'form' };
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== keySize) return { line: index + 1, problem: 'size' };
    if (keys.has(kid)) return { line: index + 1, problem: 'twice' };
    keys.set(kid, Uint8Array.from(key));
  }
  const [current] = keys.keys();
  return current === undefined ? undefined : { current, keys };
}

export const isRing = (it: KeyRing | RingProblem | undefined): it is KeyRing => it !== undefined && 'current' in it;

/** A new key as a line of a ring. */
export const newRingLine = (kid: string): string => `${kid} ${randomBytes(keySize).toString('base64')}`;

export const keySize = 32;
const nonceSize = 12;
const tagSize = 16;

/** A key from a key, for one purpose: the ring's own bytes encrypt nothing (https://www.rfc-editor.org/rfc/rfc5869). */
export const derived = (key: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, new Uint8Array(), `mgn-gateway ${purpose}`, keySize));

/**
 * AES-256-GCM: nonce (12), ciphertext, tag (16). The nonce is random: with 96 bits a key may encrypt 2^32 texts
 * (NIST SP 800-38D, 8.3), and that of a person encrypts some hundreds.
 */
export function encrypt(key: Uint8Array, plain: Uint8Array, about: Uint8Array): Buffer {
  const nonce = randomBytes(nonceSize);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(about);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined when it was not encrypted with this key, is about something else, or is damaged. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, about: Uint8Array): Buffer | undefined {
  if (sealed.length < nonceSize + tagSize) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceSize), { authTagLength: tagSize });
  decipher.setAAD(about);
  decipher.setAuthTag(sealed.subarray(sealed.length - tagSize));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceSize, sealed.length - tagSize)), decipher.final()]);
  } catch {
    return undefined;
  }
}

export type Wrapped = { readonly kid: string; readonly wrapped: string };

const wrapping = (ring: KeyRing, kid: string): Buffer => {
  const key = ring.keys.get(kid);
  if (!key) throw missingKey(kid);
  return derived(key, 'wrap');
};

/** Wraps a key under the current key of the ring, as text. `name`: what it belongs to; it fits nothing else. */
export const wrap = (ring: KeyRing, name: string, key: Uint8Array): Wrapped => ({
  kid: ring.current,
  wrapped: encrypt(wrapping(ring, ring.current), key, Buffer.from(name)).toString('base64url'),
});

/** Throws when the ring has not the key that wrapped it, or another one with its id. */
export function unwrap(ring: KeyRing, name: string, { kid, wrapped }: Wrapped): Buffer {
  const key = decrypt(wrapping(ring, kid), Buffer.from(wrapped, 'base64url'), Buffer.from(name));
  if (!key)
    throw storeError('ERR_STORE_KEY_WRONG', `The key ${kid} is not the one that this store was encrypted with.`);
  return key;
}

export const missingKey = (kid: string): Error =>
  storeError('ERR_STORE_KEY_MISSING', `The store needs the key ${kid}, which the key ring has not.`);
