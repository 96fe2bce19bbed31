import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose';

/** Header and claims of a compact JWT, not verified; undefined for any other text. */
export function decoded(text: string, largest: number) {
  if (text.length > largest) return undefined;
  try {
    return { header: decodeProtectedHeader(text), claims: decodeJwt(text) };
  } catch {
    return undefined;
  }
}

/** Whether this key, by this algorithm and no other, signed a compact JWS. */
export async function isSigned(text: string, key: JWK, alg: string): Promise<boolean> {
  try {
    await compactVerify(text, await importJWK({ ...key }, alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}
