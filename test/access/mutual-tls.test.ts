import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { readTlsSettings } from '../../src/main/tls/settings.ts';
import { openTls, type Tls } from '../../src/main/tls/tls.ts';
import {
  listPem,
  loopbackName,
  type Made,
  makeCertificate,
  makeList,
  uriName,
  uziName,
} from '../support/access/certificates.ts';
import { type LoginGateway, startLoginGateway } from '../support/access/login-gateway.ts';
import { mgn } from '../support/cli/mgn.ts';

const ura = '99991111';
const ca = makeCertificate({ name: 'Test CA' });
const server = makeCertificate({ name: 'gateway', by: ca, names: [loopbackName] });
const client = makeCertificate({ name: 'linde', by: ca, names: [uziName(ura)] });
const stranger = makeCertificate({ name: 'other', by: ca, names: [uziName('99992222')] });
const doctor = makeCertificate({ name: 'doctor', by: ca, names: [uziName(ura, 'Z')] });
const forged = makeCertificate({ name: 'forged', by: makeCertificate({ name: 'Test CA' }), names: [uziName(ura)] });
const expired = makeCertificate({ name: 'expired', by: ca, names: [uziName(ura)], days: -1 });

let folder: string;
let gateway: LoginGateway;
let tls: Tls;

const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);

async function openAt(more = '', file = 'tls.yaml', crl = '[ca.crl]'): Promise<Tls> {
  write(
    file,
    `certificate: server.pem\nkey: server.key\nclient-ca: ca.pem\ncrl: ${crl}\nreload-every-seconds: 3600\n${more}`,
  );
  const settings = await readTlsSettings(join(folder, file));
  if (!settings.ok) throw new Error(JSON.stringify(settings.issues));
  const opened = await openTls(settings.value, silent);
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  return opened.value;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-tls-'));
  write('server.pem', server.pem);
  write('server.key', server.key);
  write('ca.pem', ca.pem);
  write('ca.crl', listPem(makeList(ca)));
  tls = await openAt();
  gateway = await startLoginGateway(
    {
      'gp-de-linde': {
        logins: [{ kind: 'certificate', clientId: 'linde', scopes: 'system/*.rs' }],
        certificates: [{ ura }],
      },
      'gp-veenzicht': {
        logins: [{ kind: 'certificate', clientId: 'veenzicht', scopes: 'system/*.rs' }],
        certificates: [{ ura: '99992222' }],
      },
    },
    { tls, scheme: 'https' },
  );
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  write('ca.crl', listPem(makeList(ca)));
  await tls.reload();
});

type Sent = {
  readonly by?: Made | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
  readonly more?: ConnectionOptions;
};

const send = (path: string, { by, method = 'GET', headers = {}, body, agent, more = {} }: Sent = {}) =>
  new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const sent = httpsRequest(
      `${gateway.url}${path}`,
      {
        method,
        headers,
        ca: ca.pem,
        agent: agent ?? new Agent({ keepAlive: false }),
        ...(by ? { cert: by.pem, key: by.key } : {}),
        ...more,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text })).on('error', reject);
      },
    );
    sent.on('error', reject).end(body);
  });

const requestToken = (by: Made | undefined, id = 'linde') =>
  send('/oauth2/token', {
    by,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=client_credentials&client_id=${id}&scope=system%2FTask.rs`,
  });

const tokenOf = async (by: Made): Promise<string> => JSON.parse((await requestToken(by)).text).access_token;
const read = (by: Made | undefined, token: string, agent?: Agent) =>
  send('/fhir/Task/x', { by, headers: { authorization: `Bearer ${token}` }, ...(agent ? { agent } : {}) });

test('a client certificate with the URA of the partner gets a token, which works with it and with no other', async () => {
  const token = await tokenOf(client);
  expect((await read(client, token)).status).toBe(404);
  const other = await read(stranger, token);
  expect([other.status, other.text]).toEqual([401, expect.stringContaining('login-certificate-mismatch')]);
  const renewed = makeCertificate({ name: 'linde', by: ca, names: [uriName(`urn:oid:2.16.528.1.1007.3.3.${ura}`)] });
  expect((await read(renewed, token)).text).toContain('login-certificate-mismatch');
  expect((await read(renewed, await tokenOf(renewed))).status).toBe(404);
});

test.each([
  ['of another partner', stranger],
  ['of a person', doctor],
])('a certificate %s is refused, and so is a static token with it', async (_, by) => {
  const refused = await requestToken(by);
  expect([refused.status, JSON.parse(refused.text).error]).toEqual([401, 'invalid_client']);
  expect((await read(by, 'demo-gp-de-linde')).text).toContain('login-certificate-mismatch');
});

test.each<[string, Made | undefined, ConnectionOptions]>([
  ['no certificate', undefined, {}],
  ['a certificate of another CA', forged, {}],
  ['an expired certificate', expired, {}],
  ['TLS 1.2', client, { maxVersion: 'TLSv1.2' }],
])('%s ends the connection', async (_, by, more) => {
  await expect(send('/healthz', { by, more })).rejects.toThrow();
});

test('a revoked client is refused after the reload: a new connection, an open one, and one that is resumed', async () => {
  const revoked = makeCertificate({ name: 'revoked', by: ca, names: [uziName(ura)] });
  const token = await tokenOf(revoked);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await read(revoked, token, agent)).status).toBe(404);
  const session = await sessionOf(revoked);
  expect((await send('/healthz', { by: revoked, more: { session } })).status).toBe(200);
  const again = await sessionOf(revoked);
  write('ca.crl', listPem(makeList(ca, [revoked])));
  await tls.reload();
  await expect(read(revoked, token, agent)).rejects.toThrow();
  await expect(read(revoked, token)).rejects.toThrow();
  await expect(send('/healthz', { by: revoked, more: { session: again } })).rejects.toThrow();
  agent.destroy();
  expect((await read(client, await tokenOf(client))).status).toBe(404);
});

/** A session as a client remembers it, to resume it without showing its certificate again. */
const sessionOf = (by: Made) =>
  new Promise<Buffer>((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect({ host: hostname, port: Number(port), ca: ca.pem, cert: by.pem, key: by.key });
    socket.once('session', (session) => {
      socket.destroy();
      resolve(session);
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'));
  });

test('a certificate of the server is replaced without a restart, and a file that does not fit is not used', async () => {
  const next = makeCertificate({ name: 'next', by: ca, names: [loopbackName], days: 10 });
  write('server.pem', next.pem);
  await tls.reload();
  expect(JSON.parse((await send('/readyz', { by: client })).text).tls).toMatchObject({ reload: 'failed' });
  expect((await send('/metrics', { by: client })).text).toContain('mgn_tls_reload_failed 1');
  write('server.key', next.key);
  await tls.reload();
  const ready = JSON.parse((await send('/readyz', { by: client })).text);
  expect(ready.tls).toBeUndefined();
  const own = ready.certificates.find(({ name }: { name: string }) => name === 'server');
  expect(own).toMatchObject({ days: 9, warning: 'expires soon' });
  expect(ready.certificates.find(({ name }: { name: string }) => name === 'client-ca 1').warning).toBeUndefined();
  expect((await send('/metrics', { by: client })).text).toMatch(/expiry_timestamp_seconds\{name="server"\} \d{10}/);
  write('server.pem', server.pem);
  write('server.key', server.key);
  await tls.reload();
});

test('a revocation list that has ended refuses every client, and is announced', async () => {
  write('ca.crl', listPem(makeList(ca, [], -1, Date.now() - 7_200_000)));
  await tls.reload();
  expect(
    tls
      .state()
      .expiries.find(({ kind }) => kind === 'crl')
      ?.expires.getTime(),
  ).toBeLessThan(Date.now());
  await expect(send('/healthz', { by: client })).rejects.toThrow();
});

test('a list is fetched from its address, in DER; garbage and an older list change nothing', async () => {
  let list: Uint8Array = makeList(ca);
  const published = createServer((_, response) => response.end(list));
  await new Promise<void>((resolve) => published.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(published.address() as AddressInfo).port}/ca.crl`;
  const fetching = await openAt('', 'fetch.yaml', `['${url}']`);
  const until = () =>
    fetching
      .state()
      .expiries.find(({ kind }) => kind === 'crl')
      ?.expires.getTime();
  const first = until();
  list = makeList(ca, [], 48);
  await fetching.reload();
  expect(until()).toBeGreaterThan(first ?? 0);
  const second = until();
  for (const worse of [Buffer.from('<html>'), makeList(ca, [], 96, Date.now() - 3_600_000)]) {
    list = worse;
    await fetching.reload();
    expect([until(), fetching.state().failed]).toEqual([second, ['crl-not-fetched']]);
  }
  await fetching.stop();
  published.close();
});

test.each<[string, string, string]>([
  ['a list is missing', 'client-ca: ca.pem', 'config-key-missing'],
  ['a key is missing', '', 'config-key-missing'],
  ['there is a proxy too', 'key: server.key\nproxy: { addresses: [127.0.0.1] }', 'config-value-invalid'],
])('tls.yaml is refused when %s', async (_, more, rule) => {
  write('wrong.yaml', `certificate: server.pem\n${more}\n${more.includes('ca.pem') ? 'key: server.key\n' : ''}`);
  const settings = await readTlsSettings(join(folder, 'wrong.yaml'));
  expect(settings.issues.map((it) => it.rule)).toContain(rule);
});

test.each([
  ['a file that is absent', 'key: none.key'],
  ['a key of another certificate', 'key: other.key'],
  ['a certificate that is none', 'key: server.key\nclient-ca: server.key\ncrl: [ca.crl]'],
  ['a list that is none', 'key: server.key\nclient-ca: ca.pem\ncrl: [ca.pem]'],
])('TLS does not open with %s', async (_, more) => {
  write('other.key', client.key);
  write('unusable.yaml', `certificate: server.pem\n${more}\n`);
  const settings = await readTlsSettings(join(folder, 'unusable.yaml'));
  if (!settings.ok) throw new Error(JSON.stringify(settings.issues));
  const opened = await openTls(settings.value, silent);
  expect(opened.issues.map(({ rule }) => rule)).toEqual(['tls-file-invalid']);
});

test('mgn serve refuses to start with a file of TLS that is not usable', async () => {
  write('serve.yaml', 'certificate: server.pem\nkey: ca.pem\n');
  const refused = await mgn(['serve', '--tls', join(folder, 'serve.yaml'), '--store', 'sqlite::memory:']);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('tls-file-invalid')]);
  const missing = await mgn(['serve', '--tls', join(folder, 'none.yaml'), '--store', 'sqlite::memory:']);
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('config-unreadable')]);
});

test('where certificates are optional a client without one reads /healthz and cannot use a bound token', async () => {
  const optional = await openAt('client-certificate: optional\n', 'optional.yaml');
  const before = gateway;
  gateway = await startLoginGateway(
    {
      'gp-de-linde': {
        logins: [{ kind: 'certificate', clientId: 'linde', scopes: 'system/*.rs' }],
        certificates: [{ ura }],
      },
    },
    { tls: optional, scheme: 'https' },
  );
  try {
    expect((await send('/healthz')).status).toBe(200);
    await expect(send('/healthz', { by: forged })).rejects.toThrow();
    const token = await tokenOf(client);
    expect((await read(client, token)).status).toBe(404);
    expect((await read(undefined, token)).text).toContain('login-certificate-missing');
    expect(JSON.parse((await requestToken(undefined)).text).error).toBe('invalid_client');
  } finally {
    await gateway.stop();
    gateway = before;
  }
});
