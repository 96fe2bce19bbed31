import { hash } from 'node:crypto';
import type { Partner, Token } from '../directory/index.ts';
import { issue } from '../fhir/issue.ts';
import { failure, success } from '../fhir/result.ts';
import type { VerifyToken } from './login.ts';

/**
 * Static bearer tokens (https://www.rfc-editor.org/rfc/rfc6750) of a demo network, whose configuration contains only their
 * SHA-256. A token is looked up by its digest, so neither the configuration nor the response time reveals it. Issue
 * (401): `login-expired`.
 */
export function staticTokens(partners: Iterable<Partner>): VerifyToken {
  const byDigest = new Map<string, { readonly partner: Partner; readonly token: Token }>();
  for (const partner of partners) for (const token of partner.tokens) byDigest.set(token.sha256, { partner, token });
  return async (presented, now) => {
    const found = byDigest.get(hash('sha256', presented, 'hex'));
    if (!found) return undefined;
    const { expires } = found.token;
    if (expires && Date.parse(expires) <= now.getTime()) return failure(issue('login-expired', {}));
    return success({ partner: found.partner });
  };
}
