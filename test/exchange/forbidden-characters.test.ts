import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseXml } from '../../src/fhir/xml.ts';
import { partOf, referralText, referralWith } from '../support/exchange/example-referral.ts';
import {
  type Asking,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
});

const characters: readonly (readonly [string, string])[] = [
  ['NUL', '\u0000'],
  ['a control character', '\u000b'],
  ['a backspace', '\b'],
  ['U+FFFE', '\ufffe'],
  ['U+FFFF', '\uffff'],
  ['the first half of a surrogate pair', '\ud800'],
  ['the second half of a surrogate pair', 'x\udc00y'],
];

const json = (body: unknown): Asking => ({ body: JSON.stringify(body) });

describe.each(characters)('%s is refused at the door, with its place', (_, character) => {
  const refused = async (path: string, asking: Asking, expression: string) => {
    const answer = await gateway.ask('POST', path, { as: 'gp-de-linde', ...asking });
    expect([answer.status, ...rulesOf(answer)]).toEqual([400, 'character-forbidden']);
    expect(resourceOf<OperationOutcome>(answer).issue[0]?.expression?.[0]).toMatch(expression);
  };

  test('in a string', async () => {
    const body = referralWith((it) => {
      partOf(it, 'Task').description = `a${character}b`;
    });
    await refused('/fhir', json(body), 'Bundle.entry[');
  });

  test('in the name of a property', async () => {
    const body = referralWith((it) => {
      Object.assign(partOf(it, 'Task'), { [`a${character}`]: 1 });
    });
    await refused('/fhir', json(body), 'Bundle.entry[');
  });

  test('in a narrative', async () => {
    const body = referralWith((it) => {
      const div = `<div xmlns="http://www.w3.org/1999/xhtml">a${character}b</div>`;
      partOf(it, 'Condition').text = { status: 'generated', div };
    });
    await refused('/fhir', json(body), 'Bundle.entry[');
  });

  test('in a form', async () => {
    await refused(
      '/intake/referral',
      { ...json({ reason: [`a${character}`] }), contentType: 'application/json' },
      'referral-form.reason[0]',
    );
  });
});

test.each(['\u0000', '\ufffe', '\uffff'])('HL7 v2 with %j is refused', async (character) => {
  const folder = join(import.meta.dirname, '../../examples/messages/120-ref-i12');
  const text = readFileSync(join(folder, 'input.hl7'), 'utf8');
  const body = text.replace(/([\r\n]NTE\|\d+\|[^|\r\n]*\|)/, `$1${character}`);
  expect(body).not.toBe(text);
  const answer = await gateway.ask('POST', '/intake/referral', {
    as: 'gp-de-linde',
    body,
    contentType: 'x-application/hl7-v2+er7',
  });
  expect(answer.status).toBe(400);
  expect(answer.text).toMatch(/ERR|MSA\|A[ER]/);
});

test.each(['&#0;', '&#xFFFE;', '&#xD800;', '\u0000', '\uffff'])('XML with %j is refused', async (character) => {
  const body = `<Bundle xmlns="http://hl7.org/fhir"><type value="a${character}"/></Bundle>`;
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, contentType: 'application/fhir+xml' });
  expect(answer.status).toBe(400);
});

test('in a JSON Patch it is refused', async () => {
  const accepted = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  const answer = await gateway.ask('PATCH', `/fhir/${locationOf(accepted, 'Task')}`, {
    as: 'gp-de-linde',
    body: JSON.stringify([{ op: 'add', path: '/description', value: '\uffff' }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
  expect([answer.status, ...rulesOf(answer)]).toEqual([400, 'character-forbidden']);
});

test('escapes of ordinary characters, surrogate pairs and tabs are accepted', async () => {
  const body = JSON.stringify(
    referralWith((it) => {
      partOf(it, 'Task').description = 'a\tb\nc é 😀 \u007f\u0085 \ufffd';
    }),
  )
    .replace('é', '\\u00e9')
    .replace('😀', '\\ud83d\\ude00');
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  expect(answer.status, rulesOf(answer).join()).toBe(200);
});

test('what was stored with such a character before is read in XML with U+FFFD in its place, on a page with others', async () => {
  const accepted = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  const task = locationOf(accepted, 'Task')!;
  const [type = '', id = ''] = task.split('/');
  const { store } = gateway.running.gateway;
  const stored = await store.read(type, id, 'gp-de-linde');
  const resource = {
    ...JSON.parse(stored!.text),
    description: 'a\u0000b\ud800',
    text: { status: 'generated', div: '<div>\uffff' },
    'x\uffff': 1,
  };
  const now = new Date();
  const committed = await store.commit({
    now,
    changes: [{ resource, expect: { version: stored!.version }, readers: [] }],
  });
  if (committed.kind !== 'committed') throw new Error(JSON.stringify(committed));
  for (const path of [`/fhir/${task}`, '/fhir/Task', `/fhir/${task}/_history`]) {
    const answer = await gateway.ask('GET', path, { as: 'gp-de-linde', headers: { accept: 'application/fhir+xml' } });
    expect([answer.status, answer.headers['mgn-findings']], path).toEqual([200, 'xml-not-writable']);
    expect(answer.text).toContain('a\ufffdb\ufffd');
    expect(() => parseXml(answer.text)).not.toThrow();
  }
});
