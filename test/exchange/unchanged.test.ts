import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referralText } from '../support/exchange/example-referral.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const withConsent = readFileSync(
  join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'),
  'utf8',
);

let gateway: TestGateway;
let task: string;
let order: string;
beforeAll(async () => {
  gateway = await startGateway();
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  task = locationOf(answer, 'Task')!;
  order = locationOf(answer, 'ServiceRequest')!;
});
afterAll(() => gateway.stop());

const read = (what: string) => gateway.ask('GET', `/fhir/${what}`, { as: 'registration-team' });
const state = async () => ({
  waiting: (await gateway.store.depth()).waiting,
  task: resourceOf(await read(task)).meta?.versionId,
  order: resourceOf(await read(order)).meta?.versionId,
});

describe('a request that changes nothing stores no version and notifies nobody', () => {
  test.each(['Task', 'ServiceRequest'])('PUT of a %s as it is', async (type) => {
    const what = type === 'Task' ? task : order;
    const before = await state();
    const as = type === 'Task' ? 'registration-team' : 'gp-de-linde';
    const present = await gateway.ask('GET', `/fhir/${what}`, { as });
    const answer = await gateway.ask('PUT', `/fhir/${what}`, {
      as,
      body: present.text,
      headers: { 'if-match': 'W/"1"' },
    });
    expect(answer.status, answer.text.slice(0, 400)).toBe(200);
    expect(answer.headers.etag).toBe('W/"1"');
    expect(resourceOf(answer)).toEqual(resourceOf(present));
    expect(await state()).toEqual(before);
  });

  test('PATCH that replaces a value by itself, and $transition to the present status', async () => {
    const before = await state();
    const headers = { 'if-match': 'W/"1"' };
    const patch = await gateway.ask('PATCH', `/fhir/${task}`, {
      as: 'registration-team',
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'requested' }]),
      contentType: 'application/json-patch+json',
      headers,
    });
    const transition = await gateway.ask('POST', `/fhir/${task}/$transition`, {
      as: 'registration-team',
      body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'status', valueCode: 'requested' }] }),
      headers,
    });
    expect([patch.status, transition.status], patch.text.slice(0, 300)).toEqual([200, 200]);
    expect(await state()).toEqual(before);
  });

  test.each<[string, string, () => Promise<string>]>([
    [
      'an Appointment',
      'registration-team',
      async () => {
        await gateway.ask('POST', `/fhir/${task}/$transition`, {
          as: 'registration-team',
          body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'status', valueCode: 'accepted' }] }),
          headers: { 'if-match': 'W/"1"' },
        });
        const body = JSON.stringify({
          resourceType: 'Appointment',
          status: 'booked',
          start: '2099-12-03T13:00:00+01:00',
          end: '2099-12-03T14:30:00+01:00',
          basedOn: [{ reference: order }],
          participant: [{ actor: { display: 'E. Voorbeelderva' }, status: 'accepted' }],
        });
        const created = await gateway.ask('POST', '/fhir/Appointment', { as: 'registration-team', body });
        return `Appointment/${resourceOf(created).id}`;
      },
    ],
    [
      'a Consent',
      'gp-de-linde',
      async () => {
        const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: withConsent });
        return locationOf(sent, 'Consent')!;
      },
    ],
    ['a HealthcareService', 'registration-team', async () => 'HealthcareService/conversation-zonnerveen'],
  ])('PUT of %s as it is', async (_, as, create) => {
    const what = await create();
    const present = await gateway.ask('GET', `/fhir/${what}`, { as });
    expect(present.status, present.text.slice(0, 400)).toBe(200);
    const version = resourceOf(present).meta!.versionId;
    const before = (await gateway.store.depth()).waiting;
    const headers = { 'if-match': `W/"${version}"` };
    const answer = await gateway.ask('PUT', `/fhir/${what}`, { as, body: present.text, headers });
    expect([answer.status, answer.headers.etag], answer.text.slice(0, 400)).toEqual([200, `W/"${version}"`]);
    expect(resourceOf(answer)).toEqual(resourceOf(present));
    expect(resourceOf(await gateway.ask('GET', `/fhir/${what}`, { as })).meta!.versionId).toBe(version);
    expect((await gateway.store.depth()).waiting).toBe(before);
  });

  test('a Consent that was withdrawn may be withdrawn again', async () => {
    const as = 'gp-de-linde';
    const what = locationOf(await gateway.ask('POST', '/fhir', { as, body: withConsent }), 'Consent')!;
    const present = resourceOf<Consent>(await gateway.ask('GET', `/fhir/${what}`, { as }));
    const body = JSON.stringify({ ...present, status: 'inactive' });
    const put = (version: number) =>
      gateway.ask('PUT', `/fhir/${what}`, { as, body, headers: { 'if-match': `W/"${version}"` } });
    expect((await put(1)).headers.etag).toBe('W/"2"');
    expect((await put(2)).headers.etag).toBe('W/"2"');
  });

  test('a party without a role is refused all the same', async () => {
    const found = resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Task', { as: 'gp-veenzicht' }));
    expect(found.total).toBe(0);
    const present = resourceOf<Task>(await read(task));
    const answer = await gateway.ask('PUT', `/fhir/${task}`, {
      as: 'gp-veenzicht',
      body: JSON.stringify(present),
      headers: { 'if-match': 'W/"1"' },
    });
    expect(answer.status).toBe(404);
  });
});

describe('$transition names a change, in the types of its parameters', () => {
  test.each([
    ['no parameter at all', { resourceType: 'Parameters' }],
    ['an empty list', { resourceType: 'Parameters', parameter: [] }],
    ['no list', { resourceType: 'Parameters', parameter: { name: 'status', valueCode: 'received' } }],
    ['status as a string', { resourceType: 'Parameters', parameter: [{ name: 'status', valueString: 'received' }] }],
    ['status without a value', { resourceType: 'Parameters', parameter: [{ name: 'status' }] }],
    ['status with a number', { resourceType: 'Parameters', parameter: [{ name: 'status', valueCode: 1 }] }],
    [
      'status twice',
      {
        resourceType: 'Parameters',
        parameter: [
          { name: 'status', valueCode: 'received' },
          { name: 'status', valueCode: 'accepted' },
        ],
      },
    ],
    ['a reason as a string', { resourceType: 'Parameters', parameter: [{ name: 'reason', valueString: 'x' }] }],
    ['an answer as a reference', { resourceType: 'Parameters', parameter: [{ name: 'answer', valueReference: {} }] }],
    ['a name of no parameter', { resourceType: 'Parameters', parameter: [{ name: 'constructor', valueCode: 'x' }] }],
  ])('%s: refused, nothing stored', async (_, parameters) => {
    const before = await state();
    for (const what of [task, order]) {
      const answer = await gateway.ask('POST', `/fhir/${what}/$transition`, {
        as: what === task ? 'registration-team' : 'gp-de-linde',
        body: JSON.stringify(parameters),
        headers: { 'if-match': 'W/"1"' },
      });
      expect([answer.status, answer.status < 500], answer.text.slice(0, 300)).toEqual([expect.any(Number), true]);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(rulesOf(answer).length).toBeGreaterThan(0);
    }
    expect(await state()).toEqual(before);
  });
});
