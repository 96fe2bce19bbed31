import { sign } from 'node:crypto';
import { exportPKCS8 } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLogin } from '../../src/main/login.ts';
import { mutateJson, mutateText } from '../fuzz/mutate.ts';
import {
  clientForm,
  inline,
  type KeyOfClient,
  keyOf,
  type LoginGateway,
  startLoginGateway,
} from '../support/access/login-gateway.ts';
import { runs } from '../support/long.ts';
import { random } from '../support/random.ts';

let gateway: LoginGateway;
let key: KeyOfClient;
beforeAll(async () => {
  key = await keyOf('ES384');
  gateway = await startLoginGateway({
    'gp-de-linde': {
      logins: [{ kind: 'backend-services', clientId: 'linde', scopes: 'system/*.rs', keys: inline(key) }],
    },
  });
});
afterAll(() => gateway?.stop());

const base64 = (it: unknown): string => Buffer.from(JSON.stringify(it) ?? '').toString('base64url');

test('whatever a signed assertion, a proof or a form says, the answer is a token or a finding, never a fault', async () => {
  const it = random(20_261_130);
  const { store, world } = gateway.running.gateway;
  const { tokenEndpoint } = openLogin({
    network: () => gateway.running.gateway.network,
    store,
    world,
    readDocument: async () => undefined,
    send: async () => new Response(null, { status: 404 }),
  });
  const privateKey = await exportPKCS8(key.privateKey);
  const signed = (header: unknown, claims: unknown): string => {
    const text = `${base64(header)}.${base64(claims)}`;
    return `${text}.${sign('sha384', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  const kinds = new Set<string>();
  for (let n = 0; n < runs(2_000); n++) {
    const seconds = Math.floor(Date.now() / 1000);
    const header = { alg: 'ES384', kid: key.kid, typ: 'JWT' };
    const claims = {
      iss: 'linde',
      sub: 'linde',
      aud: tokenEndpoint.address,
      iat: seconds,
      exp: seconds + 200,
      jti: `${n}`,
    };
    const { kty, crv, x, y } = key.publicJwk;
    const proofHeader = { alg: 'ES384', typ: 'dpop+jwt', jwk: { kty, crv, x, y } };
    const nonce = tokenEndpoint.nonce(new Date());
    const proof = { htm: 'POST', htu: tokenEndpoint.address, iat: seconds, jti: `p${n}`, nonce };
    const change = (document: unknown): unknown => (it.chance(0.3) ? mutateJson(document, it) : document);
    const assertion = signed(change(header), change(claims));
    const form = new URLSearchParams(
      clientForm(it.chance(0.2) ? mutateText(assertion, it) : assertion, 'system/Task.r'),
    );
    const asForm = it.chance(0.1) ? new URLSearchParams(mutateText(form.toString(), it)) : form;
    const dpop = it.chance(0.5) ? signed(change(proofHeader), change(proof)) : undefined;
    const answer = await tokenEndpoint.grant({ form: asForm, dpop, address: `${n}` }, new Date());
    kinds.add(answer.kind === 'granted' ? answer.body.token_type : (answer.issues[0]?.rule ?? 'none'));
  }
  expect([...kinds]).toEqual(
    expect.arrayContaining(['Bearer', 'DPoP', 'token-assertion-invalid', 'login-proof-invalid']),
  );
  expect([...kinds]).not.toContain('none');
});
