import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Asking,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);
const patchOf = (...operations: readonly object[]) => JSON.stringify(operations);
const accept = patchOf({ op: 'replace', path: '/status', value: 'accepted' });

let gateway: TestGateway;
let task: string;
beforeAll(async () => {
  gateway = await startGateway();
  task = await refer();
});
afterAll(() => gateway.stop());

const refer = async (): Promise<string> => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
  return locationOf(answer, 'Task')!;
};
const patch = (asking: Asking & { readonly version: number }, of = task) =>
  gateway.ask('PATCH', `/fhir/${of}`, {
    as: 'registration-team',
    body: accept,
    contentType: 'application/json-patch+json',
    ...asking,
    headers: { 'if-match': `W/"${asking.version}"`, ...asking.headers },
  });

describe('a Task moves only as its state machine says', () => {
  test('without If-Match it is refused: 412', async () => {
    const answer = await gateway.ask('PATCH', `/fhir/${task}`, {
      as: 'registration-team',
      body: accept,
      contentType: 'application/json-patch+json',
    });
    expect([answer.status, ...rulesOf(answer)]).toEqual([412, 'if-match-missing']);
  });

  test('a partner that it does not concern finds nothing: 404', async () => {
    const answer = await patch({ as: 'ggz-de-kade', version: 1 });
    expect([answer.status, ...rulesOf(answer)]).toEqual([404, 'not-found']);
  });

  test('the referrer may not accept in the place of the owner: 403', async () => {
    const answer = await patch({ as: 'gp-de-linde', version: 1 });
    expect(answer.status).toBe(403);
  });

  test('an illegal move is told with the rule and the moves that there are: 422', async () => {
    const answer = await patch({ version: 1, body: patchOf({ op: 'replace', path: '/status', value: 'completed' }) });
    expect([answer.status, ...rulesOf(answer)]).toEqual([422, 'task-transition-invalid']);
    expect(answer.text).toContain('accepted');
  });

  test('a status that FHIR does not have is invalid: 422 with its place', async () => {
    const answer = await patch({ version: 1, body: patchOf({ op: 'replace', path: '/status', value: 'done' }) });
    expect(answer.status).toBe(422);
    expect(resourceOf<OperationOutcome>(answer).issue[0]?.expression?.[0]).toBe('Task.status');
  });

  test('a patch that is none, or does not fit, changes nothing', async () => {
    const none = await patch({ version: 1, body: patchOf({ op: 'set', path: '/status' }) });
    expect([none.status, ...rulesOf(none)]).toEqual([400, 'patch-malformed']);
    const unfit = await patch({ version: 1, body: patchOf({ op: 'test', path: '/status', value: 'draft' }) });
    expect([unfit.status, ...rulesOf(unfit)]).toEqual([422, 'patch-failed']);
    const prototype = await patch({ version: 1, body: patchOf({ op: 'add', path: '/__proto__/x', value: 1 }) });
    expect([prototype.status, ...rulesOf(prototype)]).toEqual([422, 'patch-failed']);
    expect(resourceOf<Task>(await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde' })).meta?.versionId).toBe(
      '1',
    );
  });

  test('the owner accepts; the same request again is a duplicate; a stale version is 412', async () => {
    const requestId = randomUUID();
    const accepted = await patch({ version: 1, requestId });
    expect(accepted.status, accepted.text).toBe(200);
    expect(accepted.headers.etag).toBe('W/"2"');
    const again = await patch({ version: 1, requestId });
    expect([again.status, ...rulesOf(again)]).toEqual([409, 'duplicate']);
    expect(resourceOf<OperationOutcome>(again).contained?.[0]).toMatchObject({
      resourceType: 'Task',
      status: 'accepted',
    });
    const stale = await patch({ version: 1 });
    expect([stale.status, ...rulesOf(stale)]).toEqual([412, 'version-stale']);
  });

  test('by PUT in XML or JSON, with what may not change unchanged', async () => {
    const other = await refer();
    const current = resourceOf<Task>(await gateway.ask('GET', `/fhir/${other}`, { as: 'registration-team' }));
    const put = (body: object, version = 1) =>
      gateway.ask('PUT', `/fhir/${other}`, {
        as: 'registration-team',
        body: JSON.stringify(body),
        headers: { 'if-match': `W/"${version}"` },
      });
    const stolen = await put({
      ...current,
      status: 'accepted',
      owner: { reference: 'HealthcareService/basis-ggz-de-kade' },
    });
    expect(stolen.status).toBe(422);
    const elsewhere = await put({ ...current, id: randomUUID(), status: 'accepted' });
    expect([elsewhere.status, ...rulesOf(elsewhere)]).toEqual([400, 'id-mismatch']);
    const accepted = await put({ ...current, status: 'accepted' });
    expect(accepted.status, accepted.text).toBe(200);
    expect(resourceOf<Task>(accepted).status).toBe('accepted');
  });

  test('two accept at the same instant: one does, the other is told it is stale', async () => {
    const other = await refer();
    const answers = await Promise.all([patch({ version: 1 }, other), patch({ version: 1 }, other)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test('what has ended stays: 409', async () => {
    const other = await refer();
    const reject = patchOf(
      { op: 'replace', path: '/status', value: 'rejected' },
      {
        op: 'add',
        path: '/statusReason',
        value: { coding: [{ system: 'https://mgn.example/fhir/CodeSystem/mgn-status-reason', code: 'at-capacity' }] },
      },
    );
    const rejected = await patch({ version: 1, body: reject }, other);
    expect(rejected.status, rejected.text).toBe(200);
    const after = await patch({ version: 2 }, other);
    expect(after.status, after.text).toBe(409);
  });
});

describe('a partner sees only what concerns it', () => {
  const search = (as: string, query: string) => gateway.ask('GET', `/fhir/${query}`, { as });

  test('Tasks by owner, status and code, for the parties only', async () => {
    const owner = 'owner=HealthcareService/conversation-zonnerveen';
    const team = resourceOf<Bundle>(await search('registration-team', `Task?${owner}&status=requested,accepted`));
    expect(team.total).toBeGreaterThan(0);
    const stranger = resourceOf<Bundle>(await search('ggz-de-kade', `Task?${owner}`));
    expect(stranger.total).toBe(0);
  });

  test('Patient by identifier only through POST _search', async () => {
    const bsn = (JSON.parse(referral.toString()) as Bundle).entry
      ?.flatMap(({ resource }) => (resource?.resourceType === 'Patient' ? (resource.identifier ?? []) : []))
      .find(({ system }) => system === 'http://fhir.nl/fhir/NamingSystem/bsn')?.value;
    const byGet = await search('gp-de-linde', `Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn|${bsn}`);
    expect([byGet.status, ...rulesOf(byGet)]).toEqual([405, 'search-post-required']);
    const post = (as: string) =>
      gateway.ask('POST', '/fhir/Patient/_search', {
        as,
        contentType: 'application/x-www-form-urlencoded',
        body: new URLSearchParams({ identifier: `http://fhir.nl/fhir/NamingSystem/bsn|${bsn}` }).toString(),
      });
    const found = resourceOf<Bundle>(await post('gp-de-linde'));
    expect(found.total).toBeGreaterThan(0);
    expect(JSON.stringify(found.link ?? [])).not.toContain(bsn);
    expect(resourceOf<Bundle>(await post('ggz-de-kade')).total).toBe(0);
  });

  test('an unknown search parameter is refused with those that are offered', async () => {
    const answer = await search('gp-de-linde', 'Task?performer=x');
    expect([answer.status, ...rulesOf(answer)]).toEqual([400, 'search-parameter-unknown']);
  });

  test('every read is on record', async () => {
    const requestId = randomUUID();
    await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde', headers: { 'x-request-id': requestId } });
    const { items } = await gateway.store.audit({ requestId, count: 5 });
    expect(items.map(({ text }) => text).join()).toContain(task);
  });
});

describe('the server tells what it is', () => {
  test('metadata is a valid CapabilityStatement, open to anyone', async () => {
    const answer = await gateway.ask('GET', '/fhir/metadata');
    expect(answer.status).toBe(200);
    const report = gateway.running.gateway.validator.validate(resourceOf(answer), { text: answer.text });
    expect(report.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test.each([
    ['GET', '/fhir/Nothing/1', 404],
    ['DELETE', '/fhir/Task/1', 405],
    ['POST', '/fhir/Task', 400],
    ['GET', '/elsewhere', 404],
  ] as const)('%s %s is %i with an OperationOutcome', async (method, path, status) => {
    const answer = await gateway.ask(method, path, { as: 'gp-de-linde', ...(method === 'POST' ? { body: '{}' } : {}) });
    expect(answer.status).toBe(status);
    expect(resourceOf(answer).resourceType).toBe('OperationOutcome');
  });

  test('an answer in XML, or 406 for a format that there is not', async () => {
    const xml = await gateway.ask('GET', '/fhir/metadata', { headers: { accept: 'application/fhir+xml' } });
    expect(xml.text).toMatch(/^(<\?xml[^>]*>\s*)?<CapabilityStatement xmlns="http:\/\/hl7.org\/fhir">/);
    const html = await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde', headers: { accept: 'text/html' } });
    expect([html.status, ...rulesOf(html)]).toEqual([406, 'not-acceptable']);
  });

  test('ready, and how much waits', async () => {
    const ready = await gateway.ask('GET', '/readyz', { as: 'operator' });
    expect([ready.status, JSON.parse(ready.text).status]).toEqual([200, 'ready']);
  });

  test('a body over the limit is 413 before it is read', async () => {
    const answer = await gateway.ask('POST', '/fhir', {
      as: 'gp-de-linde',
      body: Buffer.alloc(5 * 1024 * 1024 + 1, 32),
    });
    expect([answer.status, ...rulesOf(answer)]).toEqual([413, 'body-too-large']);
  });

  test('$validate tells findings and stores nothing', async () => {
    const answer = await gateway.ask('POST', '/fhir/Task/$validate', {
      as: 'gp-de-linde',
      body: JSON.stringify({ resourceType: 'Task', status: 'done', intent: 'order' }),
    });
    expect(answer.status).toBe(200);
    expect(resourceOf<OperationOutcome>(answer).issue.some(({ severity }) => severity === 'error')).toBe(true);
  });
});
