import { issue } from '../../fhir/issue.ts';
import { failure, success } from '../../fhir/result.ts';
import type { VerifyToken } from '../login.ts';
import { permittedScopes, readScopes } from '../scopes.ts';
import type { AccessTokens } from './access-token.ts';
import type { Client } from './clients.ts';

/**
 * Access tokens of the gateway's own token endpoint. A client that the configuration does not have any more, or has with
 * fewer scopes, loses them at once and not only when its token expires. Issues (401): `login-expired`, `login-unknown`.
 */
export const ownTokens =
  (tokens: AccessTokens, clients: ReadonlyMap<string, Client>): VerifyToken =>
  async (presented, now) => {
    const content = tokens.open(presented, now);
    if (!content) return undefined;
    if (content.expires <= now.getTime()) return failure(issue('login-expired', {}));
    const client = clients.get(content.client);
    if (client?.partner.id !== content.partner) return failure(issue('login-unknown', {}));
    const { key, certificate } = content;
    return success({
      partner: client.partner,
      scopes: permittedScopes(readScopes(content.scope), client.permitted),
      boundTo: { ...(key ? { key } : {}), ...(certificate ? { certificate } : {}) },
    });
  };
