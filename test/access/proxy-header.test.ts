import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { openTls, type Tls } from '../../src/main/tls/tls.ts';
import { type Made, makeCertificate, uziName } from '../support/access/certificates.ts';
import { type LoginGateway, startLoginGateway } from '../support/access/login-gateway.ts';
import { rulesOf } from '../support/test-gateway.ts';

const ura = '99991111';
const ca = makeCertificate({ name: 'Test CA' });
const client = makeCertificate({ name: 'linde', by: ca, names: [uziName(ura)] });
const stranger = makeCertificate({ name: 'other', by: ca, names: [uziName('99992222')] });
const municipality = makeCertificate({ name: 'gemeente', by: ca, oin: '00000001234567890000' });

/** Both forms in which proxies write a certificate. */
const rfc9440 = ({ certificate }: Made) => `:${certificate.raw.toString('base64')}:`;
const escaped = ({ pem }: Made) => encodeURIComponent(pem);

const openProxy = async (addresses: readonly string[]): Promise<Tls> => {
  const settings = { kind: 'proxy', clientCertificate: 'required', addresses, header: 'client-cert' } as const;
  const opened = await openTls(settings, silent);
  if (!opened.ok) throw new Error('no TLS');
  return opened.value;
};

const partners = {
  'gp-de-linde': {
    logins: [{ kind: 'certificate', clientId: 'linde', scopes: 'system/*.rs' }],
    certificates: [{ ura }],
  },
  'gp-veenzicht': {
    logins: [{ kind: 'certificate', clientId: 'veenzicht', scopes: 'system/*.rs' }],
    certificates: [{ oin: '00000001234567890000' }],
  },
} as const;

let behind: LoginGateway;
let spoofed: LoginGateway;
let without: LoginGateway;
beforeAll(async () => {
  behind = await startLoginGateway(partners, { tls: await openProxy(['127.0.0.1']) });
  spoofed = await startLoginGateway(partners, { tls: await openProxy(['10.1.2.3']) });
  without = await startLoginGateway(partners);
}, 60_000);
afterAll(() => Promise.all([behind, spoofed, without].map((it) => it?.stop())));

const form = (id = 'linde') => ({ grant_type: 'client_credentials', client_id: id, scope: 'system/Task.rs' });
const token = async (header: string, id?: string) => behind.token(form(id), { 'client-cert': header });
const read = (gateway: LoginGateway, bearer: string, headers: Readonly<Record<string, string>> = {}) =>
  gateway.ask('GET', '/fhir/Task/x', { token: bearer, headers });

test.each([
  ['as RFC 9440 writes it', rfc9440],
  ['as nginx writes it', escaped],
])('a certificate in the header of the proxy, %s, is that of the client', async (_, write) => {
  const answer = await token(write(client));
  expect(answer.status, answer.text).toBe(200);
  const { access_token: bearer } = JSON.parse(answer.text);
  expect((await read(behind, bearer, { 'client-cert': write(client) })).status).toBe(404);
  expect(rulesOf(await read(behind, bearer, { 'client-cert': write(stranger) }))).toEqual([
    'login-certificate-mismatch',
  ]);
  expect(rulesOf(await read(behind, bearer))).toEqual(['login-certificate-missing']);
});

test('a municipality is recognised by the OIN of its certificate', async () => {
  expect((await token(rfc9440(municipality), 'veenzicht')).status).toBe(200);
  expect((await token(rfc9440(municipality))).status).toBe(401);
});

test.each<[string, string]>([
  ['nonsense', 'x'],
  ['an empty certificate', '::'],
  ['two certificates', `${rfc9440(client)}, ${rfc9440(client)}`],
  ['a certificate with another after it', `${rfc9440(client)}${rfc9440(stranger)}`],
  ['half an escape', '%E0%A4%A'],
])('%s in the header of the proxy is refused, not ignored', async (_, header) => {
  expect(rulesOf(await read(behind, 'demo-gp-de-linde', { 'client-cert': header }))).toEqual([
    'certificate-header-untrusted',
  ]);
});

test('the header of anybody but the proxy is refused, and without a proxy it means nothing', async () => {
  const header = { 'client-cert': rfc9440(client), 'x-forwarded-for': '10.1.2.3' };
  const refused = await read(spoofed, 'demo-gp-de-linde', header);
  expect([refused.status, rulesOf(refused)]).toEqual([403, ['certificate-header-untrusted']]);
  expect(JSON.parse((await spoofed.token(form(), header)).text).error).toBe('invalid_client');
  expect(rulesOf(await read(spoofed, 'demo-gp-de-linde'))).toEqual(['login-certificate-missing']);
  expect(JSON.parse((await without.token(form(), header)).text).error).toBe('invalid_client');
  expect((await read(without, 'demo-gp-de-linde', header)).status).toBe(404);
});
