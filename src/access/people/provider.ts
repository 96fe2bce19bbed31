import { createRemoteJWKSet, importJWK, type JWK, jwtVerify, customFetch as keysFetch } from 'jose';
import * as oidc from 'openid-client';
import type { ProviderSettings } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { valuesAt } from './claims.ts';
import { refusalOf } from './provider-refusal.ts';

/** What a login remembers between the way to the provider and the way back. */
export type Attempt = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** Claims of a verified ID token, with the token itself. */
export type Identity = { readonly claims: oidc.IDToken; readonly idToken: string };

/** The relying party of OpenID Connect (https://openid.net/specs/openid-connect-core-1_0.html). */
export type Provider = {
  readonly settings: ProviderSettings;
  /** Where the browser goes to log in. Issue: `login-provider-unavailable`. */
  readonly begin: (levels: readonly string[]) => Promise<Result<{ readonly url: string; readonly attempt: Attempt }>>;
  /**
   * Exchanges the code of `query` and verifies the ID token: signature, issuer, audience, times, nonce; state and, where the provider
   * sends it, `iss`. Issues: `login-provider-unavailable`, `login-provider-refused`, `login-response-invalid`.
   */
  readonly complete: (query: string, attempt: Attempt) => Promise<Result<Identity>>;
  /** Where the browser goes to log out at the provider too; undefined when that is not known, or offers no such place. */
  readonly endSession: (idToken: string | undefined) => Promise<string | undefined>;
  /** Verifies a logout token (https://openid.net/specs/openid-connect-backchannel-1_0.html). Issues as of `complete`. */
  readonly loggedOut: (token: string, now: Date) => Promise<Result<LoggedOut>>;
};

export type LoggedOut = { readonly jti: string; readonly subject?: string; readonly session?: string };

export type ProviderContext = {
  readonly settings: ProviderSettings;
  /** The secret of the client, or its private key as JWK. */
  readonly secret: string;
  /** Address of a path of this gateway. */
  readonly addressOf: (path: string) => string;
  /** Requests at permitted addresses only. */
  readonly send: oidc.CustomFetch;
  readonly now: () => Date;
  /** Reports to the operator why the provider could not be used; each cause at most once a minute. */
  readonly report: (fault: unknown) => void;
};

/** The metadata of a provider is read again after this time (ms). */
const freshFor = 3_600_000;
/** Seconds for each request to the provider. */
const patience = 5;
/** Seconds that its clock may differ. */
const clockTolerance = 30;

/** Reports the same cause at most once in this time (ms). */
const reportEvery = 60_000;

export function openProvider({ settings, secret, addressOf, send, now, report }: ProviderContext): Provider {
  const { issuer, clientId } = settings;
  const isInClear = issuer.startsWith('http:');
  const redirectUri = addressOf('/login/callback');
  let known: { readonly since: number; readonly found: Promise<oidc.Configuration> } | undefined;
  let keys: { readonly of: string; readonly set: ReturnType<typeof createRemoteJWKSet> } | undefined;
  const reported = new Map<string, number>();

  const refuse = (error: unknown): Result<never> => {
    const refusal = refusalOf(error);
    const { name = '', code = '' } = error as { readonly name?: string; readonly code?: string };
    const cause = `${refusal.rule} ${name} ${code}`;
    const last = reported.get(cause);
    // that somebody has no account, or goes back, is no fault of the provider
    const isFault = refusal.rule !== 'login-provider-refused';
    if (isFault && (last === undefined || now().getTime() - last >= reportEvery)) {
      if (reported.size > 100) reported.clear();
      reported.set(cause, now().getTime());
      report(error);
    }
    return failure(refusal);
  };
  /** The keys of the provider, which `jose` reads anew when it meets an unknown one, at most each 30 seconds. */
  const keysAt = (address: string): ReturnType<typeof createRemoteJWKSet> => {
    if (keys?.of !== address)
      keys = {
        of: address,
        set: createRemoteJWKSet(new URL(address), { [keysFetch]: (url, options) => send(url, options as never) }),
      };
    return keys.set;
  };

  // not at the start: the gateway starts, and delivers, while the provider is away
  const discover = async (): Promise<oidc.Configuration> => {
    const found = await oidc.discovery(
      new URL(issuer),
      clientId,
      { redirect_uris: [redirectUri], [oidc.clockTolerance]: clockTolerance },
      await clientAuthentication(settings, secret),
      {
        [oidc.customFetch]: send,
        timeout: patience,
        execute: [oidc.enableNonRepudiationChecks, ...(isInClear ? [oidc.allowInsecureRequests] : [])],
      },
    );
    const { authorization_endpoint: authorize = '' } = found.serverMetadata();
    if (!authorize.startsWith('https:') && !isInClear) throw new TypeError('The provider has no login over https.');
    return found;
  };
  const configuration = (): Promise<oidc.Configuration> => {
    if (known && now().getTime() - known.since < freshFor) return known.found;
    const asked = { since: now().getTime(), found: discover() };
    known = asked;
    asked.found.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.found;
  };

  /** What the ID token lacks of the claims for roles and organisation, some providers have at their userinfo endpoint only. */
  const withUserInfo = async (claims: oidc.IDToken, accessToken: string): Promise<oidc.IDToken> => {
    const found = await configuration();
    const { roles, organization } = settings.claims;
    const isWhole = [roles, organization].every((name) => valuesAt(claims, name).length > 0);
    if (isWhole || !found.serverMetadata().userinfo_endpoint) return claims;
    // of the same subject, or openid-client refuses it; what the ID token states counts, and the level of assurance only from there
    const { acr: _, amr: __, sid: ___, ...others } = await oidc.fetchUserInfo(found, accessToken, claims.sub);
    return { ...others, ...claims };
  };

  return {
    settings,
    begin: async (levels) => {
      const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
      try {
        const url = oidc.buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: settings.scopes.join(' '),
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
          ...(levels.length ? { acr_values: levels.join(' ') } : {}),
        });
        return success({ url: url.href, attempt });
      } catch (error) {
        refuse(error);
        return failure(issue('login-provider-unavailable', {}));
      }
    },
    complete: async (query, { state, nonce, verifier }) => {
      try {
        const answer = await oidc.authorizationCodeGrant(await configuration(), new URL(redirectUri + query), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = answer.claims();
        if (!claims || !answer.id_token) return failure(issue('login-response-invalid', { problem: 'no-id-token' }));
        // as OpenID Connect limits it: it becomes part of the audit trail
        if (!/^[\x21-\x7e]{1,255}$/.test(claims.sub))
          return failure(issue('login-response-invalid', { problem: 'sub' }));
        return success({ claims: await withUserInfo(claims, answer.access_token), idToken: answer.id_token });
      } catch (error) {
        return refuse(error);
      }
    },
    endSession: async (idToken) => {
      try {
        const found = await configuration();
        if (!found.serverMetadata().end_session_endpoint) return undefined;
        return oidc.buildEndSessionUrl(found, {
          post_logout_redirect_uri: addressOf('/login/ended'),
          ...(idToken ? { id_token_hint: idToken } : {}),
        }).href;
      } catch {
        return undefined;
      }
    },
    loggedOut: async (token, at) => {
      try {
        const { jwks_uri: address = '', id_token_signing_alg_values_supported: listed = ['RS256'] } = (
          await configuration()
        ).serverMetadata();
        const { payload } = await jwtVerify(token, keysAt(address), {
          issuer,
          audience: clientId,
          algorithms: listed.filter((it) => asymmetric.test(it)),
          requiredClaims: ['iat', 'exp', 'jti', 'events'],
          clockTolerance,
          currentDate: at,
          maxTokenAge: 300,
        });
        const { jti = '', sub, sid, nonce, events } = payload;
        const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, logoutEvent);
        const named = { ...(sub ? { subject: sub } : {}), ...(typeof sid === 'string' ? { session: sid } : {}) };
        // a nonce would make an ID token of it
        if (!isLogout || nonce !== undefined || Object.keys(named).length === 0)
          return failure(issue('login-response-invalid', { problem: 'logout-token' }));
        return success({ jti, ...named });
      } catch (error) {
        return refuse(error);
      }
    },
  };
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const asymmetric = /^(?:RS|PS|ES)(?:256|384|512)$|^Ed25519$|^EdDSA$/;

async function clientAuthentication({ authentication }: ProviderSettings, secret: string): Promise<oidc.ClientAuth> {
  if (authentication.kind === 'key') {
    const jwk = JSON.parse(secret) as JWK;
    const key = (await importJWK(jwk, jwk.alg ?? (jwk.kty === 'RSA' ? 'RS256' : undefined))) as CryptoKey;
    return oidc.PrivateKeyJwt({ key, ...(jwk.kid ? { kid: jwk.kid } : {}) });
  }
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, client, body, headers);
  };
}
