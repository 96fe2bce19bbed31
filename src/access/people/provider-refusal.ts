import * as oidc from 'openid-client';
import { type Issue, issue } from '../../fhir/issue.ts';

/** Codes of OAuth and OpenID Connect have these characters; anything else a provider sends is not repeated. */
const code = /^[a-z0-9_]{1,60}$/;

/** No answer in time, none at all, or one of a server that fails. */
const away = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']);

/**
 * Why a login at the provider failed, as a finding. What the provider wrote in words is left out: it is shown to nobody.
 * Issues: `login-provider-refused`, `login-provider-unavailable`, `login-response-invalid`.
 */
export function refusalOf(error: unknown): Issue {
  if (error instanceof oidc.AuthorizationResponseError)
    return issue('login-provider-refused', { problem: code.test(error.error) ? error.error : 'error' });
  if (error instanceof oidc.ResponseBodyError)
    return error.status >= 500
      ? issue('login-provider-unavailable', {})
      : issue('login-response-invalid', { problem: code.test(error.error) ? error.error : 'token-endpoint' });
  const { code: name = '', cause } = error as { readonly code?: string; readonly cause?: unknown };
  if (error instanceof oidc.ClientError && (name === '' || away.has(name)))
    return issue('login-provider-unavailable', {});
  if (isOfConnection(error)) return issue('login-provider-unavailable', {});
  return issue('login-response-invalid', { problem: problemOf(name, cause) });
}

const isOfConnection = (error: unknown): boolean => {
  const { code: name = '', name: kind } = error as { readonly code?: string; readonly name?: string };
  return kind === 'AbortError' || kind === 'AddressRefused' || /^(?:E[A-Z]{4,}|UND_ERR_|ERR_TLS_|CERT_)/.test(name);
};

/** `nonce`, `iss`, `state`, `expired`, `signature`: what was wrong, without what it was. */
function problemOf(name: string, cause: unknown): string {
  const { claim, message, cause: inner } = (cause ?? {}) as Readonly<Record<'claim' | 'message' | 'cause', unknown>>;
  const { claim: innerClaim } = (inner ?? {}) as { readonly claim?: unknown };
  // a claim that is missing is named in the message only, which has nothing else of the answer
  const [, missing] = /"([a-z_]{1,20})" \([a-z ]+\) claim/.exec(typeof message === 'string' ? message : '') ?? [];
  const named = [claim, innerClaim, missing].find((it): it is string => typeof it === 'string' && code.test(it));
  if (named) return named;
  const short = name.replace(/^(?:OAUTH|ERR|ERR_J[A-Z]+)_/, '').toLowerCase();
  return code.test(short) ? short.replaceAll('_', '-') : 'other';
}
