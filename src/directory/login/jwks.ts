/**
 * A public key of a client (https://www.rfc-editor.org/rfc/rfc7517), for one of the two algorithms of SMART Backend
 * Services: RS384 with RSA of 2048 bits or more, ES384 with P-384.
 */
export type PublicKey = {
  readonly kid: string;
  readonly alg: 'RS384' | 'ES384';
  readonly jwk: { readonly kty: string } & Readonly<Record<string, string>>;
};

/** Why a key set is refused as a whole. */
export type KeySetProblem = 'not-a-key-set' | 'too-many-keys' | 'private-key';

const mostKeys = 20;

/** Members of private and symmetric keys: who publishes one has no secret any more. */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const usedMembers: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'] };

/** The usable keys of a JSON Web Key Set; other keys are left out, `omitted` counts them. */
export function readKeySet(
  value: unknown,
): { readonly keys: readonly PublicKey[]; readonly omitted: number } | { readonly problem: KeySetProblem } {
  const keys = (value as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || !keys.every(isRecord)) return { problem: 'not-a-key-set' };
  if (keys.length > mostKeys) return { problem: 'too-many-keys' };
  if (keys.some((key) => secretMembers.some((member) => Object.hasOwn(key, member)))) return { problem: 'private-key' };
  const usable = keys.flatMap(usableKey);
  return { keys: usable, omitted: keys.length - usable.length };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function usableKey(key: Readonly<Record<string, unknown>>): readonly PublicKey[] {
  const { kid, kty, use, alg, key_ops: operations } = key;
  if (typeof kid !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(kid) || typeof kty !== 'string') return [];
  if (use !== undefined && use !== 'sig') return [];
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return [];
  const own = kty === 'RSA' ? 'RS384' : kty === 'EC' && key.crv === 'P-384' ? 'ES384' : undefined;
  if (!own || (alg !== undefined && alg !== own)) return [];
  const members = (usedMembers[kty] ?? []).map((name) => [name, key[name]] as const);
  if (!members.every((it): it is readonly [string, string] => typeof it[1] === 'string')) return [];
  if (kty === 'RSA' && bitsOf(String(key.n)) < 2048) return [];
  return [{ kid, alg: own, jwk: { kty, ...Object.fromEntries(members) } }];
}

const bitsOf = (modulus: string): number => {
  const bytes = Buffer.from(modulus, 'base64url');
  const first = bytes.findIndex((it) => it !== 0);
  return first < 0 ? 0 : (bytes.length - first) * 8;
};
