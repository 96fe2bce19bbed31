import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * A search in a link, for parameters that may not be in an address: encrypted, for one partner and one type, and for a
 * short time. It needs no state, so every gateway on the same store answers it, also after a restart.
 */
export type SealedSearch = { readonly partner: string; readonly type: string; readonly parameters: URLSearchParams };

/** Minutes that a link is valid; each page has new ones. */
export const pageMinutes = 15;

/** Longer addresses do not pass every proxy. */
const longest = 6_000;

type Bound = Omit<SealedSearch, 'parameters'>;

const boundTo = ({ partner, type }: Bound): Buffer => Buffer.from(`${partner}\n${type}`);

/** Undefined when the search is too long for an address. */
export function sealSearch(key: Uint8Array, { parameters, ...bound }: SealedSearch, now: Date): string | undefined {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(bound));
  const expires = now.getTime() + pageMinutes * 60_000;
  const plain = padded(deflateRawSync(`${expires} ${parameters}`));
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
  return sealed.length > longest ? undefined : sealed;
}

/** How well a text is compressed depends on its digits: the length of a link tells nothing of them. */
const block = 64;

/** Its length in four bytes, itself, and zero bytes up to a multiple of the block. */
function padded(text: Uint8Array): Buffer {
  const whole = Buffer.alloc(Math.ceil((text.byteLength + 4) / block) * block);
  whole.writeUInt32BE(text.byteLength);
  whole.set(text, 4);
  return whole;
}

const unpadded = (whole: Buffer): Buffer => whole.subarray(4, 4 + whole.readUInt32BE());

/** Undefined when it was sealed for another partner or type, has expired, or is not a seal of this store. */
export function openSearch(key: Uint8Array, sealed: string, bound: Bound, now: Date): URLSearchParams | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (sealed.length > longest || bytes.byteLength < 29) return undefined;
  const plain = unsealed(key, bytes, bound);
  if (!plain) return undefined;
  try {
    const [expires = '', ...parameters] = inflateRawSync(unpadded(plain)).toString().split(' ');
    return Number(expires) > now.getTime() ? new URLSearchParams(parameters.join(' ')) : undefined;
  } catch {
    return undefined;
  }
}

/** Longest place of a store, with its zero bytes: every sealed place has the same length. */
const placeBytes = 32;

/**
 * A place in a list, as its link has it: encrypted for one partner and type. In the open it would have the number of a
 * row, by which a partner could count what others send. The nonce is derived from the place: the same place is the same
 * link, so that repeated answers are equal.
 */
export function sealCursor(key: Uint8Array, cursor: string, bound: Bound): string {
  const plain = Buffer.alloc(Math.max(placeBytes, Buffer.byteLength(cursor)));
  plain.write(cursor);
  const nonce = createHmac('sha256', key).update(boundTo(bound)).update(plain).digest().subarray(0, 12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(bound));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Undefined when it was sealed for another partner or type, or is not a seal of this store. */
export function openCursor(key: Uint8Array, sealed: string, bound: Bound): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.byteLength < 28 + placeBytes || bytes.byteLength > 512) return undefined;
  return unsealed(key, bytes, bound)?.toString().replaceAll('\0', '');
}

function unsealed(key: Uint8Array, bytes: Buffer, bound: Bound): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(boundTo(bound)).setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Whether a parameter may name a person: an identifier, or a value with nine digits in a row outside an id of the gateway. */
export const mayNamePerson = (name: string, value: string): boolean =>
  name.includes('identifier') || /\d{9}/.test(value.replace(uuids, '/').replace(/[\s.-]/g, ''));

const uuids = /(?<![0-9a-f-])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])/gi;
