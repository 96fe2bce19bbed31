import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, ConsentProvision } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mgnCodeSystem, mgnExtension, mgnProfile } from '../../src/fhir/canonical.ts';
import { consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** An objection that is stored bars what is asked later, whoever recorded it and whether or not the order refers to it. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
const objectionOf = (patient: string, provision: ConsentProvision): Consent => ({
  resourceType: 'Consent',
  meta: { profile: [mgnProfile('consent')] },
  status: 'active',
  scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
  category: [coded('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'IDSCL')],
  patient: { reference: patient },
  dateTime: '2026-11-20',
  policy: [{ uri: 'https://wetten.overheid.nl/BWBR0005290' }],
  provision,
});

/** A referral that the team accepted, with this objection in it: its order, Task and person. */
async function acceptedWith(provision: ConsentProvision) {
  const bundle = referral();
  const person = bundle.entry?.find(({ resource }) => resource?.resourceType === 'Patient')?.fullUrl ?? '';
  const fullUrl = 'urn:uuid:6f0c2f4e-8f0e-4f6e-9b3d-3a5d5c1f00aa';
  const sent = await partnerAt(gateway, 'gp-de-linde').post('', {
    ...bundle,
    entry: [...(bundle.entry ?? []), { fullUrl, resource: objectionOf(person, provision) }],
  });
  expect(sent.status, sent.text).toBe(200);
  await partnerAt(gateway, 'registration-team').move(locationOf(sent, 'Task')!, { status: 'accepted' });
  return {
    order: locationOf(sent, 'ServiceRequest')!,
    task: locationOf(sent, 'Task')!,
    person: locationOf(sent, 'Patient')!,
  };
}

const toTheSocialDomain: ConsentProvision = {
  type: 'deny',
  extension: [{ url: mgnExtension('domain'), valueCodeableConcept: coded(mgnCodeSystem('domain'), 'social') }],
};

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8');

test('a request to the social domain out of a conversation', async () => {
  const { order } = await acceptedWith(toTheSocialDomain);
  const recorded = await partnerAt(gateway, 'registration-team').post(
    '',
    recordOf({ reference: order }, [social, consent]),
  );
  expect([recorded.status, rulesOf(recorded)]).toEqual([403, ['consent-denied']]);
  const found = await partnerAt(gateway, 'wijkteam-zonnerveen').tasks('');
  expect(found).toEqual([]);
});

test('the outcome of a conversation for the referrer', async () => {
  const { order } = await acceptedWith({
    type: 'deny',
    actor: [
      {
        role: coded('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP'),
        reference: { reference: 'Organization/gp-de-linde' },
      },
    ],
  });
  const recorded = await partnerAt(gateway, 'registration-team').post('', recordOf({ reference: order }));
  expect(recorded.status, recorded.text).toBe(200);
  const { parameter = [] } = resourceOf<{ resourceType: 'Parameters'; parameter?: { resource?: Bundle }[] } & never>(
    await gateway.ask('GET', `/fhir/${order}/$case`, { as: 'gp-de-linde' }),
  ) as unknown as { parameter?: { resource?: Bundle }[] };
  const types = (parameter[0]?.resource?.entry ?? []).map(({ resource }) => resource?.resourceType);
  expect(types).toContain('Communication');
  expect(types.filter((it) => ['CarePlan', 'Encounter', 'Goal', 'Bundle'].includes(it ?? ''))).toEqual([]);
  const sent = (await gateway.store.dispatches({ recipient: 'gp-de-linde', count: 99 })).items;
  expect(sent.some(({ kind }) => kind === 'feedback')).toBe(true);
});

test('a transfer to the social domain that is based on the order, whatever Consent it brings', async () => {
  const { order, task } = await acceptedWith(toTheSocialDomain);
  const sent = await partnerAt(gateway, 'registration-team').post(
    '',
    JSON.parse(
      example('180-transfer-asked-of-care-and-the-social-domain')
        .replaceAll('ServiceRequest/00000000-0000-4000-8000-000000000000', order)
        .replaceAll('Task/00000000-0000-4000-8000-000000000000', task),
    ),
  );
  expect([sent.status, rulesOf(sent)]).toEqual([403, ['consent-denied']]);
  expect(await partnerAt(gateway, 'wijkteam-zonnerveen').tasks('')).toEqual([]);
});

test('an order that was created alone, about the Patient of whom the objection is stored', async () => {
  const { person } = await acceptedWith(toTheSocialDomain);
  const parts = (JSON.parse(example('060-social-request')) as Bundle).entry ?? [];
  const of = (type: string) => ({ ...parts.find(({ resource }) => resource?.resourceType === type)?.resource });
  const { reasonReference: _, identifier: __, ...order } = of('ServiceRequest') as Record<string, unknown>;
  const { identifier: ___, ...asked } = of('Task') as Record<string, unknown>;
  const requester = { reference: 'Organization/gp-de-linde' };
  const gp = partnerAt(gateway, 'gp-de-linde');
  const created = await gp.post('/ServiceRequest', {
    ...order,
    subject: { reference: person },
    requester,
    contained: [{ ...of('Consent'), id: 'c', patient: { reference: person } }],
    supportingInfo: [{ reference: '#c' }],
  });
  expect(created.status, created.text).toBe(201);
  const placed = await gp.post('/Task', {
    ...asked,
    identifier: [{ system: 'https://ehr.example/tasks', value: 'objected' }],
    focus: { reference: `ServiceRequest/${(resourceOf(created) as { id?: string }).id}` },
    for: { reference: person },
    requester,
  });
  expect([placed.status, rulesOf(placed)]).toEqual([403, ['consent-denied']]);
});
