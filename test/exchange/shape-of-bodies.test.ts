import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prototypeNames } from '../fuzz/mutate.ts';
import { referralText, referralWith } from '../support/exchange/example-referral.ts';
import { type Asking, locationOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let task = '';
let order = '';
beforeAll(async () => {
  gateway = await startGateway();
  const accepted = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  task = locationOf(accepted, 'Task')!;
  order = locationOf(accepted, 'ServiceRequest')!;
});
afterAll(async () => {
  await gateway.stop();
});

const ask = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, asking: Asking = {}) =>
  gateway.ask(method, path.replace('TASK', task).replace('ORDER', order), {
    as: 'gp-de-linde',
    ...asking,
    headers: { 'if-match': 'W/"1"', ...asking.headers },
  });
const json = (body: unknown): Asking => ({ body: JSON.stringify(body) });

const parameters: readonly (readonly [string, unknown])[] = [
  ['an object', { name: 'status' }],
  ['a string', 'status'],
  ['null', null],
  ['an array of null', [null]],
  ['an array of strings', ['status']],
  ['an array of arrays', [[]]],
  ['parts that are an object', [{ name: 'operation', part: { name: 'type' } }]],
];

describe.each(parameters)('Parameters whose parameter is %s', (_, parameter) => {
  test.each<[method: 'POST' | 'PATCH', path: string]>([
    ['POST', '/fhir/TASK/$transition'],
    ['POST', '/fhir/ORDER/$transition'],
    ['PATCH', '/fhir/TASK'],
    ['POST', '/fhir/HealthcareService/$find-place'],
    ['POST', '/fhir/ORDER/$propose-transfer'],
    ['POST', '/fhir/Measure/mgn-referrals/$evaluate-measure'],
    ['POST', '/fhir/StructureMap/$transform'],
    ['POST', '/fhir/$validate'],
    ['POST', '/fhir/$explain'],
  ])('%s %s is answered, and not with a fault', async (method, path) => {
    const answer = await ask(method, path, json({ resourceType: 'Parameters', parameter }));
    expect(answer.status, answer.text).toBeLessThan(500);
  });
});

test.each<[string, 'POST' | 'PUT', string, object]>([
  ['meta.profile of objects', 'POST', '/fhir', { resourceType: 'Bundle', type: 'collection', meta: { profile: [{}] } }],
  [
    'a basedOn that is an object',
    'POST',
    '/fhir/QuestionnaireResponse',
    { resourceType: 'QuestionnaireResponse', basedOn: {} },
  ],
  [
    'a basedOn that is a text',
    'POST',
    '/fhir/QuestionnaireResponse',
    { resourceType: 'QuestionnaireResponse', basedOn: ['x'] },
  ],
  ['a reference that is a number', 'POST', '/fhir/Task', { resourceType: 'Task', focus: { reference: 1 } }],
  ['participants that are a text', 'POST', '/fhir/Appointment', { resourceType: 'Appointment', participant: 'x' }],
  ['a channel that is an array', 'POST', '/fhir/Subscription', { resourceType: 'Subscription', channel: [] }],
  ['an update with inputs that are an object', 'PUT', '/fhir/TASK', { resourceType: 'Task', input: {} }],
])('%s is refused for its shape, with line and column', async (_, method, path, body) => {
  const answer = await ask(method, path, json(body));
  expect(answer.status).toBe(422);
  expect(rulesOf(answer)[0]).toMatch(/^(array-required|array-not-allowed|json-type-mismatch)$/);
  expect(answer.text).toContain('operationoutcome-issue-line');
});

test('meta.profile of objects in a body to $validate is reported as a finding', async () => {
  const answer = await ask('POST', '/fhir/$validate', json({ resourceType: 'Patient', meta: { profile: [{}] } }));
  expect([answer.status, rulesOf(answer).includes('json-type-mismatch')]).toEqual([200, true]);
});

test.each([
  [[{ op: 'replace', path: '', value: [] }]],
  [[{ op: 'replace', path: '', value: null }]],
  [[{ op: 'remove', path: '' }]],
  [[{ op: 'add', path: '', value: { resourceType: 'Task', input: 1 } }]],
  [[{ op: 'add', path: '/output', value: { type: {} } }]],
])('a JSON Patch that leaves another shape is refused: %j', async (patch) => {
  const answer = await ask('PATCH', '/fhir/TASK', { ...json(patch), contentType: 'application/json-patch+json' });
  expect([400, 409, 422], answer.text).toContain(answer.status);
});

test('130,000 unknown attributes of XML are refused with a part of the findings', async () => {
  const attributes = Array.from({ length: 130_000 }, (_, n) => ` a${n}="1"`).join('');
  const body = `<Bundle xmlns="http://hl7.org/fhir"><type value="collection"${attributes}/></Bundle>`;
  for (const path of ['/fhir', '/fhir/$validate']) {
    const answer = await ask('POST', path, { body, contentType: 'application/fhir+xml' });
    expect(answer.status, path).toBeLessThan(500);
    expect(answer.text.length).toBeLessThan(1_000_000);
  }
});

test.each(prototypeNames)('a query parameter named %s is unknown, and no fault', async (name) => {
  for (const path of [
    '/fhir/Task',
    '/fhir/Organization',
    '/fhir/HealthcareService/$find-place',
    '/fhir/Task/$silent',
    '/fhir/Measure/mgn-referrals/$evaluate-measure',
    '/fhir/Subscription',
    '/fhir/Organization/_history',
    '/fhir/StructureMap',
    '/fhir/ORDER/$propose-transfer',
    '/fhir/StructureMap/$unknown-codes',
  ]) {
    for (const query of [`${name}=1`, `_id:${name}=1`, `_count=${name}`, `_format=${name}`]) {
      const answer = await ask('GET', `${path}?${query}`);
      expect(answer.status, `${path}?${query} ${answer.text}`).toBeLessThan(500);
    }
  }
});

test('what has the shape of its type is judged as before', async () => {
  const body = JSON.stringify(referralWith(() => {}));
  expect((await ask('POST', '/fhir', { body })).status).toBe(200);
});
