import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditOf, partOf, referralWith } from '../support/exchange/example-referral.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const system = 'https://his.gp-de-linde.example/taken';
const named = (value: string, change: (bundle: Bundle) => void = () => {}): string =>
  JSON.stringify(
    referralWith((bundle) => {
      partOf(bundle, 'Task').identifier = [{ system, value }];
      change(bundle);
    }),
  );
const send = (body: string, as = 'gp-de-linde', more = {}) =>
  gateway.ask('POST', '/fhir', { as, body, sameOrder: true, ...more });
const tasks = async () =>
  resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Task?_count=0', { as: 'registration-team' })).total ?? 0;

describe('a resend with a new X-Request-Id is recognised by the key of its sender', () => {
  test('same identifier, same content: the first answer again; nothing stored, nobody notified', async () => {
    const first = await send(named('a-1'));
    const [before, { waiting }] = [await tasks(), await gateway.store.depth()];
    const requestId = '3f0b6c2e-0000-4000-8000-000000000001';
    const again = await send(named('a-1'), 'gp-de-linde', { requestId });
    expect([first.status, again.status], again.text.slice(0, 300)).toEqual([200, 200]);
    expect(resourceOf(again)).toEqual(resourceOf(first));
    expect(again.headers.location).toBe(first.headers.location);
    expect(await tasks()).toBe(before);
    expect((await gateway.store.depth()).waiting).toBe(waiting);
    expect((await auditOf(gateway, requestId)).map(({ outcome }) => outcome)).toEqual(['0']);
  });

  test('a client that assigns other addresses at each attempt sends the same content', async () => {
    const first = await send(named('a-2'));
    const text = named('a-2').replace(/urn:uuid:(........)/g, 'urn:uuid:00000000');
    const again = await send(text);
    expect(again.status, again.text.slice(0, 300)).toBe(200);
    expect(locationOf(again, 'Task')).toBe(locationOf(first, 'Task'));
  });

  test('same identifier, other content: a conflict that names its own first order and the way to amend it', async () => {
    const first = await send(named('a-3'));
    const other = await send(
      named('a-3', (bundle) => {
        partOf(bundle, 'ServiceRequest').priority = 'urgent';
        partOf(bundle, 'Task').priority = 'urgent';
      }),
    );
    expect([other.status, rulesOf(other)]).toEqual([409, ['order-sent-before']]);
    expect(other.text).toContain(locationOf(first, 'Task'));
    expect(other.text).toContain('replaces');
  });

  test('an amendment with replaces may have the same identifier; its own resend is recognised', async () => {
    const first = await send(named('a-4'));
    const amended = named('a-4', (bundle) => {
      partOf(bundle, 'ServiceRequest').replaces = [{ reference: locationOf(first, 'ServiceRequest')! }];
    });
    const second = await send(amended);
    expect(second.status, second.text.slice(0, 400)).toBe(200);
    expect(locationOf(second, 'Task')).not.toBe(locationOf(first, 'Task'));
    const before = await tasks();
    const third = await send(amended);
    expect(third.status, third.text.slice(0, 400)).toBe(200);
    expect(locationOf(third, 'Task')).toBe(locationOf(second, 'Task'));
    expect(await tasks()).toBe(before);
  });

  test('the identifier of another sender is another one, and nothing of it is revealed', async () => {
    const first = await send(named('a-5'));
    const text = named('a-5', (bundle) => {
      const own = { reference: 'Organization/gp-veenzicht' };
      partOf(bundle, 'Task').requester = own;
      partOf(bundle, 'ServiceRequest').requester = own;
    });
    const other = await send(text, 'gp-veenzicht');
    expect(other.status, other.text.slice(0, 400)).toBe(200);
    expect(locationOf(other, 'Task')).not.toBe(locationOf(first, 'Task'));
  });

  test('ten at once: one referral, and ten times its answer', async () => {
    const before = await tasks();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(named('a-6'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((it) => locationOf(it, 'Task'))).size).toBe(1);
    expect(await tasks()).toBe(before + 1);
  });

  test('also after it was taken up, rejected or withdrawn: the first answer', async () => {
    const first = await send(named('a-7'));
    const location = locationOf(first, 'Task');
    const present = resourceOf<Task>(await gateway.ask('GET', `/fhir/${location}`, { as: 'registration-team' }));
    await gateway.ask('PUT', `/fhir/${location}`, {
      as: 'registration-team',
      body: JSON.stringify({ ...present, status: 'received' }),
      headers: { 'if-match': 'W/"1"' },
    });
    const again = await send(named('a-7'));
    expect([again.status, locationOf(again, 'Task')]).toEqual([200, location]);
  });
});
