import type { PublicKey } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { ClientKeys } from './client-keys.ts';
import type { Client } from './clients.ts';
import { decoyKeys } from './decoy-key.ts';
import { decoded, isSigned } from './jws.ts';
import type { UsedOnce } from './used-once.ts';

/** Seconds that the clock of a client may differ from ours. */
export const clockSkew = 30;
/** Seconds that an assertion may be valid at most. */
const longest = 300;
const largestBytes = 8_192;

type Assertion = {
  readonly client: string;
  readonly kid: string;
  readonly alg: string;
  readonly jti: string;
  readonly expires: number;
};

export type AssertionContext = {
  readonly clients: ReadonlyMap<string, Client>;
  readonly keys: ClientKeys;
  readonly once: UsedOnce;
  /** The only audience: the address of the token endpoint. */
  readonly audience: string;
};

/**
 * The client of a signed assertion (private_key_jwt, https://www.rfc-editor.org/rfc/rfc7523#section-2.2) with the rules of
 * SMART Backend Services. What the assertion itself shows is named (`token-assertion-invalid`); whether a client exists is
 * not: its answers, `token-client-unknown`, `token-keys-unavailable`, `token-signature-invalid` and
 * `token-assertion-replayed`, look the same outside (endpoint.ts).
 */
export async function clientOfAssertion(
  text: string,
  { clients, keys, once, audience }: AssertionContext,
  now: Date,
): Promise<Result<Client>> {
  const read = readAssertion(text, audience, now);
  if (!read.ok) return read;
  const { client: id, kid, alg, jti, expires } = read.value;
  const client = clients.get(id);
  if (client?.login.kind !== 'backend-services') {
    await isSignedBy(text, alg, decoyKeys); // takes the time that a signature takes
    return failure(issue('token-client-unknown', {}));
  }
  const found = await keys(client.login, kid, now);
  if (found === 'unavailable') return failure(issue('token-keys-unavailable', {}));
  if (!(await isSignedBy(text, alg, found.length ? found : decoyKeys)))
    return failure(issue('token-signature-invalid', {}));
  const milliseconds = expires - now.getTime() + 2 * clockSkew * 1000;
  if (!(await once(['assertion', id, jti], { now, milliseconds })))
    return failure(issue('token-assertion-replayed', {}));
  return success(client);
}

/** Only keys of the algorithm in the header: a key is never used for another one than its own. */
async function isSignedBy(text: string, alg: string, keys: readonly PublicKey[]): Promise<boolean> {
  for (const { jwk } of keys.filter((it) => it.alg === alg)) if (await isSigned(text, jwk, alg)) return true;
  return false;
}

const algorithms = ['RS384', 'ES384'];
/** Keys or addresses of keys that an assertion brings along: a key is only ever found by the client's registration. */
const forbiddenHeaders = ['jwk', 'x5u', 'x5c', 'crit', 'b64'];

function readAssertion(text: string, audience: string, now: Date): Result<Assertion> {
  const invalid = (problem: string) => failure(issue('token-assertion-invalid', { problem }));
  const read = decoded(text, largestBytes);
  if (!read) return invalid('not-a-jwt');
  const { header, claims } = read;
  const { alg = '', kid, typ } = header;
  if (!algorithms.includes(alg)) return invalid('alg');
  if (typeof kid !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(kid)) return invalid('kid');
  if (typ !== undefined && !(typeof typ === 'string' && /^(application\/)?jwt$/i.test(typ))) return invalid('typ');
  if (forbiddenHeaders.some((it) => Object.hasOwn(header, it))) return invalid('header');
  const { iss, sub, aud, exp, iat, nbf, jti } = claims;
  if (typeof iss !== 'string' || iss === '' || iss !== sub) return invalid('iss-sub');
  if (aud !== audience && !(Array.isArray(aud) && aud.length === 1 && aud[0] === audience)) return invalid('aud');
  const seconds = now.getTime() / 1000;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return invalid('exp');
  if (exp <= seconds - clockSkew) return invalid('expired');
  if (exp > seconds + longest + clockSkew) return invalid('exp-too-late');
  if ([iat, nbf].some((it) => it !== undefined && !(typeof it === 'number' && it <= seconds + clockSkew)))
    return invalid('not-yet-valid');
  if (typeof jti !== 'string' || jti.length === 0 || jti.length > 255) return invalid('jti');
  return success({ client: iss, kid, alg, jti, expires: exp * 1000 });
}
