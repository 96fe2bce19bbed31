import { randomUUID } from 'node:crypto';
import type { Bundle, BundleEntry, OperationOutcome, Patient, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectRefusal, partOf, referralText, referralWith } from '../support/exchange/example-referral.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
  warningsOf,
} from '../support/test-gateway.ts';

let gateway: TestGateway;
let earlier: Answered;
beforeAll(async () => {
  gateway = await startGateway();
  earlier = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
});
afterAll(() => gateway.stop());

const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const aboutSomebodyElse = (address = locationOf(earlier, 'Patient')!) =>
  JSON.stringify(
    referralWith((it) => {
      partOf(it, 'Condition').subject = { reference: address };
    }),
  );
const asTransaction = (change: (entry: BundleEntry, index: number) => void) =>
  JSON.stringify(
    referralWith((it) => {
      it.type = 'transaction';
      it.entry?.forEach((entry, index) => {
        entry.request = { method: 'POST', url: entry.resource!.resourceType };
        change(entry, index);
      });
    }),
  );

describe('a referral is about one person', () => {
  test.each([
    ['who sent it', 'gp-de-linde', ''],
    ['who sent it, by the address of the gateway', 'gp-de-linde', 'base'],
    ['a stranger', 'ggz-de-kade', ''],
  ])('the Patient of another referral can not be drawn into it by %s', async (_, as, by) => {
    const base = gateway.running.gateway.network.settings.baseUrl;
    const body = aboutSomebodyElse(by ? `${base}/${locationOf(earlier, 'Patient')}` : undefined);
    await expectRefusal(gateway, ['POST', '/fhir', { as, body }], [422, 'reference-outside-referral']);
  });

  test('what its sender may not see is no part of its referral, whether it exists or not', async () => {
    const asPartOf = (reference: string) =>
      JSON.stringify(
        referralWith((it) => {
          partOf(it, 'Task').partOf = [{ reference }];
        }),
      );
    await expectRefusal(
      gateway,
      ['POST', '/fhir', { as: 'ggz-de-kade', body: asPartOf(locationOf(earlier, 'Task')!) }],
      [422, 'reference-outside-referral'],
    );
    await expectRefusal(
      gateway,
      ['POST', '/fhir', { as: 'ggz-de-kade', body: asPartOf(`Task/${randomUUID()}`) }],
      [422, 'reference-outside-referral'],
    );
    const elsewhere = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: asPartOf('Task/one-of-our-own') });
    expect([elsewhere.status, ...warningsOf(elsewhere)]).toEqual([200, 'reference-unresolved-retained']);
  });

  test.each(['foreign', 'unknown'])(
    'a relative reference in an entry with the address of its sender is its own: stored with that base (%s id)',
    async (kind) => {
      const id = kind === 'foreign' ? locationOf(earlier, 'Patient')!.replace('Patient/', '') : randomUUID();
      const body = JSON.stringify(
        referralWith((it) => {
          const entry = it.entry!.find(({ resource }) => resource?.resourceType === 'Condition')!;
          entry.fullUrl = `https://ehr.example/fhir/Condition/${randomUUID()}`;
          partOf(it, 'Condition').encounter = { reference: `Encounter/${id}` };
        }),
      );
      // its requester is no organisation of the directory: anybody may refer in its name
      const unlisted = body.replaceAll('99990101', '99990199').replaceAll('01999901', '01999999');
      const as = 'ggz-de-kade';
      const answer = await gateway.ask('POST', '/fhir', { as, body: unlisted });
      expect([answer.status, ...warningsOf(answer)]).toContain('reference-unresolved-retained');
      const stored = await gateway.ask('GET', `/fhir/${locationOf(answer, 'Condition')}`, { as });
      expect(stored.text).toContain(`https://ehr.example/fhir/Encounter/${id}`);
    },
  );

  test('a flood of references is not looked up one by one', async () => {
    const body = JSON.stringify(
      referralWith((it) => {
        partOf(it, 'Task').partOf = Array.from({ length: 60 }, () => ({ reference: `Task/${randomUUID()}` }));
      }),
    );
    await expectRefusal(gateway, ['POST', '/fhir', { body }], [422, 'reference-outside-referral']);
  });

  test('a conditional reference is refused: it may carry a number, and nobody looks it up', () =>
    expectRefusal(
      gateway,
      ['POST', '/fhir', { body: aboutSomebodyElse(`Patient?identifier=${bsn}|999901102`) }],
      [422, 'reference-conditional-unsupported'],
    ));
});

describe('a BSN lives in Patient.identifier alone', () => {
  const withNumber = (value: string, change: (bundle: Bundle) => void = () => {}) =>
    JSON.stringify(
      referralWith((it) => {
        partOf(it, 'Task').for!.identifier = { system: bsn, value };
        partOf(it, 'ServiceRequest').subject.identifier = { system: bsn, value };
        change(it);
      }),
    );
  const numberOf = (it: Bundle) => partOf(it, 'Patient').identifier?.find(({ system }) => system === bsn)?.value;
  const own = numberOf(JSON.parse(referralText) as Bundle)!;

  test('beside a reference it is taken in, but not kept or given there', async () => {
    const sink = await startSink();
    const receiving = await startGateway({ addresses: { 'registration-team': sink.url } });
    const accepted = await receiving.ask('POST', '/fhir', { as: 'gp-de-linde', body: withNumber(own) });
    expect(accepted.status, accepted.text).toBe(200);
    for (const as of ['gp-de-linde', 'registration-team'])
      for (const type of ['Task', 'ServiceRequest'])
        expect((await receiving.ask('GET', `/fhir/${locationOf(accepted, type)}`, { as })).text).not.toContain(own);
    await sink.until(1);
    expect(numberOf(sink.received[0]!.bundle), 'the receiver has it where it belongs').toBe(own);
    expect(sink.received[0]!.text.split(own)).toHaveLength(2);
    await receiving.stop();
    await sink.close();
  });

  test('of a Patient without one it is kept with the Patient', async () => {
    const body = withNumber(own, (it) => {
      partOf(it, 'Patient').identifier = [{ system: 'https://his.example/patient', value: 'p1' }];
    });
    const accepted = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    const patient = resourceOf<Patient>(
      await gateway.ask('GET', `/fhir/${locationOf(accepted, 'Patient')}`, { as: 'gp-de-linde' }),
    );
    expect(patient.identifier).toContainEqual({ system: bsn, value: own });
  });

  test('another number than that of the Patient is refused with its place', async () => {
    const asking = { as: 'gp-de-linde', body: withNumber('999900006') };
    await expectRefusal(gateway, ['POST', '/fhir', asking], [422, 'bsn-mismatch']);
    const outcome = resourceOf<OperationOutcome>(await gateway.ask('POST', '/fhir', asking));
    expect(outcome.issue[0]?.expression?.[0]).toMatch(/^Bundle\.entry\[\d\]\.resource\.(for|subject)\.identifier$/);
  });

  test('nor can it be put into a Task that is there', async () => {
    const task = locationOf(earlier, 'Task')!;
    const identifier = { system: bsn, value: own };
    const patch = await gateway.ask('PATCH', `/fhir/${task}`, {
      as: 'registration-team',
      contentType: 'application/json-patch+json',
      body: JSON.stringify([{ op: 'add', path: '/for/identifier', value: identifier }]),
      headers: { 'if-match': 'W/"1"' },
    });
    expect([patch.status, ...rulesOf(patch)]).toEqual([422, 'task-element-immutable']);
    const current = resourceOf<Task>(await gateway.ask('GET', `/fhir/${task}`, { as: 'registration-team' }));
    const put = await gateway.ask('PUT', `/fhir/${task}`, {
      as: 'registration-team',
      body: JSON.stringify({ ...current, for: { ...current.for, identifier } }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect([put.status, ...rulesOf(put)]).toEqual([422, 'task-element-immutable']);
  });
});

describe('what an entry of a transaction asks for', () => {
  test('ifNoneExist is not pretended: it warns', async () => {
    const body = asTransaction((entry) => {
      entry.request!.ifNoneExist = 'identifier=x|y';
    });
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect([answer.status, new Set(warningsOf(answer))]).toEqual([200, new Set(['if-none-exist-ignored'])]);
  });

  test('a POST elsewhere, or of something else than a POST, is refused', async () => {
    const elsewhere = asTransaction(({ request }) => Object.assign(request!, { url: 'Patient/$everything' }));
    await expectRefusal(gateway, ['POST', '/fhir', { body: elsewhere }], [422, 'entry-url-mismatch']);
    const over = asTransaction(({ request }) =>
      Object.assign(request!, { method: 'PUT', url: locationOf(earlier, 'Task') }),
    );
    await expectRefusal(gateway, ['POST', '/fhir', { body: over }], [422, 'entry-method-unsupported']);
  });

  test('$process-message takes a message, and nothing that only holds a referral', () =>
    expectRefusal(gateway, ['POST', '/fhir/$process-message', { body: referralText }], [422, 'not-a-message']));
});
