import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  inline,
  type KeyOfClient,
  keyOf,
  type LoginGateway,
  proofOf,
  startLoginGateway,
} from '../support/access/login-gateway.ts';

let gateway: LoginGateway;
let issuer: KeyOfClient;
let holder: KeyOfClient;
let proving: KeyOfClient;
let nonce = '';

const ura = '11000001';
const didOf = ({ publicJwk: { kty, crv, x, y } }: KeyOfClient): string =>
  `did:jwk:${Buffer.from(JSON.stringify({ kty, crv, x, y })).toString('base64url')}`;
const later = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

type Change = {
  readonly vp?: Readonly<Record<string, unknown>>;
  readonly vc?: Readonly<Record<string, unknown>>;
  readonly by?: KeyOfClient;
  readonly credentialBy?: KeyOfClient;
};

async function presentation({ vp, vc, by = holder, credentialBy = issuer }: Change = {}): Promise<string> {
  const credential = await new SignJWT({
    iss: 'did:web:issuer.example',
    sub: didOf(holder),
    exp: later(3_600),
    vc: { type: ['VerifiableCredential'], credentialSubject: { id: didOf(holder), ura } },
    ...vc,
  })
    .setProtectedHeader({ alg: 'ES384', kid: issuer.kid })
    .sign(credentialBy.privateKey);
  return new SignJWT({
    iss: didOf(holder),
    aud: gateway.tokenUrl,
    exp: later(120),
    jti: randomUUID(),
    vp: { type: ['VerifiablePresentation'], verifiableCredential: [credential] },
    ...vp,
  })
    .setProtectedHeader({ alg: 'ES384', typ: 'JWT' })
    .sign(by.privateKey);
}

const proof = () => proofOf(proving, { htm: 'POST', htu: gateway.tokenUrl, nonce });
const request = async (assertion: string, dpop?: string) =>
  gateway.token(
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, scope: 'system/Task.rs' },
    { dpop: dpop ?? (await proof()) },
  );

beforeAll(async () => {
  [issuer, holder, proving] = await Promise.all([keyOf('ES384'), keyOf('ES384'), keyOf('ES256')]);
  gateway = await startLoginGateway(
    {
      'gp-de-linde': {
        logins: [{ kind: 'presentation', clientId: 'linde', scopes: 'system/*.rs' }],
        certificates: [{ ura }],
      },
    },
    {},
    { trustedIssuers: [{ id: 'did:web:issuer.example', keys: inline(issuer).inline }] },
  );
  const first = await request(await presentation());
  expect(JSON.parse(first.text).error).toBe('use_dpop_nonce');
  nonce = String(first.headers['dpop-nonce']);
});
afterAll(() => gateway?.stop());

test('a presentation with the URA of a partner becomes a token that is bound to the key of the proof', async () => {
  const answer = await request(await presentation());
  expect(JSON.parse(answer.text)).toMatchObject({ token_type: 'DPoP', scope: 'system/Task.rs' });
});

test('a presentation is used once, and never without a proof', async () => {
  const once = await presentation();
  expect((await request(once)).status).toBe(200);
  expect(JSON.parse((await request(once)).text).error).toBe('invalid_grant');
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', scope: 'system/Task.rs' };
  const without = await gateway.token({ ...grant, assertion: await presentation() });
  expect(JSON.parse(without.text).error).toBe('invalid_dpop_proof');
  expect(JSON.parse((await gateway.token(grant)).text).error).toBe('invalid_request');
});

test.each<[string, () => Change]>([
  ['of another audience', () => ({ vp: { aud: 'https://other.example/oauth2/token' } })],
  ['that has expired', () => ({ vp: { exp: later(-60) } })],
  ['that is valid too long', () => ({ vp: { exp: later(600) } })],
  ['without an id', () => ({ vp: { jti: '' } })],
  ['not signed by its holder', () => ({ by: issuer })],
  ['of a holder that is no did:jwk', () => ({ vp: { iss: 'did:web:holder.example' } })],
  ['without a credential', () => ({ vp: { vp: {} } })],
  ['with a credential of an unknown issuer', () => ({ vc: { iss: 'did:web:other.example' } })],
  ['with a credential that its issuer did not sign', () => ({ credentialBy: holder })],
  ['with a credential about somebody else', () => ({ vc: { sub: didOf(issuer) } })],
  ['with an expired credential', () => ({ vc: { exp: later(-60) } })],
  ['without a URA', () => ({ vc: { vc: { credentialSubject: {} } } })],
  ['of a URA without a partner', () => ({ vc: { vc: { credentialSubject: { ura: '99999999' } } } })],
])('a presentation %s is refused', async (_, change) => {
  const answer = await request(await presentation(change()));
  expect([answer.status, JSON.parse(answer.text).error]).toEqual([400, 'invalid_grant']);
});
