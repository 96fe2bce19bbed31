import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { request } from 'undici';
import type { Partner, PartnerLogin } from '../../../src/directory/index.ts';
import type { NetworkSettings } from '../../../src/directory/network.ts';
import { silent } from '../../../src/main/log.ts';
import { openStore, type Running, type RunOptions, run } from '../../../src/main.ts';
import type { Store } from '../../../src/store/port.ts';
import { demoConfiguration } from '../demo-configuration.ts';
import { freePort } from '../free-port.ts';
import { type Answered, type Ask, asker } from '../test-gateway.ts';

export type KeyOfClient = {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
};

export async function keyOf(alg: string, kid: string = randomUUID()): Promise<KeyOfClient> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, publicJwk, privateJwk: { ...(await exportJWK(privateKey)), kid, alg } };
}

/** The inline keys of a login. */
export const inline = (...keys: readonly KeyOfClient[]) => ({
  inline: keys.map(({ kid, alg, publicJwk }) => {
    const { kty = '', n, e, crv, x, y } = publicJwk;
    const members = Object.entries({ n, e, crv, x, y }).filter((it): it is [string, string] => it[1] !== undefined);
    return { kid, alg: alg as 'RS384' | 'ES384', jwk: { kty, ...Object.fromEntries(members) } };
  }),
});

export type LoginGateway = {
  readonly running: Running;
  readonly store: Store;
  readonly url: string;
  readonly fhir: string;
  readonly tokenUrl: string;
  readonly ask: Ask;
  readonly token: (
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answered>;
  readonly stop: () => Promise<void>;
};

/** A gateway on the demo network in which partners log in as given here; their static tokens stay. */
export async function startLoginGateway(
  partners: Readonly<Record<string, Partial<Partner> & { readonly logins: readonly PartnerLogin[] }>>,
  options: Partial<RunOptions> & { readonly store?: string; readonly scheme?: 'https' } = {},
  more: Partial<Pick<NetworkSettings, 'trustedIssuers'>> = {},
): Promise<LoginGateway> {
  const configured = await demoConfiguration();
  const port = await freePort();
  const url = `${options.scheme ?? 'http'}://127.0.0.1:${port}`;
  const changed = new Map([...configured.network.partners].map(([id, it]) => [id, { ...it, ...partners[id] }]));
  const settings = { ...configured.network.settings, baseUrl: `${url}/fhir`, ...more };
  const network = { ...configured.network, settings, partners: changed };
  const opened = await openStore(options.store ?? 'sqlite::memory:');
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  const running = await run({ ...configured, network }, opened.value, { log: silent, ...options, port });
  const tokenUrl = `${url}/oauth2/token`;
  return {
    running,
    store: opened.value,
    url,
    fhir: `${url}/fhir`,
    tokenUrl,
    ask: asker(url),
    token: (form, headers) => askToken(tokenUrl, form, headers),
    stop: running.stop,
  };
}

export async function askToken(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

export type Assertion = {
  readonly client: string;
  readonly audience: unknown;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
};

/** An assertion as a client makes it; `header` and `claims` replace what it would say. */
export function assertionOf(key: KeyOfClient, { client, audience, header, claims }: Assertion): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: client, sub: client, aud: audience, iat: now, exp: now + 240, jti: randomUUID(), ...claims };
  return new SignJWT(payload as Record<string, unknown>)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}

export const clientForm = (assertion: string, scope = 'system/*.cruds') => ({
  grant_type: 'client_credentials',
  scope,
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion,
});

/** A proof of possession (DPoP). */
export async function proofOf(
  key: KeyOfClient,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { kty, crv, x, y, n, e } = key.publicJwk;
  const jwk = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }));
  return new SignJWT({ iat: Math.floor(Date.now() / 1000), jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: key.alg, typ: 'dpop+jwt', jwk, ...header })
    .sign(key.privateKey);
}
