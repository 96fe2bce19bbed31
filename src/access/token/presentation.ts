import type { JWK } from 'jose';
import type { TrustedIssuer } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { clockSkew } from './assertion.ts';
import { decoded, isSigned } from './jws.ts';

/** What a Verifiable Presentation proves. */
export type Presented = {
  readonly ura: string;
  /** DID of the holder, whose key signed the presentation. */
  readonly holder: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
};

/**
 * The port for Verifiable Presentations (https://www.w3.org/TR/vc-data-model-1.1/#presentations), the assertion of a
 * jwt-bearer grant. Issue: `token-presentation-refused`.
 */
export type VerifyPresentation = (assertion: string, audience: string, now: Date) => Promise<Result<Presented>>;

const largestBytes = 32_768;

/**
 * A test double behind that port: a JWT presentation of a did:jwk holder with one JWT credential, whose subject has a URA
 * and whose issuer is in the configuration. It resolves no DIDs over the network (did:web, did:x509), and checks neither
 * revocation nor a presentation definition. So it is refused outside a demo network.
 */
export const presentationDouble =
  (issuers: readonly TrustedIssuer[]): VerifyPresentation =>
  async (assertion, audience, now) => {
    const refused = (problem: string) => failure(issue('token-presentation-refused', { problem }));
    const presentation = decoded(assertion, largestBytes);
    const holder = presentation?.claims.iss;
    if (!presentation || typeof holder !== 'string') return refused('not-a-presentation');
    const { aud, exp, jti, vp } = presentation.claims;
    const seconds = now.getTime() / 1000;
    if (aud !== audience) return refused('aud');
    if (typeof exp !== 'number' || exp <= seconds - clockSkew || exp > seconds + 300 + clockSkew) return refused('exp');
    if (typeof jti !== 'string' || jti === '' || jti.length > 255) return refused('jti');
    const key = keyOfDid(holder);
    if (!key || !(await isSigned(assertion, key, 'ES384'))) return refused('holder');
    const text = (vp as { readonly verifiableCredential?: readonly unknown[] } | undefined)?.verifiableCredential?.[0];
    const credential = typeof text === 'string' ? decoded(text, largestBytes) : undefined;
    if (typeof text !== 'string' || !credential) return refused('no-credential');
    const { iss, sub, exp: until, vc } = credential.claims;
    const issuer = issuers.find(({ id }) => id === iss);
    const keys = issuer?.keys.filter(({ kid, alg }) => kid === credential.header.kid && alg === credential.header.alg);
    const isIssued = await Promise.all((keys ?? []).map(({ jwk, alg }) => isSigned(text, jwk, alg)));
    if (!isIssued.includes(true)) return refused('issuer');
    if (sub !== holder) return refused('subject');
    if (typeof until !== 'number' || until <= seconds - clockSkew) return refused('credential-expired');
    const { ura } =
      (vc as { readonly credentialSubject?: { readonly ura?: unknown } } | undefined)?.credentialSubject ?? {};
    if (typeof ura !== 'string' || !/^\d{8}$/.test(ura)) return refused('ura');
    return success({ ura, holder, id: jti, expires: exp * 1000 });
  };

/** did:jwk (https://github.com/quartzjer/did-jwk): the identifier is the key. */
function keyOfDid(did: string): JWK | undefined {
  const [, text] = /^did:jwk:([\w-]{1,1000})$/.exec(did) ?? [];
  if (!text) return undefined;
  try {
    const { kty, crv, x, y, d } = JSON.parse(Buffer.from(text, 'base64url').toString()) as JWK;
    const isPublic =
      kty === 'EC' && crv === 'P-384' && typeof x === 'string' && typeof y === 'string' && d === undefined;
    return isPublic ? { kty, crv, x, y } : undefined;
  } catch {
    return undefined;
  }
}
