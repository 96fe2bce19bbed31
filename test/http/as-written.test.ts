import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referralText } from '../support/exchange/example-referral.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

type Answer = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer };

/** One request over a connection of its own; `parts` are written one by one. */
const send = (method: string, path: string, headers: Record<string, string>, parts: readonly string[] = []) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request(
      {
        port: gateway.running.port,
        method,
        path,
        headers: { authorization: 'Bearer demo-gp-de-linde', 'x-request-id': crypto.randomUUID(), ...headers },
        agent: false,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    sent.on('error', reject);
    for (const part of parts) sent.write(part);
    sent.end();
  });

const own = (): string => referralText.replace(/2026-001/g, crypto.randomUUID());
const post = (headers: Record<string, string> = {}, parts: readonly string[] = [own()]) =>
  send('POST', '/fhir', { 'content-type': 'application/fhir+json', ...headers }, parts);

describe('the answer to a client that does not accept gzip, and to one that does', () => {
  test('is the same but for its encoding', async () => {
    const [plain, packed] = [await post(), await post({ 'accept-encoding': 'gzip' })];
    expect(plain.headers).toMatchObject({
      'content-type': 'application/fhir+json; charset=utf-8',
      'cache-control': 'no-store',
      'content-length': String(plain.body.byteLength),
      vary: 'Accept-Encoding',
    });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    const types = (body: Buffer) => JSON.parse(body.toString()).entry.length;
    expect(types(gunzipSync(packed.body))).toBe(types(plain.body));
  });

  test.each([{}, { 'accept-encoding': 'identity' }, { 'accept-encoding': 'gzip;q=0' }])(
    '%o: plain',
    async (accepting) => {
      const { headers, body } = await send('GET', '/fhir/metadata', accepting);
      expect([headers['content-encoding'], headers.vary]).toEqual([undefined, 'Accept-Encoding']);
      expect(JSON.parse(body.toString()).resourceType).toBe('CapabilityStatement');
    },
  );

  test.each([{}, { 'accept-encoding': 'gzip' }])(
    'a short one is never compressed, and varies by nothing',
    async (accepting) => {
      const { status, headers, body } = await send('GET', '/fhir/Task/none', accepting);
      expect([status, headers['content-encoding'], headers.vary]).toEqual([404, undefined, undefined]);
      expect(headers['content-length']).toBe(String(body.byteLength));
    },
  );

  test('HEAD has the length and no body', async () => {
    const { status, headers, body } = await send('HEAD', '/fhir/metadata', {});
    expect([status, body.byteLength, headers.vary]).toEqual([200, 0, undefined]);
    expect(Number(headers['content-length'])).toBeGreaterThan(1024);
  });

  test('outside the FHIR base nothing is compressed', async () => {
    const { headers } = await send('GET', '/healthz', { 'accept-encoding': 'gzip' });
    expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
  });
});

describe('a body', () => {
  test('in many pieces, within one character too, is the body in one', async () => {
    const text = own().replace('Testa', 'Tést€');
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 97) }, (_, at) =>
      bytes.subarray(97 * at, 97 * (at + 1)),
    );
    const answer = await post({}, pieces as unknown as string[]);
    expect(answer.status, answer.body.toString()).toBe(200);
  });

  test('with a GET is not read', async () => {
    const { status } = await send('GET', '/fhir/metadata', { 'content-length': '2' }, ['{}']);
    expect(status).toBe(200);
  });
});
