import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CapabilityStatement, OperationOutcome, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

type Part = Readonly<Record<string, unknown>>;
const operation = (...parts: readonly Part[]) => ({ name: 'operation', part: parts });
const patchOf = (...operations: readonly ReturnType<typeof operation>[]) =>
  JSON.stringify({ resourceType: 'Parameters', parameter: operations });
const replace = (path: string, value: Part) =>
  operation({ name: 'type', valueCode: 'replace' }, { name: 'path', valueString: path }, { name: 'value', ...value });
const accept = patchOf(replace('Task.status', { valueCode: 'accepted' }));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const refer = async () => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
  return { task: locationOf(answer, 'Task')!, order: locationOf(answer, 'ServiceRequest')! };
};
const patch = (of: string, body: string, version: number | undefined = 1, by = 'registration-team', xml = false) =>
  gateway.ask('PATCH', `/fhir/${of}`, {
    as: by,
    body,
    contentType: xml ? 'application/fhir+xml' : 'application/fhir+json',
    headers: version ? { 'if-match': `W/"${version}"` } : {},
  });

describe('a FHIRPath Patch moves a Task as a JSON Patch does', () => {
  test('the owner accepts, and is answered with the new version', async () => {
    const { task } = await refer();
    const answer = await patch(task, accept);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.etag).toBe('W/"2"');
    expect(resourceOf<Task>(answer).status).toBe('accepted');
  });

  test('in XML too', async () => {
    const { task } = await refer();
    const xml =
      '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="replace"/></part><part><name value="path"/><valueString value="Task.status"/></part><part><name value="value"/><valueCode value="accepted"/></part></parameter></Parameters>';
    const answer = await patch(task, xml, 1, 'registration-team', true);
    expect(answer.status, answer.text).toBe(200);
    expect(resourceOf<Task>(answer).status).toBe('accepted');
  });

  test('without If-Match or on a stale version 412, by another partner 403, to what may not be 422, at the end 409', async () => {
    const { task } = await refer();
    const unread = await patch(task, accept, 0);
    expect([unread.status, ...rulesOf(unread)]).toEqual([412, 'if-match-missing']);
    const stale = await patch(task, accept, 7);
    expect([stale.status, ...rulesOf(stale)]).toEqual([412, 'version-stale']);
    expect((await patch(task, accept, 1, 'gp-de-linde')).status).toBe(403);
    const early = await patch(task, patchOf(replace('Task.status', { valueCode: 'completed' })));
    expect([early.status, ...rulesOf(early)]).toEqual([422, 'task-transition-invalid']);
    const because = operation(
      { name: 'type', valueCode: 'add' },
      { name: 'path', valueString: 'Task' },
      { name: 'name', valueString: 'statusReason' },
      {
        name: 'value',
        valueCodeableConcept: { coding: [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-referrer' }] },
      },
    );
    const ended = await patch(
      task,
      patchOf(replace('Task.status', { valueCode: 'cancelled' }), because),
      1,
      'gp-de-linde',
    );
    expect(ended.status, ended.text).toBe(200);
    expect((await patch(task, accept, 2)).status).toBe(409);
  });

  test('a patch that is none 400, one that does not fit 422, and nothing is changed', async () => {
    const { task } = await refer();
    const none = await patch(task, JSON.stringify({ resourceType: 'Basic', code: { text: 'x' } }));
    expect([none.status, ...rulesOf(none)]).toEqual([400, 'fhirpath-patch-malformed']);
    const half = await patch(
      task,
      patchOf(replace('Task.status', { valueCode: 'accepted' }), replace('Task.secret', { valueString: 'Jansen' })),
    );
    expect([half.status, ...rulesOf(half)]).toEqual([422, 'fhirpath-patch-path-invalid']);
    expect(resourceOf<OperationOutcome>(half).issue[0]?.expression).toEqual(['Parameters.parameter[1]']);
    expect(half.text).not.toMatch(/Jansen|secret/);
    const wrong = await patch(task, patchOf(replace('Task.status', { valueCode: 'done' })));
    expect(wrong.status).toBe(422);
    expect(resourceOf<OperationOutcome>(wrong).issue[0]?.expression?.[0]).toBe('Task.status');
    const now = await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde' });
    expect(resourceOf<Task>(now)).toMatchObject({ status: 'requested', meta: { versionId: '1' } });
  });

  test('what the gateway keeps itself stays as it is', async () => {
    const { task } = await refer();
    const id = await patch(task, patchOf(replace('Task.id', { valueString: 'other' })));
    expect([id.status, ...rulesOf(id)]).toEqual([400, 'id-mismatch']);
    const owner = { valueReference: { reference: 'HealthcareService/basis-ggz-de-kade' } };
    const stolen = await patch(
      task,
      patchOf(replace('Task.status', { valueCode: 'accepted' }), replace('Task.owner', owner)),
    );
    expect(stolen.status).toBe(422);
  });

  test('an order is withdrawn, and its Task with it', async () => {
    const { task, order } = await refer();
    const answer = await patch(
      order,
      patchOf(replace('ServiceRequest.status', { valueCode: 'revoked' })),
      1,
      'gp-de-linde',
    );
    expect(answer.status, answer.text).toBe(200);
    expect(resourceOf<ServiceRequest>(answer).status).toBe('revoked');
    const along = await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde' });
    expect(resourceOf<Task>(along).status).toBe('cancelled');
  });

  test('other media types are refused with those that there are, and metadata names the same', async () => {
    const { task } = await refer();
    const answer = await gateway.ask('PATCH', `/fhir/${task}`, {
      as: 'registration-team',
      body: '<diff/>',
      contentType: 'application/xml-patch+xml',
      headers: { 'if-match': 'W/"1"' },
    });
    expect([answer.status, ...rulesOf(answer)]).toEqual([415, 'media-type-unsupported']);
    const { patchFormat = [] } = resourceOf<CapabilityStatement>(await gateway.ask('GET', '/fhir/metadata', {}));
    expect(patchFormat).toEqual(['application/json-patch+json', 'application/fhir+json', 'application/fhir+xml']);
    for (const format of patchFormat) expect(answer.text).toContain(format);
  });
});
