import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync, gzip as pack } from 'node:zlib';
import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseXml } from '../../src/fhir/xml.ts';
import { silent } from '../../src/main/log.ts';
import { openStore, type Running, run } from '../../src/main.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { linkOf, restClient } from '../support/rest-client.ts';
import {
  type Asking,
  asker,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

const as = 'registration-team';
let gateway: TestGateway;
let team: ReturnType<typeof restClient>;
let task: string;
beforeAll(async () => {
  gateway = await startGateway();
  team = restClient(gateway, as);
  task = await referred();
  const partner = partnerAt(gateway, as);
  for (const moved of [
    { status: 'received' },
    { status: 'accepted' },
    { status: 'in-progress' },
    { status: 'on-hold', reason: 'patient-choice' },
  ]) {
    const answer = await partner.move(task, moved);
    expect(answer.status, answer.text).toBe(200);
  }
});
afterAll(() => gateway.stop());

const referred = async (asking: Asking = {}): Promise<string> =>
  locationOf(await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText, ...asking }), 'Task')!;

describe('history of an instance', () => {
  const versionsOf = (bundle: Bundle) => bundle.entry?.map(({ resource }) => resource?.meta?.versionId);

  test('newest first, in pages of _count that follow each other', async () => {
    const page = await team.find(`${task}/_history?_count=2`);
    expect([page.type, page.total, versionsOf(page)]).toEqual(['history', 5, ['5', '4']]);
    const second = (await team.follow(page))!;
    const third = (await team.follow(second))!;
    expect([versionsOf(second), versionsOf(third), linkOf(third, 'next')]).toEqual([['3', '2'], ['1'], undefined]);
    expect(linkOf(page, 'self')).toBe(`http://localhost:8080/fhir/${task}/_history?_count=2`);
    expect(versionsOf(await team.find(`${task}/_history?_count=0`))).toEqual([]);
  });

  test('since a moment: at or after it', async () => {
    const all = await team.find(`${task}/_history`);
    const third = all.entry?.[2]?.resource?.meta?.lastUpdated ?? '';
    expect(versionsOf(await team.find(`${task}/_history?_since=${third}`))).toEqual(['5', '4', '3']);
    expect(versionsOf(await team.find(`${task}/_history?_since=${third.replace('Z', '+00:00')}`))).toEqual([
      '5',
      '4',
      '3',
    ]);
    const later = await team.find(`${task}/_history?_since=2130-01-01&_count=1`);
    expect([later.total, versionsOf(later)]).toEqual([0, []]);
    expect((await team.find(`${task}/_history?_since=2020`)).total).toBe(5);
  });

  test.each([
    ['_since=yesterday', 'search-value-malformed'],
    ['_count=x', 'search-value-malformed'],
    ['_cursor=x', 'search-value-malformed'],
    ['status=x', 'search-parameter-unknown'],
  ])('with %s is refused', async (query, rule) => {
    expect(rulesOf(await team.get(`/fhir/${task}/_history?${query}`))).toEqual([rule]);
  });

  test('of the directory too', async () => {
    const page = await team.find('Organization/gp-de-linde/_history?_count=1&_since=2130-01-01');
    expect([page.total, page.entry]).toEqual([0, []]);
    expect((await team.find('Organization/gp-de-linde/_history?_count=1')).entry).toHaveLength(1);
  });
});

describe('a read of what the client has already', () => {
  const status = async (path: string, headers: Asking['headers']) => (await team.get(path, headers)).status;

  test('is 304 without a body, with its validators', async () => {
    const read = await team.get(`/fhir/${task}`);
    const again = await team.get(`/fhir/${task}`, { 'if-none-match': String(read.headers.etag) });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', read.headers.etag]);
    expect(again.headers['last-modified']).toBe(read.headers['last-modified']);
  });

  test.each([
    ['W/"5"', 304],
    ['"5"', 304],
    ['W/"1", W/"5"', 304],
    ['*', 304],
    ['W/"4"', 200],
    ['W/"55"', 200],
    ['', 200],
    ['5', 200],
  ])('If-None-Match: %s is %i', async (etag, expected) => {
    expect(await status(`/fhir/${task}`, { 'if-none-match': etag })).toBe(expected);
  });

  test('by time, unless there is an ETag; of a version, and in the directory', async () => {
    const modified = String((await team.get(`/fhir/${task}`)).headers['last-modified']);
    expect(await status(`/fhir/${task}`, { 'if-modified-since': modified })).toBe(304);
    expect(await status(`/fhir/${task}`, { 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' })).toBe(200);
    expect(await status(`/fhir/${task}`, { 'if-modified-since': 'never' })).toBe(200);
    expect(await status(`/fhir/${task}`, { 'if-modified-since': modified, 'if-none-match': 'W/"1"' })).toBe(200);
    expect(await status(`/fhir/${task}/_history/2`, { 'if-none-match': 'W/"2"' })).toBe(304);
    expect(await status('/fhir/Organization/gp-de-linde', { 'if-none-match': 'W/"1"' })).toBe(304);
  });

  test('says nothing to who may not read it', async () => {
    const answer = await restClient(gateway, 'ggz-de-kade').get(`/fhir/${task}`, { 'if-none-match': '*' });
    expect(answer.status).toBe(404);
  });
});

describe('Prefer: return', () => {
  const move = async (prefer: string) => {
    const one = await referred();
    return partnerAt(gateway, as).move(one, { status: 'accepted', headers: { prefer } });
  };

  test('minimal: no body, with place, version and what was applied', async () => {
    const answer = await move('handling=lenient, return=minimal');
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers).toMatchObject({ etag: 'W/"2"', 'preference-applied': 'return=minimal' });
    expect(answer.headers.location).toMatch(/\/Task\/[^/]+\/_history\/2$/);
  });

  test('OperationOutcome: that it was carried out', async () => {
    const answer = await move('return=OperationOutcome');
    const outcome = resourceOf<OperationOutcome>(answer);
    expect([outcome.resourceType, outcome.issue[0]?.severity, ...rulesOf(answer)]).toEqual([
      'OperationOutcome',
      'information',
      'stored',
    ]);
    expect(answer.headers.etag).toBe('W/"2"');
  });

  test.each(['return=representation', '', 'return=everything', 'respond-async'])('%s: the resource', async (prefer) => {
    expect(resourceOf<Task>(await move(prefer)).status).toBe('accepted');
  });

  test('a refusal has its findings whatever is preferred, and so has a transaction', async () => {
    const refusal = await partnerAt(gateway, as).move(task, {
      status: 'requested',
      headers: { prefer: 'return=minimal' },
    });
    expect(refusal.status).toBeGreaterThanOrEqual(400);
    expect(rulesOf(refusal)).toHaveLength(1);
    const sent = await gateway.ask('POST', '/fhir', {
      as: 'gp-de-linde',
      body: referralText,
      headers: { prefer: 'return=minimal' },
    });
    expect(resourceOf<Bundle>(sent).entry?.length).toBeGreaterThan(1);
  });
});

describe('gzip', () => {
  const gzip = { 'content-encoding': 'gzip' };
  const send = (body: Buffer, headers: Asking['headers'] = gzip) =>
    gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, headers, sameOrder: true });

  test('a body is unpacked, and is the same request as the plain one', async () => {
    const text = referralText.replace(/2026-001/g, crypto.randomUUID());
    const requestId = crypto.randomUUID();
    const asking = { as: 'gp-de-linde', requestId, sameOrder: true } as const;
    const packed = await gateway.ask('POST', '/fhir', { ...asking, body: gzipSync(text), headers: gzip });
    expect(packed.status, packed.text).toBe(200);
    const plain = await gateway.ask('POST', '/fhir', { ...asking, body: text });
    expect(rulesOf(plain)).toEqual(['duplicate']);
  });

  test('a form is unpacked too', async () => {
    const answer = await gateway.ask('POST', '/fhir/Task/_search', {
      as,
      body: gzipSync('_count=1') as Buffer,
      contentType: 'application/x-www-form-urlencoded',
      headers: gzip,
      sameOrder: true,
    });
    expect(resourceOf<Bundle>(answer).entry).toHaveLength(1);
  });

  test('the limit is that of the unpacked body: a bomb is refused', async () => {
    const { bodyBytes } = gateway.running.gateway.network.settings.limits;
    // Not at once: who does nothing else for seconds does not notice either that a connection was closed meanwhile.
    const bomb = await promisify(pack)(Buffer.alloc(bodyBytes * 3), { level: 1 });
    expect(bomb.byteLength).toBeLessThan(bodyBytes);
    const answer = await send(bomb);
    expect([answer.status, ...rulesOf(answer)]).toEqual([413, 'body-too-large']);
    await expect.poll(() => gateway.running.gateway.bodies.used()).toBe(0);
  });

  test('a bomb within a bomb is a body like any other', async () => {
    const answer = await send(gzipSync(gzipSync(Buffer.alloc(1_000_000))));
    expect([answer.status, ...rulesOf(answer)]).toEqual([415, 'charset-unsupported']);
  });

  test.each([
    ['plain text', Buffer.from(referralText)],
    ['a cut one', gzipSync(referralText).subarray(0, 300)],
    ['one with a wrong sum', Buffer.concat([gzipSync(referralText).subarray(0, -8), Buffer.alloc(8)])],
    ['one with something after it', Buffer.concat([gzipSync(referralText), Buffer.from('{}')])],
  ])('%s under its name is refused with its reason', async (_, body) => {
    const answer = await send(body);
    expect([answer.status, ...rulesOf(answer)]).toEqual([400, 'gzip-malformed']);
  });

  test.each(['deflate', 'br', 'gzip, gzip', 'constructor'])('Content-Encoding %s is refused', async (encoding) => {
    const answer = await send(gzipSync(referralText), { 'content-encoding': encoding });
    expect([answer.status, ...rulesOf(answer)]).toEqual([415, 'content-encoding-unsupported']);
  });

  test('a connection that ends within a packed body is an incomplete body', async () => {
    const requestId = crypto.randomUUID();
    const socket = connect(gateway.running.port, '127.0.0.1');
    socket.write(
      `POST /fhir HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo-gp-de-linde\r\nX-Request-Id: ${requestId}\r\nContent-Encoding: gzip\r\nContent-Type: application/fhir+json\r\nContent-Length: 100000\r\n\r\n`,
    );
    socket.write(gzipSync(referralText).subarray(0, 200));
    await pause(300);
    socket.destroy();
    const recorded = async () => (await gateway.store.audit({ requestId, count: 5 })).items[0]?.text ?? '';
    await expect.poll(recorded).toContain('body-incomplete');
  });

  test('an answer is packed for who accepts it, and not for others', async () => {
    const path = `${gateway.url}/fhir/Task?_count=5`;
    const headers = { authorization: `Bearer demo-${as}` };
    const { request } = await import('undici');
    const packed = await request(path, { headers: { ...headers, 'accept-encoding': 'gzip, deflate, br' } });
    expect([packed.headers['content-encoding'], packed.headers.vary]).toEqual(['gzip', 'Accept-Encoding']);
    const unpacked = gunzipSync(Buffer.from(await packed.body.arrayBuffer())).toString();
    const plain = await team.get('/fhir/Task?_count=5');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(unpacked)).toEqual(JSON.parse(plain.text));
    for (const accepted of ['identity', 'gzip;q=0', 'br']) {
      const other = await request(path, { headers: { ...headers, 'accept-encoding': accepted } });
      expect(other.headers['content-encoding'], accepted).toBeUndefined();
      await other.body.dump();
    }
  });
});

describe('XML in, XML out', () => {
  const xml = 'application/fhir+xml';
  const isXml = ({ headers, text }: { headers: Record<string, unknown>; text: string }) => {
    expect(headers['content-type']).toContain(xml);
    return parseXml(text);
  };

  test.each([
    ['Accept', { accept: xml }, ''],
    ['Accept application/xml', { accept: 'application/xml, */*;q=0.1' }, ''],
    ['_format', {}, '_format=xml'],
    ['_format before Accept', { accept: 'application/fhir+json' }, '_format=application/fhir%2Bxml'],
  ])('by %s: reads, searches, histories, the statement and refusals', async (_, headers, query) => {
    for (const path of [
      `${task}`,
      `${task}/_history`,
      'Task',
      'Organization',
      'Subscription',
      'metadata',
      'Task/nothing',
    ]) {
      const answer = await team.get(`/fhir/${path}?${query}`, headers);
      expect(isXml(answer).resourceType, path).toMatch(/^(Task|Bundle|CapabilityStatement|OperationOutcome)$/);
    }
  });

  test('a search by POST takes _format from its form, also on its next page', async () => {
    const answer = await team.post('/fhir/Patient/_search', '_format=xml&_count=1');
    const bundle = isXml(answer) as Bundle;
    expect(bundle.entry).toHaveLength(1);
    const next = isXml(await team.get(team.local(linkOf(bundle, 'next')!)));
    expect(next.resourceType).toBe('Bundle');
    expect((await team.post('/fhir/Task/_search', '_format=turtle')).status).toBe(406);
  });

  test('a Task as it was read in XML is an update in XML, answered in XML', async () => {
    const one = await referred();
    const read = await team.get(`/fhir/${one}`, { accept: xml });
    const body = read.text.replace('<status value="requested"/>', '<status value="accepted"/>');
    expect(body).not.toBe(read.text);
    const moved = await gateway.ask('PUT', `/fhir/${one}`, {
      as,
      body,
      contentType: xml,
      headers: { 'if-match': 'W/"1"', accept: xml },
    });
    expect([moved.status, (isXml(moved) as Task).status]).toEqual([200, 'accepted']);
  });
});

describe('a page in a browser', () => {
  const origin = 'https://app.example';
  let configured: Running;
  beforeAll(async () => {
    const demo = await demoConfiguration();
    const store = await openStore('sqlite::memory:');
    if (!store.ok) throw new Error('no store');
    const settings = { ...demo.network.settings, cors: { origins: [origin] } };
    configured = await run({ ...demo, network: { ...demo.network, settings } }, store.value, { port: 0, log: silent });
  });
  afterAll(() => configured.stop());

  const preflight = (url: string, from: string) =>
    fetch(`${url}/fhir/Task`, {
      method: 'OPTIONS',
      headers: { origin: from, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'if-match' },
    });
  const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin');

  test('may do nothing without configuration', async () => {
    const answer = await preflight(gateway.url, origin);
    expect([answer.status >= 400, allowed(answer)]).toEqual([true, null]);
    const read = await fetch(`${gateway.url}/fhir/metadata`, { headers: { origin } });
    expect([read.status, allowed(read)]).toEqual([200, null]);
  });

  test('of a configured origin may use the API, without credentials of the browser', async () => {
    const url = `http://127.0.0.1:${configured.port}`;
    const answer = await preflight(url, origin);
    expect([answer.status, allowed(answer)]).toEqual([204, origin]);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/If-Match.*X-Request-Id/);
    const read = await fetch(`${url}/fhir/Task`, { headers: { origin, authorization: `Bearer demo-${as}` } });
    expect([read.status, allowed(read)]).toEqual([200, origin]);
    expect(read.headers.get('access-control-expose-headers')).toContain('ETag');
    const refused = await fetch(`${url}/fhir/Task`, { headers: { origin } });
    expect([refused.status, allowed(refused), refused.headers.get('vary')?.includes('Origin')]).toEqual([
      401,
      origin,
      true,
    ]);
  });

  test('of another origin may not, nor outside the API', async () => {
    const url = `http://127.0.0.1:${configured.port}`;
    for (const other of ['https://evil.example', 'null', `${origin}.evil.example`, 'http://app.example'])
      expect(allowed(await preflight(url, other)), other).toBeNull();
    expect(allowed(await fetch(`${url}/healthz`, { headers: { origin } }))).toBeNull();
    expect((await asker(url)('GET', '/fhir/metadata')).headers['access-control-allow-origin']).toBeUndefined();
  });
});
