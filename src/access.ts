import { createHash } from 'node:crypto';
import type { Partner, Token } from './directory/index.ts';
import { issue } from './fhir/issue.ts';
import { failure, type Result, success } from './fhir/result.ts';

/** Finds the partner that an Authorization header stands for, or says why there is none (401). */
export type Authenticate = (authorization: string | undefined, now: Date) => Result<Partner>;

/**
 * Bearer tokens (RFC 6750) of the network's configuration, which holds only their SHA-256: a token is looked up
 * by its digest, so neither the configuration nor the time that an answer takes gives one away.
 */
export function bearerTokens(partners: Iterable<Partner>): Authenticate {
  const known = new Map<string, { readonly partner: Partner; readonly token: Token }>();
  for (const partner of partners) for (const token of partner.tokens) known.set(token.sha256, { partner, token });
  return (authorization, now) => {
    const presented = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? '')?.[1];
    if (!presented) return failure(issue('login-missing', {}));
    const found = known.get(createHash('sha256').update(presented).digest('hex'));
    if (!found) return failure(issue('login-unknown', {}));
    const { expires } = found.token;
    if (expires && Date.parse(expires) <= now.getTime()) return failure(issue('login-expired', {}));
    return success(found.partner);
  };
}
