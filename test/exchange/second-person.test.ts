import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Patient, RelatedPerson, ServiceRequest } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectRefusal, partOf, referralWith } from '../support/exchange/example-referral.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { allWarningsOf, locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const urn = (n: number) => `urn:uuid:7d1f0a52-5b0e-4d38-9a56-00000000001${n}`;
const mother: Patient = {
  resourceType: 'Patient',
  identifier: [{ system: bsn, value: '999990019' }],
  name: [{ family: 'Moederpersoon', given: ['Mina'] }],
  birthDate: '1975-03-02',
  gender: 'female',
};
const related = (it: Bundle): RelatedPerson => ({
  resourceType: 'RelatedPerson',
  patient: { reference: it.entry!.find(({ resource }) => resource === partOf(it, 'Patient'))!.fullUrl! },
  relationship: [{ text: 'Moeder' }],
  name: [{ family: 'Moederpersoon', given: ['Mina'] }],
});
/** Mother first: that the person of the order is the first Patient is nowhere said. */
const withMother = (change: (it: Bundle) => void = () => undefined): Bundle =>
  referralWith((it) => {
    const child = related(it);
    change(it);
    it.entry!.unshift({ fullUrl: urn(1), resource: mother });
    it.entry!.push({ fullUrl: urn(2), resource: child });
  });
const post = (bundle: Bundle) => gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(bundle) });

describe('a mother and a child', () => {
  test('are accepted: the order says who is who; the mother as a Patient is not delivered, and the sender is warned', async () => {
    const answer = await post(withMother());
    expect(answer.status, answer.text.slice(0, 800)).toBe(200);
    expect(allWarningsOf(answer)).toContain('entry-not-delivered');
    const order = locationOf(answer, 'ServiceRequest')!;
    const seen = await gateway.ask('GET', `/fhir/${order}/$case`, { as: 'registration-team' });
    expect(seen.text).toContain('Proefpersoon');
    expect(seen.text, 'as a contact').toContain('Moederpersoon');
    expect(seen.text, 'her number is not').not.toContain('999990019');
    const [first] = (resourceOf<Bundle>(answer).entry ?? []).map(({ response }) => response?.location ?? '');
    const read = await gateway.ask('GET', `/fhir/${first?.replace(/\/_history.*/, '')}`, { as: 'registration-team' });
    expect(read.status).toBe(404);
  });

  test('a complaint of the mother decides nothing, and is not delivered', async () => {
    const answer = await post(
      withMother((it) => {
        it.entry!.push({
          fullUrl: urn(3),
          resource: {
            resourceType: 'Condition',
            subject: { reference: urn(1) },
            code: { coding: [{ system: 'http://hl7.org/fhir/sid/icpc-1-nl', code: 'K86' }], text: 'Hypertensie' },
          },
        });
      }),
    );
    expect(answer.status, answer.text.slice(0, 800)).toBe(200);
    const order = locationOf(answer, 'ServiceRequest')!;
    const team = { as: 'registration-team' };
    expect((await gateway.ask('GET', `/fhir/${order}/$explain`, team)).text).not.toContain('"KP"');
    expect((await gateway.ask('GET', `/fhir/${order}/$case`, team)).text).not.toContain('Hypertensie');
  });

  test('a BSN beside a reference without an address names one of them', async () => {
    const answer = await post(
      withMother((it) => {
        const number = partOf(it, 'Patient').identifier!.find(({ system }) => system === bsn)!;
        partOf(it, 'Task').for = { identifier: { ...number } };
      }),
    );
    expect(answer.status, answer.text.slice(0, 800)).toBe(200);
    const order = resourceOf<ServiceRequest>(
      await gateway.ask('GET', `/fhir/${locationOf(answer, 'ServiceRequest')}`, { as: 'registration-team' }),
    );
    const person = await gateway.ask('GET', `/fhir/${order.subject.reference}`, { as: 'registration-team' });
    expect(person.text).toContain('Proefpersoon');
  });

  test('are refused where the order refers to neither of them, or Task and order to each another', async () => {
    const neither = withMother((it) => {
      partOf(it, 'ServiceRequest').subject = { display: 'het kind' };
      delete partOf(it, 'Task').for;
    });
    await expectRefusal(gateway, ['POST', '/fhir', { body: JSON.stringify(neither) }], [422, 'subject-ambiguous']);
    const both = withMother((it) => {
      partOf(it, 'Task').for = { reference: urn(1) };
    });
    await expectRefusal(gateway, ['POST', '/fhir', { body: JSON.stringify(both) }], [422, 'person-mismatch']);
  });

  test('the social domain receives nothing of a second Patient', async () => {
    const sink = await startSink();
    const own = await startGateway({ addresses: { 'wijkteam-zonnerveen': sink.url } });
    const file = '../../examples/messages/060-social-request/input.json';
    const bundle = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Bundle;
    bundle.entry!.unshift({
      fullUrl: urn(1),
      resource: mother,
      ...(bundle.type === 'transaction' ? { request: { method: 'POST' as const, url: 'Patient' } } : {}),
    });
    const answer = await own.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(bundle) });
    expect(answer.status, answer.text.slice(0, 800)).toBe(200);
    await sink.until(1);
    const received = sink.received.map(({ text }) => text).join();
    expect(received).toContain('social-request');
    expect(received).not.toMatch(/Moederpersoon|999990019|1975-03-02/);
    await own.stop();
    await sink.close();
  });
});
