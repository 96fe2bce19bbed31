import { hash } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { decoded, isSigned } from './jws.ts';
import type { Nonces } from './nonce.ts';
import type { UsedOnce } from './used-once.ts';

/** What a proof is for. */
export type ProvenRequest = {
  readonly method: string;
  /** Public address without query and fragment. */
  readonly address: string;
  /** The access token that comes with it; absent at the token endpoint. */
  readonly token?: string;
};

export type Proofs = {
  /** Thumbprint of the key of a proof. Issues (401): `login-proof-invalid`, `login-proof-nonce`. */
  readonly verify: (proof: string, request: ProvenRequest, now: Date) => Promise<Result<string>>;
  readonly nonce: (now: Date) => string;
};

export const proofAlgorithms = ['ES256', 'ES384', 'RS384'];

/** Seconds before and after now in which a proof may have been made. */
const window = 60;
const largestBytes = 4_096;

/** Proofs of possession of a key (DPoP, https://www.rfc-editor.org/rfc/rfc9449#section-4.3). */
export const proofs = ({ nonces, once }: { readonly nonces: Nonces; readonly once: UsedOnce }): Proofs => ({
  nonce: nonces.current,
  verify: async (proof, { method, address, token }, now) => {
    const invalid = (problem: string) => failure(issue('login-proof-invalid', { problem }));
    const read = decoded(proof, largestBytes);
    if (!read) return invalid('not-a-jwt');
    const { header, claims } = read;
    const { alg = '', typ } = header;
    if (typeof typ !== 'string' || typ.toLowerCase() !== 'dpop+jwt') return invalid('typ');
    if (!proofAlgorithms.includes(alg)) return invalid('alg');
    if (Object.hasOwn(header, 'crit')) return invalid('header');
    const key = publicKey(header.jwk, alg);
    if (!key) return invalid('jwk');
    const { htm, htu, iat, jti, ath, nonce } = claims;
    if (htm !== method) return invalid('htm');
    if (typeof htu !== 'string' || !isAddress(htu, address)) return invalid('htu');
    const seconds = now.getTime() / 1000;
    if (typeof iat !== 'number' || !(Math.abs(iat - seconds) <= window)) return invalid('iat');
    if (typeof jti !== 'string' || jti.length === 0 || jti.length > 255) return invalid('jti');
    if (token !== undefined && ath !== hash('sha256', token, 'base64url')) return invalid('ath');
    if (!(await isSigned(proof, key, alg))) return invalid('signature');
    if (typeof nonce !== 'string' || !nonces.isValid(nonce, now)) return failure(issue('login-proof-nonce', {}));
    const thumbprint = await calculateJwkThumbprint(key);
    const isNew = await once(['proof', thumbprint, jti], { now, milliseconds: 2 * window * 1000 });
    return isNew ? success(thumbprint) : invalid('replayed');
  },
});

/** Its public members only; undefined for a private or symmetric key, or one of another algorithm. */
function publicKey(jwk: JWK | undefined, alg: string): JWK | undefined {
  if (typeof jwk !== 'object' || jwk === null || ['d', 'k', 'p', 'q'].some((it) => Object.hasOwn(jwk, it)))
    return undefined;
  const { kty, crv, x, y, n, e } = jwk;
  if (alg === 'RS384')
    return kty === 'RSA' && typeof n === 'string' && typeof e === 'string' && n.length >= 342
      ? { kty, n, e }
      : undefined;
  const curve = alg === 'ES256' ? 'P-256' : 'P-384';
  return kty === 'EC' && crv === curve && typeof x === 'string' && typeof y === 'string'
    ? { kty, crv, x, y }
    : undefined;
}

/** After normalisation (https://www.rfc-editor.org/rfc/rfc3986#section-6.2), without query and fragment. */
function isAddress(text: string, address: string): boolean {
  const [one, other] = [URL.parse(text), URL.parse(address)];
  return one !== null && other !== null && one.origin === other.origin && one.pathname === other.pathname;
}
