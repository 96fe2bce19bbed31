import { hash } from 'node:crypto';
import type { Partner, Token } from '../directory/index.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** Partner of an Authorization header. Issues (401): `login-missing`, `login-unknown`, `login-expired`. */
export type Authenticate = (authorization: string | undefined, now: Date) => Result<Partner>;

/**
 * Bearer tokens (https://www.rfc-editor.org/rfc/rfc6750) of the network's configuration, which contains only their
 * SHA-256. A token is looked up by its digest, so neither the configuration nor the response time reveals it.
 */
export function bearerTokens(partners: Iterable<Partner>): Authenticate {
  const byDigest = new Map<string, { readonly partner: Partner; readonly token: Token }>();
  for (const partner of partners) for (const token of partner.tokens) byDigest.set(token.sha256, { partner, token });
  return (authorization, now) => {
    const presented = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? '')?.[1];
    if (!presented) return failure(issue('login-missing', {}));
    const found = byDigest.get(hash('sha256', presented, 'hex'));
    if (!found) return failure(issue('login-unknown', {}));
    const { expires } = found.token;
    if (expires && Date.parse(expires) <= now.getTime()) return failure(issue('login-expired', {}));
    return success(found.partner);
  };
}
