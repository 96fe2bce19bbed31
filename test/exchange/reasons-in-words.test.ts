import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referralText } from '../support/exchange/example-referral.ts';
import {
  type Answered,
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
afterAll(() => gateway.stop());

const example = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8');
const words = 'Cliënt ziet er bij nader inzien van af';

type Referred = { readonly task: string; readonly order: string; version: number };
const referred = async (as = 'gp-de-linde', body = referralText): Promise<Referred> => {
  const answer = await gateway.ask('POST', '/fhir', { as, body });
  expect(answer.status, answer.text.slice(0, 400)).toBe(200);
  return { task: locationOf(answer, 'Task')!, order: locationOf(answer, 'ServiceRequest')!, version: 1 };
};
const patch = async (it: Referred, as: string, values: Partial<Task>): Promise<Answered> => {
  const answer = await gateway.ask('PATCH', `/fhir/${it.task}`, {
    as,
    contentType: 'application/json-patch+json',
    headers: { 'if-match': `W/"${it.version}"` },
    body: JSON.stringify(Object.entries(values).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))),
  });
  if (answer.status === 200) it.version += 1;
  return answer;
};
const read = async (what: string, as: string) => resourceOf<Task>(await gateway.ask('GET', `/fhir/${what}`, { as }));
const codesOf = ({ statusReason }: Task) => statusReason?.coding?.map(({ code }) => code);

describe('a reason in words alone, wherever a reason is asked', () => {
  test.each(['rejected', 'failed', 'on-hold'] as const)(
    '%s by the owner: another reason, with its words',
    async (status) => {
      const it = await referred();
      if (status !== 'rejected')
        for (const next of ['accepted', 'in-progress'] as const) await patch(it, 'registration-team', { status: next });
      const answer = await patch(it, 'registration-team', { status, statusReason: { text: words } });
      expect(answer.status, answer.text.slice(0, 400)).toBe(200);
      expect([codesOf(resourceOf<Task>(answer)), resourceOf<Task>(answer).statusReason?.text]).toEqual([
        ['other'],
        words,
      ]);
      expect((await read(it.task, 'gp-de-linde')).statusReason?.text).toBe(words);
    },
  );

  test('cancelled by the requester: withdrawn, with its words', async () => {
    const it = await referred();
    const answer = await patch(it, 'gp-de-linde', { status: 'cancelled', statusReason: { text: words } });
    expect(answer.status, answer.text.slice(0, 400)).toBe(200);
    expect(codesOf(await read(it.task, 'gp-de-linde'))).toEqual(['withdrawn-by-referrer']);
  });

  test('an order revoked by $transition', async () => {
    const it = await referred();
    const answer = await gateway.ask('POST', `/fhir/${it.order}/$transition`, {
      as: 'gp-de-linde',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'status', valueCode: 'revoked' },
          { name: 'reason', valueString: words },
        ],
      }),
    });
    expect(answer.status, answer.text.slice(0, 400)).toBe(200);
    expect(resourceOf<ServiceRequest>(answer).status).toBe('revoked');
    const task = await read(it.task, 'gp-de-linde');
    expect([codesOf(task), task.statusReason?.text]).toEqual([['withdrawn-by-referrer'], words]);
  });

  test('a request to stop', async () => {
    const it = await referred();
    for (const status of ['accepted', 'in-progress'] as const) await patch(it, 'registration-team', { status });
    const answer = await gateway.ask('POST', '/fhir/Task', {
      as: 'gp-de-linde',
      body: JSON.stringify({
        resourceType: 'Task',
        status: 'requested',
        intent: 'order',
        code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'abort' }] },
        focus: { reference: it.task },
        reasonCode: { text: words },
      }),
    });
    expect(answer.status, answer.text.slice(0, 400)).toBe(201);
    const { reasonCode } = resourceOf<Task>(answer);
    expect([reasonCode?.coding?.map(({ code }) => code), reasonCode?.text]).toEqual([['withdrawn-by-referrer'], words]);
  });

  test('a code of another system with its display, and the words of a business status', async () => {
    const it = await referred();
    await patch(it, 'registration-team', { status: 'accepted' });
    const progress = await patch(it, 'registration-team', { businessStatus: { text: 'Wacht op een tolk' } });
    expect(progress.status, progress.text.slice(0, 400)).toBe(200);
    expect(resourceOf<Task>(progress).businessStatus).toMatchObject({
      text: 'Wacht op een tolk',
      coding: [{ code: 'other' }],
    });
    const foreign = { system: 'urn:oid:2.16.840.1.113883.2.4.99', code: 'VOL', display: 'Geen plek' };
    const answer = await patch(it, 'registration-team', { status: 'rejected', statusReason: { coding: [foreign] } });
    expect(answer.status, answer.text.slice(0, 400)).toBe(200);
    expect(resourceOf<Task>(answer).statusReason).toMatchObject({
      coding: [foreign, { code: 'other' }],
      text: 'Geen plek',
    });
  });

  test('the social domain reads the code and not the words', async () => {
    const it = await referred('sociaal-werk-lissenmond', example('009-referral-by-social-work'));
    const task = resourceOf<Task>(await gateway.ask('GET', `/fhir/${it.task}`, { as: 'registration-team' }));
    expect(task.id).toBeDefined();
    const answer = await patch(it, 'registration-team', { status: 'rejected', statusReason: { text: words } });
    expect(answer.status, answer.text.slice(0, 400)).toBe(200);
    const seen = await gateway.ask('GET', `/fhir/${it.task}`, { as: 'sociaal-werk-lissenmond' });
    expect(codesOf(resourceOf<Task>(seen))).toEqual(['other']);
    expect(seen.text).not.toContain(words);
  });

  test('no words and no code: refused as before', async () => {
    const it = await referred();
    for (const statusReason of [undefined, { text: ' ' }]) {
      const answer = await patch(it, 'registration-team', {
        status: 'rejected',
        ...(statusReason ? { statusReason } : {}),
      });
      expect(answer.status).toBe(422);
      expect(['status-reason-code-missing', 'binding-required', 'string-empty', 'format']).toContain(
        rulesOf(answer)[0],
      );
    }
  });
});
