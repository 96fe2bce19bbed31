import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, CapabilityStatement, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answered,
  type Asking,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/**
 * The OWASP API Security Top 10 of 2023 (https://owasp.org/API-Security/editions/2023/en/0x11-t10/), each attempted against a
 * running gateway. docs/security.md names the tests that go into each further.
 */
let gateway: TestGateway;
let sent: Answered;
beforeAll(async () => {
  gateway = await startGateway();
  sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
});
afterAll(() => gateway.stop());

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'));
const referral = example('001-referral-as-collection');
const personal = /Proefpersoon|9999\d{5}|Somber/;
const stranger = 'ggz-de-kade';
const get = (path: string, as?: string) => gateway.ask('GET', path, as ? { as } : {});

describe('API1 broken object level authorization', () => {
  test('a partner that is no party finds nothing of a referral, by id, version, history, search or operation', async () => {
    for (const type of ['Task', 'ServiceRequest', 'Patient']) {
      const location = locationOf(sent, type)!;
      const [, id = ''] = location.split('/');
      for (const path of [location, `${location}/_history`, `${location}/_history/1`]) {
        const foreign = await get(`/fhir/${path}`, stranger);
        const absent = await get(`/fhir/${path.replace(id, '00000000-0000-4000-8000-000000000000')}`, stranger);
        expect([foreign.status, rulesOf(foreign)]).toEqual([404, ['not-found']]);
        expect([foreign.status, foreign.text]).toEqual([absent.status, absent.text]);
      }
      expect(resourceOf<Bundle>(await get(`/fhir/${type}?_id=${id}`, stranger)).entry ?? []).toEqual([]);
    }
    const order = locationOf(sent, 'ServiceRequest')!;
    for (const operation of ['$case', '$explain']) {
      const answer = await get(`/fhir/${order}/${operation}`, stranger);
      expect(answer.status, operation).toBe(404);
      expect(answer.text).not.toMatch(personal);
    }
  });

  test('and changes nothing of it', async () => {
    const task = locationOf(sent, 'Task')!;
    const moved = await gateway.ask('PATCH', `/fhir/${task}`, {
      as: stranger,
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
    });
    expect(moved.status).toBe(404);
    expect(resourceOf<Task>(await get(`/fhir/${task}`, 'gp-de-linde')).status).toBe('requested');
  });
});

describe('API2 broken authentication', () => {
  test.each<[string, Asking & { readonly path?: string }]>([
    ['no token', {}],
    ['an unknown token', { token: 'demo-nobody' }],
    ['a token of a name that every object has', { token: 'constructor' }],
    ['another scheme', { headers: { authorization: 'Basic ZGVtby1ncC1kZS1saW5kZTo=' } }],
    ['two tokens', { headers: { authorization: 'Bearer demo-gp-de-linde, Bearer demo-x' } }],
    ['a token in the address', { path: '/fhir/Task?access_token=demo-gp-de-linde' }],
  ])('%s is 401, without a word about what is there', async (_, { path = '/fhir/Task', ...asking }) => {
    const answer = await gateway.ask('GET', path, asking);
    expect(answer.status).toBe(401);
    expect(answer.text).not.toMatch(personal);
  });
});

describe('API3 broken object property level authorization', () => {
  test('what the gateway decides is not taken from a sender: owner, source, version, time, id', async () => {
    const bundle = JSON.parse(referral.toString()) as Bundle;
    for (const { resource } of bundle.entry ?? [])
      if (resource)
        Object.assign(resource, {
          id: 'chosen-by-the-sender',
          meta: {
            ...resource.meta,
            source: 'urn:mgn:partner:registration-team',
            versionId: '99',
            lastUpdated: '2001-01-01T00:00:00Z',
          },
        });
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(bundle) });
    if (answer.status === 200) {
      const task = resourceOf<Task>(await get(`/fhir/${locationOf(answer, 'Task')}`, 'gp-de-linde'));
      expect(task.id).not.toBe('chosen-by-the-sender');
      expect(task.meta?.versionId).toBe('1');
      expect(task.meta?.source).toContain('gp-de-linde');
      expect(task.meta?.lastUpdated).not.toContain('2001');
    } else expect([400, 422]).toContain(answer.status);
  });

  test('a referrer that moves a Task does not change its owner or its order with it', async () => {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
    const task = locationOf(answer, 'Task')!;
    for (const [path, value] of [
      ['/owner', { reference: 'Organization/ggz-de-kade' }],
      ['/focus', { reference: locationOf(sent, 'ServiceRequest') }],
      ['/for', { reference: locationOf(sent, 'Patient') }],
    ] as const) {
      const moved = await gateway.ask('PATCH', `/fhir/${task}`, {
        as: 'gp-de-linde',
        body: JSON.stringify([{ op: 'replace', path, value }]),
        contentType: 'application/json-patch+json',
        headers: { 'if-match': 'W/"1"' },
      });
      expect(moved.status, path).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('API4 unrestricted resource consumption', () => {
  test('too many entries, levels and values are refused before they are read', async () => {
    const entry = Array.from({ length: 20_000 }, () => ({ resource: { resourceType: 'Basic', code: { text: 'x' } } }));
    const many = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
    const deep = `{"resourceType":"Bundle","type":"collection","entry":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    for (const body of [many, deep]) {
      const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, sameOrder: true });
      expect([400, 413, 422]).toContain(answer.status);
    }
    const page = resourceOf<Bundle>(await get('/fhir/Task?_count=1000000', 'gp-de-linde'));
    expect((page.entry ?? []).length).toBeLessThanOrEqual(1000);
    const wide = await get(
      `/fhir/Task?_id=${Array.from({ length: 3_000 }, (_, n) => `x${n}`).join(',')}`,
      'gp-de-linde',
    );
    expect([400, 414, 422, 431]).toContain(wide.status);
  });
});

describe('API5 broken function level authorization', () => {
  test('operations of an operator are not for a partner', async () => {
    for (const [method, path] of [
      ['GET', '/dead-letters'],
      ['POST', '/dead-letters/$requeue'],
      ['POST', '/configuration/$activate'],
      ['GET', `/fhir/${locationOf(sent, 'Patient')}/$disclosures`],
      ['GET', '/fhir/AuditEvent'],
      ['DELETE', `/fhir/${locationOf(sent, 'Task')}`],
    ] as const) {
      const answer = await gateway.ask(method, path, {
        as: 'gp-de-linde',
        ...(method === 'POST' ? { body: '{}' } : {}),
      });
      expect([403, 404, 405], `${method} ${path} ${answer.status}`).toContain(answer.status);
    }
  });
});

describe('API6 unrestricted access to sensitive business flows', () => {
  test('a partner cannot find out whether a person is known, by sending a referral of them', async () => {
    const veenzicht = { ura: '99990102', agb: '01999902' };
    const [known, unknown] = await Promise.all(
      ['999901102', '999990019'].map((bsn) =>
        gateway.ask('POST', '/fhir', { as: 'gp-veenzicht', body: by(veenzicht, bsn) }),
      ),
    );
    if (!known || !unknown) throw new Error('two answers');
    expect([known.status, unknown.status], rulesOf(known).join()).toEqual([200, 200]);
    expect(rulesOf(known)).toEqual(rulesOf(unknown));
  });
});

/** The referral by another practice, of a person with this BSN. */
function by(practice: { readonly ura: string; readonly agb: string }, bsn: string): string {
  return referral
    .toString()
    .replaceAll('99990101', practice.ura)
    .replaceAll('01999901', practice.agb)
    .replaceAll('999901102', bsn);
}

describe('API7 server side request forgery', () => {
  test('an address that a sender names is not called', async () => {
    const answer = await gateway.ask('POST', '/fhir/Subscription', {
      as: 'gp-de-linde',
      body: example('091-subscription-to-an-endpoint-nobody-registered'),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe('API8 security misconfiguration', () => {
  test('every answer has the headers that protect it, and no fault shows what is inside', async () => {
    for (const path of ['/fhir/metadata', '/fhir/Task', '/nothing', '/healthz']) {
      const { headers, text } = await get(path, path === '/fhir/Task' ? 'gp-de-linde' : undefined);
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['content-security-policy'], path).toContain("default-src 'none'");
      expect(headers['cache-control'], path).toContain('no-store');
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(text).not.toMatch(/node_modules|\.ts:\d+|at Object\./);
    }
  });
});

describe('API9 improper inventory management', () => {
  test('what the CapabilityStatement does not list is not there', async () => {
    const statement = resourceOf<CapabilityStatement>(await get('/fhir/metadata'));
    const listed = new Set((statement.rest?.[0]?.resource ?? []).map(({ type }) => type));
    for (const type of [
      'Observation',
      'MedicationRequest',
      'Person',
      'Binary',
      'Account',
      'constructor',
      '__proto__',
    ]) {
      if (listed.has(type as never)) continue;
      expect((await get(`/fhir/${type}`, 'gp-de-linde')).status, type).toBe(404);
    }
    for (const path of [
      '/fhir/$export',
      '/fhir/Patient/$everything',
      '/debug',
      '/admin',
      '/v1/fhir/Task',
      '/fhir/../etc',
    ])
      expect([404, 405], path).toContain((await get(path, 'gp-de-linde')).status);
  });
});

describe('API10 unsafe consumption of APIs', () => {
  test('no partner is shown what another service answered', async () => {
    const answer = await get(`/fhir/${locationOf(sent, 'ServiceRequest')}/$explain`, 'gp-de-linde');
    expect(answer.text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1:\d+/);
  });
});
