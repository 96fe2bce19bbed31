import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseJson } from '../../src/fhir/json.ts';
import { writeXml } from '../../src/fhir/xml.ts';
import {
  auditOf,
  expectRefusal,
  partOf,
  person,
  recordingLog,
  referralText,
  referralWith,
} from '../support/exchange/example-referral.ts';
import { type Asking, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const { log, lines } = recordingLog();
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ log });
});
afterAll(async () => {
  await gateway.stop();
  expect(lines.join('\n')).not.toMatch(person);
});

const limit = 5 * 1024 * 1024;
const xml = writeXml(parseJson(referralText));
const json = (body: unknown): Asking => ({ body: JSON.stringify(body) });
const bundleWith = (entry: string): Asking => ({
  body: `{"resourceType":"Bundle","type":"transaction","entry":${entry}}`,
});

const refusals: readonly (readonly [string, Asking, number, string])[] = [
  ['no content type', { body: referralText, contentType: '' }, 415, 'media-type-unsupported'],
  ['the name of a prototype', { body: referralText, contentType: 'constructor' }, 415, 'media-type-unsupported'],
  [
    'another version of FHIR',
    { body: referralText, contentType: 'application/fhir+json; fhirVersion=3.0' },
    415,
    'media-type-unsupported',
  ],
  [
    'a body compressed in another way than gzip',
    { body: brotliCompressSync(referralText), headers: { 'content-encoding': 'br' } },
    415,
    'content-encoding-unsupported',
  ],
  ['an empty body', { body: '' }, 400, 'body-missing'],
  ['nothing but white space', { body: ' \n ' }, 400, 'text-empty'],
  ['UTF-16 with a BOM', { body: Buffer.from(`\ufeff${referralText}`, 'utf16le') }, 415, 'charset-unsupported'],
  [
    'another charset by name',
    { body: referralText, contentType: 'application/fhir+json; charset=iso-8859-1' },
    415,
    'charset-unsupported',
  ],
  [
    'bytes that are no UTF-8',
    { body: Buffer.concat([Buffer.from(referralText.slice(0, 40)), Buffer.from([0xe9])]) },
    415,
    'charset-unsupported',
  ],
  ['one byte over the limit', { body: referralText.padEnd(limit + 1) }, 413, 'body-too-large'],
  ['a JSON null', { body: 'null' }, 400, 'json-root-invalid'],
  ['a JSON array', { body: '[]' }, 400, 'json-root-invalid'],
  ['a type that is no text', json({ resourceType: {} }), 400, 'resource-type-missing'],
  ['a type from a prototype', json({ resourceType: 'constructor' }), 422, 'form-unknown'],
  ['entries that are none', bundleWith('{}'), 422, 'array-required'],
  ['an entry that is null', bundleWith('[null]'), 422, 'json-type-mismatch'],
  ['a resource that is text', bundleWith('[{"resource":"x"}]'), 422, 'not-a-resource'],
  ['half a million values', bundleWith(`[${'{},'.repeat(500_000)}{}]`), 413, 'too-many-values'],
  [
    'a prototype as property',
    { body: referralText.replace('"gender"', '"__proto__":{},"gender"') },
    400,
    'json-forbidden-key',
  ],
  [
    'XML in another order than FHIR has',
    {
      body: xml.replace(/(<gender [^>]*>)(<birthDate [^>]*>)/, '$2$1'),
      contentType: 'application/fhir+xml',
    },
    422,
    'xml-element-order',
  ],
  ['a Bundle of type batch', json({ ...referralWith(() => {}), type: 'batch' }), 422, 'invariant'],
  ['a Bundle of type history', json({ ...referralWith(() => {}), type: 'history' }), 422, 'invariant'],
  [
    'contained resources that refer to each other in a ring',
    json(
      referralWith((it) => {
        const condition = partOf(it, 'Condition');
        condition.contained = ['a', 'b'].map((id, n) => ({
          ...condition,
          id,
          subject: { reference: `#${'ba'[n]}` },
        }));
        condition.evidence = [{ detail: [{ reference: '#a' }] }];
      }),
    ),
    422,
    'reference-target-type',
  ],
];

describe('a body that is not right is refused with its reason, and leaves nothing behind', () => {
  test.each(refusals)('%s', async (_, asking, status, rule) => {
    await expectRefusal(gateway, ['POST', '/fhir', asking], [status, rule]);
  });

  test('values where codes, dates and addresses belong are never repeated', async () => {
    const bundle = referralWith((it) => {
      const patient = partOf(it, 'Patient') as unknown as Record<string, unknown>;
      Object.assign(patient, {
        gender: 'Proefpersoon',
        birthDate: '999901102',
        telecom: [{ system: 'Proefpersoon' }],
        address: [{ type: 'Proefpersoon', postalCode: { Testa: 1 } }],
        extension: [{ url: 'Proefpersoon 999901102', valueString: 'Testa' }],
        maritalStatus: { coding: [{ system: 'urn:Proefpersoon', code: ' Testa ' }] },
        'Testa Proefpersoon': 1,
      });
    });
    await expectRefusal(gateway, ['POST', '/fhir', json(bundle)], [422, 'json-type-mismatch']);
  });

  test('a flood of findings is told in part, what to mend first', async () => {
    const bundle = referralWith((it) => {
      for (let n = 0; n < 3000; n++) it.entry?.push({ resource: { resourceType: 'Patient', x: 1 } } as never);
    });
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', ...json(bundle) });
    expect([answer.status, rulesOf(answer).at(-1)]).toEqual([422, 'findings-truncated']);
    expect(answer.text.length).toBeLessThan(1_000_000);
  });
});

describe('a body that is only unusual is taken', () => {
  test.each([
    ['exactly at the limit', { body: referralText.padEnd(limit), sameOrder: true }],
    ['with a BOM', { body: `\ufeff${referralText}` }],
    [
      'with a content type in odd case and quotes',
      { body: referralText, contentType: 'Application/FHIR+JSON ; Charset="UTF-8"; fhirVersion=4.0' },
    ],
    ['in XML', { body: xml, contentType: 'text/xml' }],
  ] satisfies readonly [string, Asking][])('%s', async (_, asking) => {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', ...asking });
    expect(answer.status, answer.text).toBe(200);
  });
});

describe('an upload that is cut', () => {
  const upload = (requestId: string, head: string, ...parts: readonly string[]) =>
    new Promise<string>((resolve) => {
      let told = '';
      const socket = connect(gateway.running.port, '127.0.0.1', () => {
        const headers = `Authorization: Bearer demo-gp-de-linde\r\nX-Request-Id: ${requestId}\r\nContent-Type: application/fhir+json`;
        socket.write(`POST /fhir HTTP/1.1\r\nHost: gateway\r\n${headers}\r\n${head}\r\n\r\n`);
        for (const part of parts) socket.write(part);
        if (!head.startsWith('Transfer')) setTimeout(() => socket.destroy(), 50);
      });
      socket.on('data', (chunk) => {
        told += chunk;
        socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(told));
    });

  test('by its sender is on record', async () => {
    const requestId = randomUUID();
    await upload(requestId, 'Content-Length: 5000', '{"resourceType":');
    await expect.poll(() => auditOf(gateway, requestId)).toMatchObject([{ outcomeDesc: 'body-incomplete' }]);
  });

  test('without a length is cut by us at the limit: 413', async () => {
    const requestId = randomUUID();
    const chunk = `${(1024 * 1024).toString(16)}\r\n${' '.repeat(1024 * 1024)}\r\n`;
    const told = await upload(requestId, 'Transfer-Encoding: chunked', ...Array.from({ length: 6 }, () => chunk));
    expect(told).toMatch(/^HTTP\/1.1 413 /);
    expect(await auditOf(gateway, requestId)).toMatchObject([{ outcomeDesc: 'body-too-large' }]);
  });
});
