import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

let gateway: TestGateway;
let order: string;
beforeAll(async () => {
  gateway = await startGateway();
  const body = readFileSync(join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'));
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  order = locationOf(answer, 'ServiceRequest') ?? '';
});
afterAll(() => gateway.stop());

const places = (answer: Answered): ParametersParameter[][] =>
  (resourceOf<Parameters>(answer).parameter ?? []).flatMap((it) => (it.name === 'place' && it.part ? [it.part] : []));
const service = (parts: ParametersParameter[]) =>
  parts.find(({ name }) => name === 'service')?.valueReference?.reference;

describe('HealthcareService/$find-place', () => {
  test('ranks services without an order', async () => {
    const answer = await gateway.ask('GET', '/fhir/HealthcareService/$find-place?type=basic-ggz&type=specialist-ggz', {
      as: 'gp-de-linde',
    });
    expect(answer.status, answer.text).toBe(200);
    expect(places(answer).map(service)).toEqual([
      'HealthcareService/basic-ggz-de-kade',
      'HealthcareService/specialist-ggz-horizonland',
    ]);
    expect(places(answer)[0]?.find(({ name }) => name === 'rank')?.valuePositiveInt).toBe(1);
    const read = await gateway.ask('GET', `/fhir/${service(places(answer)[0]!)}`, { as: 'gp-de-linde' });
    expect(read.status).toBe(200);
  });

  test('by POST of Parameters, and in XML, is the same', async () => {
    const body = JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'type', valueCode: 'specialist-ggz' },
        { name: 'diagnosis-group', valueCode: 'psychotic' },
        { name: 'postcode', valueString: '1283' },
      ],
    });
    const posted = await gateway.ask('POST', '/fhir/HealthcareService/$find-place', { as: 'gp-de-linde', body });
    const got = await gateway.ask(
      'GET',
      '/fhir/HealthcareService/$find-place?type=specialist-ggz&diagnosis-group=psychotic&postcode=1283',
      { as: 'gp-de-linde' },
    );
    expect(posted.text).toBe(got.text);
    const intake = places(posted)[0]?.find(({ name }) => name === 'intake');
    expect(intake?.valueDuration).toMatchObject({ value: 4, code: 'wk' });
    expect(posted.text, 'not even the place that was asked for').not.toContain('1283');
    const xml = await gateway.ask('GET', '/fhir/HealthcareService/$find-place?_format=xml', { as: 'gp-de-linde' });
    expect(xml.text).toContain('<Parameters');
  });

  test('is a valid resource of its own profile', async () => {
    const answer = await gateway.ask('GET', '/fhir/HealthcareService/$find-place', { as: 'ggz-de-kade' });
    const report = gateway.running.gateway.validator.validate(resourceOf(answer));
    expect(report.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test.each([
    ['a whole postcode', '?postcode=1283AB'],
    ['a parameter that is not known', '?patient=1'],
    ['a type with capitals', '?type=GGZ'],
  ])('with %s is refused', async (_, query) => {
    const answer = await gateway.ask('GET', `/fhir/HealthcareService/$find-place${query}`, { as: 'gp-de-linde' });
    expect([answer.status, ...rulesOf(answer)]).toEqual([422, 'place-parameter-invalid']);
  });

  test('needs a known partner', async () => {
    expect((await gateway.ask('GET', '/fhir/HealthcareService/$find-place')).status).toBe(401);
  });
});

describe('ServiceRequest/[id]/$propose-transfer', () => {
  const propose = (as: string, query = '') => gateway.ask('GET', `/fhir/${order}/$propose-transfer${query}`, { as });

  test('ranks services for an order, by where the person lives, and says nothing about the person', async () => {
    const answer = await propose('gp-de-linde', '?diagnosis-group=anxiety');
    expect(answer.status, answer.text).toBe(200);
    expect(places(answer).length).toBeGreaterThan(1);
    expect(answer.text).toContain('Neemt mensen van daar aan, en van wie het vraagt.');
    expect(answer.text).not.toMatch(/Proefpersoon|9999\d{5}|128\d ?[A-Z]{2}|birthDate|Patient/);
  });

  test('leaves out services that do not accept that age', async () => {
    const elderly = places(await propose('gp-de-linde', '?type=elderly-ggz'));
    expect(elderly, 'the person is in her thirties').toEqual([]);
    expect((await propose('gp-de-linde', '?type=elderly-ggz')).text).toContain('accepts people of 65 and over');
    const anybody = await gateway.ask('GET', '/fhir/HealthcareService/$find-place?type=elderly-ggz', {
      as: 'gp-de-linde',
    });
    expect(places(anybody).map(service)).toEqual(['HealthcareService/elderly-ggz-horizonland']);
  });

  test('is for its parties; others do not learn that it exists', async () => {
    expect((await propose('registration-team')).status).toBe(200);
    expect((await propose('ggz-de-kade')).status).toBe(404);
    expect((await propose('operator')).status).toBe(404);
    const unknown = await gateway.ask('GET', '/fhir/ServiceRequest/nothing/$propose-transfer', { as: 'gp-de-linde' });
    expect(unknown.status).toBe(404);
  });

  test('leaves out services that already received the request', async () => {
    const answer = await propose('registration-team', '?type=exploratory-conversation');
    const dropped = (resourceOf<Parameters>(answer).parameter ?? []).filter(({ name }) => name === 'dropped');
    expect(JSON.stringify(dropped)).toContain('is al gevraagd');
  });

  test('is in the audit trail, with its order', async () => {
    await propose('gp-de-linde');
    const { items } = await gateway.store.audit({ entity: order, count: 50 });
    expect(items.some(({ text }) => text.includes('propose-transfer'))).toBe(true);
  });
});
