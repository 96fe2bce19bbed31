import { createHash } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  assertionOf,
  clientForm,
  inline,
  type KeyOfClient,
  keyOf,
  type LoginGateway,
  proofOf,
  startLoginGateway,
} from '../support/access/login-gateway.ts';
import { rulesOf } from '../support/test-gateway.ts';

let gateway: LoginGateway;
let key: KeyOfClient;
let proving: KeyOfClient;
let other: KeyOfClient;
let nonce: string;
let token: string;

const assertion = () => assertionOf(key, { client: 'linde', audience: gateway.tokenUrl });
const atEndpoint = (claims: Readonly<Record<string, unknown>> = {}, by = proving, header = {}) =>
  proofOf(by, { htm: 'POST', htu: gateway.tokenUrl, nonce, ...claims }, header);
const request = async (proof: string) =>
  gateway.token(clientForm(await assertion(), 'system/Task.rs'), { dpop: proof });
const path = '/fhir/Task/x';
const ath = () => createHash('sha256').update(token).digest('base64url');
const atTask = (claims: Readonly<Record<string, unknown>> = {}, by = proving, header = {}) =>
  proofOf(by, { htm: 'GET', htu: `${gateway.url}${path}`, ath: ath(), nonce, ...claims }, header);
const read = (proof: string | undefined, scheme = 'DPoP', at = path) =>
  gateway.ask('GET', at, { headers: { authorization: `${scheme} ${token}`, ...(proof ? { dpop: proof } : {}) } });

beforeAll(async () => {
  [key, proving, other] = await Promise.all([keyOf('ES384'), keyOf('ES256'), keyOf('ES256')]);
  gateway = await startLoginGateway({
    'gp-de-linde': {
      logins: [
        { kind: 'backend-services', clientId: 'linde', scopes: 'system/*.rs', keys: inline(key), bound: 'dpop' },
      ],
    },
  });
  const first = await request(await atEndpoint({ nonce: undefined }));
  expect([first.status, JSON.parse(first.text).error]).toEqual([400, 'use_dpop_nonce']);
  nonce = String(first.headers['dpop-nonce']);
  const second = await request(await atEndpoint());
  expect(JSON.parse(second.text)).toMatchObject({ token_type: 'DPoP', scope: 'system/Task.rs' });
  token = JSON.parse(second.text).access_token;
}, 60_000);
afterAll(() => gateway?.stop());

test('a bound token reads with a proof of its key, each proof once', async () => {
  const proof = await atTask();
  expect((await read(proof)).status).toBe(404);
  const replayed = await read(proof);
  expect([replayed.status, rulesOf(replayed)]).toEqual([401, ['login-proof-invalid']]);
  expect(replayed.headers['www-authenticate']).toContain('DPoP');
  expect((await read(await atTask(), 'DPoP', `${path}?_summary=true`)).status).toBe(404);
});

test('a client that nobody here wrote follows nonce and proof', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(gateway.url);
  const server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
  );
  const client = { client_id: 'linde' };
  const keys = await oauth.generateKeyPair('ES256');
  const DPoP = oauth.DPoP({}, keys);
  const authenticated = oauth.PrivateKeyJwt(
    { key: key.privateKey, kid: key.kid },
    { [oauth.modifyAssertion]: (_, payload) => void Object.assign(payload, { aud: gateway.tokenUrl }) },
  );
  const scope = new URLSearchParams({ scope: 'system/*.rs' });
  const granted = async () =>
    oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(server, client, authenticated, scope, { DPoP, ...insecure }),
    );
  const answer = await granted().catch((error) => {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return granted();
  });
  const url = new URL(`${gateway.fhir}/Task?status=requested`);
  const found = await oauth.protectedResourceRequest(answer.access_token, 'GET', url, undefined, undefined, {
    DPoP,
    ...insecure,
  });
  expect(found.status).toBe(200);
});

describe('a proof is refused', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const wrong: readonly (readonly [string, () => Promise<string | undefined>])[] = [
    ['when there is none', async () => undefined],
    ['of another key', () => atTask({}, other)],
    ['for another method', () => atTask({ htm: 'POST' })],
    ['for another address', () => atTask({ htu: `${gateway.url}/fhir/Task/y` })],
    ['for another host', () => atTask({ htu: `http://other.example${path}` })],
    ['for another token', () => atTask({ ath: createHash('sha256').update('x').digest('base64url') })],
    ['without a token', () => atTask({ ath: undefined })],
    ['that is old', () => atTask({ iat: seconds() - 120 })],
    ['of the future', () => atTask({ iat: seconds() + 120 })],
    ['without an id', () => atTask({ jti: undefined })],
    ['of another type', () => atTask({}, proving, { typ: 'JWT' })],
    ['with a private key', () => atTask({}, proving, { jwk: proving.privateJwk })],
    ['signed by another key than it shows', () => atTask({}, proving, { jwk: other.publicJwk })],
    ['that is nonsense', async () => 'a.b.c'],
  ];
  test.each(wrong)('%s', async (_, proof) => {
    const answer = await read(await proof());
    expect([answer.status, rulesOf(answer)]).toEqual([401, ['login-proof-invalid']]);
  });

  test('with an old nonce, and the answer has a new one', async () => {
    const answer = await read(await atTask({ nonce: 'old' }));
    expect(rulesOf(answer)).toEqual(['login-proof-nonce']);
    expect(answer.headers['dpop-nonce']).toBe(nonce);
    expect(answer.headers['www-authenticate']).toContain('use_dpop_nonce');
  });
});

test('a bound token is no bearer token, and a static token is not bound', async () => {
  expect(rulesOf(await read(undefined, 'Bearer'))).toEqual(['login-proof-invalid']);
  expect(rulesOf(await read(await atTask(), 'Bearer'))).toEqual(['login-proof-invalid']);
  const answer = await gateway.ask('GET', path, {
    headers: { authorization: 'DPoP demo-gp-de-linde', dpop: await atTask() },
  });
  expect(rulesOf(answer)).toEqual(['login-proof-invalid']);
});

test('a client whose tokens must be bound gets none without a proof, or with one that was used', async () => {
  const without = await gateway.token(clientForm(await assertion()));
  expect(JSON.parse(without.text).error).toBe('invalid_dpop_proof');
  const proof = await atEndpoint();
  expect((await request(proof)).status).toBe(200);
  expect(JSON.parse((await request(proof)).text).error).toBe('invalid_dpop_proof');
  for (const claims of [{ htu: `${gateway.url}/oauth2/other` }, { htm: 'GET' }])
    expect(JSON.parse((await request(await atEndpoint(claims))).text).error).toBe('invalid_dpop_proof');
});
