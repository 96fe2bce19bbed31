import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Provider from 'oidc-provider';
import { freePort } from '../free-port.ts';

/** Somebody with an account at the provider; the claims go into the ID token. */
export type Account = { readonly acr?: string; readonly claims: Readonly<Record<string, unknown>> };

export type IdentityProvider = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly close: () => Promise<void>;
};

/** oidc-provider, which nobody here wrote, with a form to log in by the name of an account. Sessions and tokens are in memory. */
export async function startIdentityProvider(
  accounts: Readonly<Record<string, Account>>,
  {
    gateway,
    clientKeys,
    claimsAt = 'id-token',
  }: {
    readonly gateway: string;
    readonly clientKeys?: readonly object[];
    /** Where roles, organisation and name are. */
    readonly claimsAt?: 'id-token' | 'userinfo';
  },
): Promise<IdentityProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const [clientId, clientSecret] = ['mgn-gateway', 'a secret of the client, which is only in the environment'];
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [`${gateway}/login/callback`],
        post_logout_redirect_uris: [`${gateway}/login/ended`],
        backchannel_logout_uri: `${gateway}/logout/back-channel`,
        backchannel_logout_session_required: true,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        ...(clientKeys
          ? { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: clientKeys } }
          : { client_secret: clientSecret }),
      },
    ],
    claims:
      claimsAt === 'userinfo'
        ? { openid: ['sub', 'acr', 'sid'], profile: ['name', 'roles', 'organization'] }
        : { openid: ['sub', 'roles', 'organization', 'acr', 'sid'], profile: ['name'] },
    conformIdTokenClaims: claimsAt === 'userinfo',
    acrValues: [...new Set(Object.values(accounts).flatMap(({ acr }) => acr ?? []))],
    findAccount: (_: unknown, id: string) =>
      accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id]?.claims }) },
    // whoever logs in has consented
    loadExistingGrant: async (context: { oidc: { client: { clientId: string }; session: { accountId: string } } }) => {
      const { client, session } = context.oidc;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    pkce: { required: () => true },
    cookies: { keys: ['of this test only'] },
    // without its own refusal of loopback addresses
    fetch: (url: string | URL, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) =>
      fetch(url, options),
    ttl: { Session: 3_600, Grant: 3_600, Interaction: 600, AccessToken: 60, AuthorizationCode: 60, IdToken: 600 },
  });
  const answer = provider.callback();
  const server = createServer(async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    await provider.interactionDetails(request, response);
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/html');
      response.end(`<form method="post" action="${request.url}"><input name="account"></form>`);
      return;
    }
    const account = new URLSearchParams(await text(request)).get('account') ?? '';
    const found = accounts[account];
    await provider.interactionFinished(
      request,
      response,
      found
        ? { login: { accountId: account, ...(found.acr ? { acr: found.acr } : {}) } }
        : { error: 'access_denied', error_description: 'no <b>such</b> account' },
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    issuer,
    clientId,
    clientSecret,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A provider that says what a test wants: no implementation does what these do. */
export async function startServer(
  answer: (path: string, body: string) => Promise<{ readonly status?: number; readonly body: unknown } | 'never'>,
): Promise<{ readonly issuer: string; readonly close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const said = await answer(request.url ?? '', await text(request));
    if (said === 'never') return;
    response.writeHead(said.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(said.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
