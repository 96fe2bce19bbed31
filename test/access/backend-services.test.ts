import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  assertionOf,
  clientForm,
  inline,
  type KeyOfClient,
  keyOf,
  type LoginGateway,
  startLoginGateway,
} from '../support/access/login-gateway.ts';
import { referralText } from '../support/exchange/example-referral.ts';

import { locationOf, rulesOf } from '../support/test-gateway.ts';

let gateway: LoginGateway;
let key: KeyOfClient;
let other: KeyOfClient;

beforeAll(async () => {
  [key, other] = await Promise.all([keyOf('ES384'), keyOf('RS384')]);
  gateway = await startLoginGateway({
    'gp-de-linde': {
      logins: [
        { kind: 'backend-services', clientId: 'linde', scopes: 'system/*.cruds', keys: inline(key, other) },
        {
          kind: 'backend-services',
          clientId: 'linde-reads',
          scopes: 'system/Task.rs system/ServiceRequest.r',
          keys: inline(key),
        },
      ],
    },
    'gp-veenzicht': {
      logins: [
        {
          kind: 'backend-services',
          clientId: 'veenzicht',
          scopes: 'system/*.rs',
          keys: inline(await keyOf('ES384', key.kid)),
        },
      ],
    },
  });
}, 60_000);
afterAll(() => gateway?.stop());

const assertion = (more: Partial<Parameters<typeof assertionOf>[1]> = {}, by: KeyOfClient = key) =>
  assertionOf(by, { client: 'linde', audience: gateway.tokenUrl, ...more });

const tokenWith = async (scope: string, client = 'linde'): Promise<string> => {
  const answer = await gateway.token(clientForm(await assertion({ client }), scope));
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text).access_token;
};

const errorOf = ({ status, text }: { readonly status: number; readonly text: string }) => {
  const { error, error_description: description } = JSON.parse(text);
  return [status, error, String(description).split(':')[0]];
};

test('a client that nobody here wrote discovers the endpoint, gets a token, creates and reads', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(gateway.url);
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  expect(server.token_endpoint_auth_signing_alg_values_supported).toEqual(['RS384', 'ES384']);
  for (const by of [key, other]) {
    // the library puts the issuer into `aud`; SMART wants the endpoint
    const authenticated = oauth.PrivateKeyJwt(
      { key: by.privateKey, kid: by.kid },
      { [oauth.modifyAssertion]: (_, payload) => void Object.assign(payload, { aud: gateway.tokenUrl }) },
    );
    const scope = new URLSearchParams({ scope: 'system/*.crus' });
    const answer = await oauth.clientCredentialsGrantRequest(
      server,
      { client_id: 'linde' },
      authenticated,
      scope,
      insecure,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const token = await oauth.processClientCredentialsResponse(server, { client_id: 'linde' }, answer);
    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'system/*.crus' });
    const sent = await gateway.ask('POST', '/fhir', { token: token.access_token, body: referralText });
    expect(sent.status, sent.text).toBe(200);
    const read = await gateway.ask('GET', `/fhir/${locationOf(sent, 'Task')}`, { token: token.access_token });
    expect(read.status).toBe(200);
  }
});

test('SMART discovery is at the root and at the FHIR base', async () => {
  for (const at of ['', '/fhir']) {
    const answer = await gateway.ask('GET', `${at}/.well-known/smart-configuration`);
    expect(JSON.parse(answer.text)).toMatchObject({
      token_endpoint: gateway.tokenUrl,
      capabilities: expect.arrayContaining(['client-confidential-asymmetric', 'permission-v2']),
    });
  }
});

describe('an assertion is refused', () => {
  const now = Math.floor(Date.now() / 1000);
  const refusals: readonly (readonly [string, Partial<Parameters<typeof assertionOf>[1]>, string])[] = [
    ['that has expired', { claims: { exp: now - 60 } }, 'token-assertion-invalid'],
    ['that is valid for over 5 minutes', { claims: { exp: now + 400 } }, 'token-assertion-invalid'],
    ['without an end', { claims: { exp: undefined } }, 'token-assertion-invalid'],
    ['with an end that is no number', { claims: { exp: `${now + 100}` } }, 'token-assertion-invalid'],
    ['that begins later', { claims: { nbf: now + 120 } }, 'token-assertion-invalid'],
    ['for another address', { audience: 'https://other.example/oauth2/token' }, 'token-assertion-invalid'],
    ['for this address and another', { audience: ['https://other.example', 'AUD'] }, 'token-assertion-invalid'],
    ['for the address with a slash', { audience: 'AUD/' }, 'token-assertion-invalid'],
    ['without a jti', { claims: { jti: undefined } }, 'token-assertion-invalid'],
    ['by one client about another', { claims: { sub: 'veenzicht' } }, 'token-assertion-invalid'],
    ['that brings its own key', { header: { jwk: {} } }, 'token-assertion-invalid'],
    ['with a path as kid', { header: { kid: '../../dev/null' } }, 'token-client-refused'],
    ['with a kid in two lines', { header: { kid: 'a\nb' } }, 'token-assertion-invalid'],
    ['with a type that is no text', { header: { typ: { toString: 1 } as never } }, 'token-assertion-invalid'],
    ['of a client that does not exist', { client: 'nobody' }, 'token-client-refused'],
    ['of another client', { client: 'veenzicht' }, 'token-client-refused'],
  ];
  test.each(refusals)('%s', async (_, more, code) => {
    const at = (it: unknown): unknown => (typeof it === 'string' ? it.replace('AUD', gateway.tokenUrl) : it);
    const audience = Array.isArray(more.audience) ? more.audience.map(at) : at(more.audience ?? 'AUD');
    const answer = await gateway.token(clientForm(await assertion({ ...more, audience })));
    expect(errorOf(answer)).toEqual([401, 'invalid_client', code]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('without a signature, or with the public key as a secret', async () => {
    const [, payload = ''] = (await assertion()).split('.');
    const header = (it: object) => Buffer.from(JSON.stringify(it)).toString('base64url');
    const { createHmac } = await import('node:crypto');
    const signed = `${header({ alg: 'HS256', kid: key.kid })}.${payload}`;
    const mac = createHmac('sha256', JSON.stringify(key.publicJwk)).update(signed).digest('base64url');
    for (const text of [`${header({ alg: 'none', kid: key.kid })}.${payload}.`, `${signed}.${mac}`, 'a.b', 'a.b.c', ''])
      expect(errorOf(await gateway.token(clientForm(text)))[1]).toBe('invalid_client');
  });

  test('that was used before', async () => {
    const text = await assertion();
    expect((await gateway.token(clientForm(text))).status).toBe(200);
    expect(errorOf(await gateway.token(clientForm(text)))).toEqual([401, 'invalid_client', 'token-client-refused']);
    const sameId = await assertion({ claims: { jti: 'one' } });
    expect((await gateway.token(clientForm(sameId))).status).toBe(200);
    const again = await assertion({ claims: { jti: 'one' } });
    expect((await gateway.token(clientForm(again))).status).toBe(401);
  });

  test('no answer shows whether a client exists', async () => {
    const texts = [
      await assertion({ client: 'nobody' }),
      await assertion({}, await keyOf('ES384', key.kid)),
      await assertion({}, await keyOf('ES384')),
    ];
    const answers = await Promise.all(texts.map((it) => gateway.token(clientForm(it))));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  });
});

test('a clock that is half a minute ahead or behind is no mistake', async () => {
  const now = Math.floor(Date.now() / 1000);
  for (const shift of [-25, 25]) {
    const claims = { iat: now + shift, exp: now + shift + (shift < 0 ? 20 : 300) };
    expect((await gateway.token(clientForm(await assertion({ claims })))).status).toBe(200);
  }
});

test.each([
  [{ grant_type: 'password' }, 'unsupported_grant_type'],
  [{ grant_type: '' }, 'unsupported_grant_type'],
  [{ scope: '' }, 'invalid_scope'],
  [{ scope: 'patient/*.read openid' }, 'invalid_scope'],
  [{ scope: 'system/Task.dc system/Unknown.r system/Task.r?status=requested' }, 'invalid_scope'],
  [{ scope: 'mgn/operate' }, 'invalid_scope'],
  [{ client_assertion_type: 'other' }, 'invalid_request'],
  [{ client_id: 'veenzicht' }, 'invalid_client'],
  [{ client_secret: 'secret' }, 'invalid_client'],
])('a token request with %j is refused as %s', async (change, error) => {
  const answer = await gateway.token({ ...clientForm(await assertion()), ...change });
  expect(errorOf(answer)[1]).toBe(error);
});

test('a token request that is no form, or says something twice, is refused', async () => {
  const form = new URLSearchParams(clientForm(await assertion())).toString();
  const post = (body: string, contentType: string) =>
    gateway.ask('POST', '/oauth2/token', { body, contentType, requestId: null });
  const type = 'application/x-www-form-urlencoded';
  expect(errorOf(await post('{}', 'application/json'))[1]).toBe('invalid_request');
  expect(errorOf(await post(`${form}&scope=system%2FTask.r`, type))[1]).toBe('invalid_request');
  expect(errorOf(await post('scope=x', type))[1]).toBe('invalid_request');
  expect(errorOf(await post('grant_type=client_credentials', type))[1]).toBe('invalid_request');
});

describe('scopes', () => {
  test.each([
    ['system/*.cruds', 'linde-reads', 'system/Task.rs system/ServiceRequest.r'],
    ['system/Task.read', 'linde', 'system/Task.rs'],
    ['system/Task.*', 'linde-reads', 'system/Task.rs'],
    ['system/Task.r system/Patient.r', 'linde-reads', 'system/Task.r'],
  ])('%s of client %s becomes %s', async (requested, client, granted) => {
    const answer = await gateway.token(clientForm(await assertion({ client }), requested));
    expect(JSON.parse(answer.text).scope).toBe(granted);
  });

  test('a token does what its scopes say and nothing more', async () => {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const [task = '', order = ''] = ['Task', 'ServiceRequest'].map((it) => locationOf(sent, it));
    const token = await tokenWith('system/Task.r');
    expect((await gateway.ask('GET', `/fhir/${task}`, { token })).status).toBe(200);
    expect((await gateway.ask('GET', '/fhir/metadata', { token })).status).toBe(200);
    const body = '{"resourceType":"Task"}';
    const beyond = [
      await gateway.ask('GET', '/fhir/Task?status=requested', { token }),
      await gateway.ask('POST', '/fhir/Task/_search', {
        token,
        body: '',
        contentType: 'application/x-www-form-urlencoded',
      }),
      await gateway.ask('GET', `/fhir/${order}`, { token }),
      await gateway.ask('GET', `/fhir/${order}/$case`, { token }),
      await gateway.ask('POST', '/fhir/Task', { token, body }),
      await gateway.ask('PUT', `/fhir/${task}`, { token, body, headers: { 'if-match': 'W/"1"' } }),
      await gateway.ask('PATCH', `/fhir/${task}`, { token, body: '[]', contentType: 'application/json-patch+json' }),
      await gateway.ask('POST', '/fhir', { token, body: referralText }),
      await gateway.ask('GET', '/dead-letters', { token }),
      await gateway.ask('POST', '/configuration/$activate', { token, body: '{}' }),
      await gateway.ask('POST', '/notifications', { token, body }),
    ];
    for (const answer of beyond)
      expect([answer.status, rulesOf(answer)], answer.text).toEqual([403, ['scope-insufficient']]);
    expect(beyond[0]?.headers['www-authenticate']).toContain('insufficient_scope');
    const explained = await gateway.ask('POST', '/fhir/$explain', { token, body: referralText });
    expect(explained.text).toContain('scope-insufficient');
  });

  test('a transaction of moves needs the scope to update', async () => {
    const body = JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          resource: { resourceType: 'Task', id: 'x', status: 'cancelled', intent: 'order' },
          request: { method: 'PUT', url: 'Task/x', ifMatch: 'W/"1"' },
        },
      ],
    });
    const answer = await gateway.ask('POST', '/fhir', { token: await tokenWith('system/Task.crs'), body });
    expect(rulesOf(answer)).toEqual(['scope-insufficient']);
  });

  test('a search includes nothing that the token may not read', async () => {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const id = locationOf(sent, 'Task')?.split('/')[1];
    const search = (token: string) => gateway.ask('GET', `/fhir/Task?_id=${id}&_include=Task:focus`, { token });
    const typesIn = (text: string) =>
      JSON.parse(text).entry.map((it: { resource: { resourceType: string } }) => it.resource.resourceType);
    expect(typesIn((await search(await tokenWith('system/Task.rs'))).text)).toEqual(['Task']);
    expect(typesIn((await search(await tokenWith('system/Task.rs system/ServiceRequest.r'))).text)).toContain(
      'ServiceRequest',
    );
  });
});

test('logins and refusals are in the audit trail, with their exact reason', async () => {
  await gateway.token(clientForm(await assertion({ client: 'nobody' })));
  await tokenWith('system/Task.r');
  const { items } = await gateway.store.audit({ count: 1_000 });
  const logins = items
    .map(({ text }) => JSON.parse(text))
    .filter((it) => it.subtype?.[0]?.code === 'login')
    .map((it) => `${it.outcome} ${it.outcomeDesc ?? it.agent[0].who.identifier?.value}`);
  expect(new Set(logins)).toEqual(expect.objectContaining(new Set(['4 token-client-unknown', '0 gp-de-linde'])));
});

test('a token is worth nothing when it is changed, of another store, or expired', async () => {
  const token = await tokenWith('system/Task.r');
  const read = (it: string) => gateway.ask('GET', '/fhir/Task/x', { token: it });
  expect((await read(token)).status).toBe(404);
  const changed = token.replace(/.(?=.{30}$)/, (it) => (it === 'A' ? 'B' : 'A'));
  expect(rulesOf(await read(changed))).toEqual(['login-unknown']);
  expect(rulesOf(await read(token.replace(/\.\d+\./, '.1.')))).toEqual(['login-unknown']);
  expect(rulesOf(await gateway.ask('GET', '/fhir/Task/x', { headers: { authorization: `DPoP ${token}` } }))).toEqual([
    'login-proof-invalid',
  ]);
});

test('refusals of a client are limited, and nobody else can lock it out', async () => {
  const limited = await startLoginGateway({
    'gp-de-linde': {
      logins: [{ kind: 'backend-services', clientId: 'linde', scopes: 'system/*.r', keys: inline(key) }],
    },
  });
  try {
    const at = { client: 'linde', audience: limited.tokenUrl };
    const wrong = await keyOf('ES384', key.kid);
    for (let n = 0; n < 60; n++) await limited.token(clientForm(await assertionOf(wrong, at)));
    const answer = await limited.token(clientForm(await assertionOf(wrong, at)));
    expect(errorOf(answer)).toEqual([429, 'temporarily_unavailable', 'token-requests-exceeded']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  } finally {
    await limited.stop();
  }
});

test('a token that may not read persons gets no reasons that rest on the person, by an operation on its order', async () => {
  const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  const explain = async (scope: string) => {
    const token = await tokenWith(scope);
    return (await gateway.ask('GET', `/fhir/${locationOf(sent, 'ServiceRequest')}/$explain`, { token })).text;
  };
  const [whole, ofOrder] = [await explain('system/*.r'), await explain('system/ServiceRequest.r')];
  expect(whole.length).toBeGreaterThan(ofOrder.length);
  expect(ofOrder).toBe(await explain('system/ServiceRequest.r system/Task.r'));
});
