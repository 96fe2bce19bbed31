import type { Bundle, Consent, ServiceRequest } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { acceptedOrder, consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { aboutAnother } from '../support/other-person.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** However much is stored about a person: all of it that matters is considered, and nothing of it breaks a message. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

async function started(): Promise<{ readonly order: string; readonly patient: string }> {
  const order = await acceptedOrder(gateway, aboutAnother({ body: referralText }).body);
  const read = await gateway.ask('GET', `/fhir/${order}`, { as: 'gp-de-linde' });
  return { order, patient: resourceOf<ServiceRequest>(read).subject.reference! };
}

type Made = { readonly resourceType: string; readonly id: string };

const put = (...resources: Made[]) =>
  gateway.store.commit({
    now: new Date(),
    changes: resources.map((resource) => ({ resource: resource as never, expect: 'new', readers: [] })),
  });

const consentOf = (patient: string, change: object = {}): Consent & Made => ({
  ...(consent as Consent),
  id: crypto.randomUUID(),
  patient: { reference: patient },
  ...change,
});

const objecting = {
  provision: {
    type: 'deny',
    extension: [
      {
        url: mgnExtension('domain'),
        valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'social' }] },
      },
    ],
  },
};

const record = (
  { order }: { readonly order: string },
  more: readonly object[],
  as = 'registration-team',
): Promise<Answered> =>
  gateway.ask('POST', '/fhir', { as, body: JSON.stringify(recordOf({ reference: order }, more)) });

test('an objection that is the last of hundreds of Consents bars what the person is asked for', async () => {
  const it = await started();
  // each states something else: until a day of its own
  for (let n = 0; n < 600; n += 200)
    await put(
      ...Array.from({ length: 200 }, (_, at) =>
        consentOf(it.patient, {
          provision: {
            type: 'permit',
            period: { start: new Date(1e12 + (n + at) * 864e5).toISOString().slice(0, 10) },
          },
        }),
      ),
    );
  expect((await record(it, [social, consent])).status).toBe(200);
  await put(consentOf(it.patient, objecting));
  const barred = await record(it, [social]);
  expect([barred.status, ...rulesOf(barred)], barred.text).toEqual([403, 'consent-denied']);
}, 300_000);

test('a permit that is withdrawn while another states the same still permits, and the last one does not', async () => {
  const it = await started();
  const [one, other] = [consentOf(it.patient), consentOf(it.patient)];
  await put(one, other);
  const permitted = await record(it, [social]);
  expect(permitted.status, permitted.text).toBe(200);
  const end = ({ id: _, ...rest }: Consent & Made, id: string) =>
    gateway.store.commit({
      now: new Date(),
      changes: [{ resource: { ...rest, id, status: 'inactive' } as never, expect: { version: 1 }, readers: [] }],
    });
  await end(one, one.id);
  expect((await record(it, [social])).status).toBe(200);
  await end(other, other.id);
  const ended = await record(it, [social]);
  expect(rulesOf(ended), ended.text).toEqual(['social-consent-missing']);
});

test('an objection about a person with hundreds of orders is no fault of the gateway', async () => {
  const it = await started();
  const read = await gateway.store.read('ServiceRequest', it.order.split('/')[1]!);
  const { id: _, meta: __, identifier: ___, ...order } = JSON.parse(read!.text) as ServiceRequest;
  for (let n = 0; n < 650; n += 50)
    await put(...Array.from({ length: 50 }, () => ({ ...order, id: crypto.randomUUID() }) as ServiceRequest & Made));
  const objected = await record(it, [{ ...consent, ...objecting }]);
  expect([objected.status, ...rulesOf(objected)], objected.text.slice(0, 300)).toEqual([200]);
}, 300_000);

test('a message with more Consents than are weighed together is refused at the first of the others', async () => {
  const it = await started();
  expect(
    (
      await record(
        it,
        Array.from({ length: 50 }, () => consent),
      )
    ).status,
  ).toBe(200);
  const refused = await record(
    it,
    Array.from({ length: 51 }, () => consent),
  );
  expect([refused.status, ...rulesOf(refused)], refused.text.slice(0, 300)).toEqual([422, 'consents-too-many']);
  const sent = recordOf(
    { reference: it.order },
    Array.from({ length: 51 }, () => consent),
  ) as Bundle;
  const last = sent.entry!.length - 1;
  expect(refused.text).toContain(`Bundle.entry[${last}]`);
  expect(locationOf(refused, 'Consent')).toBeUndefined();
});
