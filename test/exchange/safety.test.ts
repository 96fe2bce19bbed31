import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answered,
  allWarningsOf,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

const referral = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'), 'utf8'),
) as Bundle;

type Changes = {
  readonly order?: Partial<ServiceRequest>;
  readonly person?: (it: Patient) => Patient;
};

const changed = ({ order = {}, person = (it) => it }: Changes): string =>
  JSON.stringify({
    ...referral,
    entry: referral.entry?.map((entry) => {
      const { resource } = entry;
      if (resource?.resourceType === 'ServiceRequest') return { ...entry, resource: { ...resource, ...order } };
      return resource?.resourceType === 'Patient' ? { ...entry, resource: person(resource) } : entry;
    }),
  });

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const refer = (changes: Changes = {}, as = 'gp-de-linde'): Promise<Answered> =>
  gateway.ask('POST', '/fhir', { as, body: inNameOf(as, changed(changes)) });

/** The referral of another practice names that practice as its requester. */
const inNameOf = (as: string, text: string): string =>
  as === 'gp-veenzicht' ? text.replaceAll('99990101', '99990102').replaceAll('01999901', '01999902') : text;
const taskOf = async (answer: Answered, as = 'registration-team'): Promise<Task> =>
  resourceOf<Task>(await gateway.ask('GET', `/fhir/${locationOf(answer, 'Task')}`, { as }));
const textOf = (answer: Answered, rule: string): string | undefined =>
  (resourceOf<Bundle>(answer).entry ?? [])
    .flatMap(({ response }) => (response?.outcome as OperationOutcome | undefined)?.issue ?? [])
    .find(({ details }) => details?.coding?.[1]?.code === rule)?.details?.text;

describe('something urgent', () => {
  test.each(['urgent', 'asap', 'stat'] as const)(
    '%s: the sender is told who is alerted and whom to call',
    async (priority) => {
      const answer = await refer({ order: { priority } });
      expect(answer.status, answer.text).toBe(200);
      expect(allWarningsOf(answer)).toEqual(['urgent-call', 'urgent-alerted']);
      const owner = (await taskOf(answer)).owner?.reference ?? '';
      const service = gateway.running.gateway.network.directory.service(owner);
      expect(textOf(answer, 'urgent-call')).toContain(service?.phone ?? 'the directory tells a telephone');
    },
  );

  test('is alerted before anybody looks', async () => {
    await refer({ order: { priority: 'stat' } });
    await expect
      .poll(async () => (await gateway.store.dispatches({ count: 50 })).items.map(({ kind }) => kind))
      .toContain('alert');
  });

  test('routine is not', async () => {
    expect(allWarningsOf(await refer())).toEqual([]);
  });
});

describe('a second referral for the same person', () => {
  test('is accepted; its owner is notified, and its sender only where it may read the other one', async () => {
    await refer();
    const second = await refer({}, 'gp-veenzicht');
    expect(second.status).toBe(200);
    expect(allWarningsOf(second)).not.toContain('second-referral');
    expect(allWarningsOf(await refer())).toContain('second-referral');
    const task = await taskOf(second);
    expect(task.input).toMatchObject([{ type: { coding: [{ code: 'second-referral' }] }, valueBoolean: true }]);
    expect(second.text).not.toContain('gp-de-linde');
  });

  test('is not reported with a refusal, which stores nothing', async () => {
    await refer();
    const refused = await refer({ order: { status: 'draft' } }, 'gp-veenzicht');
    expect(refused.status).toBe(422);
    expect(rulesOf(refused)).not.toContain('second-referral');
  });

  test('is none for another person, or for a person without a number', async () => {
    await refer();
    const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
    const number = (value: string) => (it: Patient) => ({
      ...it,
      identifier: (it.identifier ?? []).map((one) => (one.system === bsn ? { ...one, value } : one)),
    });
    expect(allWarningsOf(await refer({ person: number('999990007') }))).not.toContain('second-referral');
    const without = (it: Patient) => ({ ...it, identifier: [{ system: 'urn:uuid', value: randomUUID() }] });
    expect(allWarningsOf(await refer({ person: without }))).not.toContain('second-referral');
  });

  test('is none after the first has ended', async () => {
    const first = await refer();
    const reason = { system: 'https://mgn.example/fhir/CodeSystem/mgn-status-reason', code: 'at-capacity' };
    const rejected = await gateway.ask('PATCH', `/fhir/${locationOf(first, 'Task')}`, {
      as: 'registration-team',
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify([
        { op: 'replace', path: '/status', value: 'rejected' },
        { op: 'add', path: '/statusReason', value: { coding: [reason] } },
      ]),
    });
    expect(rejected.status, rejected.text).toBe(200);
    expect(allWarningsOf(await refer())).toEqual([]);
  });
});
