import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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

/** As a transaction in which one type is created conditionally. */
const conditionally = (type: string, ifNoneExist: string) => (bundle: Bundle) => {
  bundle.type = 'transaction';
  for (const entry of bundle.entry!) {
    const url = entry.resource!.resourceType;
    entry.request = { method: 'POST', url, ...(url === type ? { ifNoneExist } : {}) };
  }
};

const asMessage = (fullUrl: string) => (bundle: Bundle) => {
  bundle.type = 'message';
  bundle.timestamp = '2026-11-30T09:00:00+01:00';
  const task = bundle.entry!.find(({ resource }) => resource!.resourceType === 'Task')!;
  bundle.entry!.unshift({
    fullUrl,
    resource: {
      resourceType: 'MessageHeader',
      eventCoding: { system: 'https://mgn.example/fhir/CodeSystem/mgn-use-case', code: 'registration' },
      source: { endpoint: 'https://his.gp-de-linde.example/fhir' },
      focus: [{ reference: task.fullUrl! }],
    },
  });
};

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

  test.each<[string, (bundle: Bundle) => unknown]>([
    ['the identifier of the order', (it) => (partOf(it, 'ServiceRequest').identifier = [{ system, value: 'order-1' }])],
    ['ifNoneExist of the Task', conditionally('Task', `identifier=${system}|if-1`)],
    [
      'ifNoneExist of the order, encoded and among others',
      conditionally('ServiceRequest', `?status=active&identifier=${encodeURIComponent(`${system}|if-2`)}`),
    ],
    ['the id of the MessageHeader', asMessage('urn:uuid:6a6b0a3e-5b1c-4a52-9c6e-0f8f0b1d7a01')],
    ['its content, where it has no name', () => {}],
  ])('%s', async (_, change) => {
    const bare = (more: (bundle: Bundle) => unknown = () => {}) =>
      JSON.stringify(
        referralWith((bundle) => {
          partOf(bundle, 'Task').identifier = [{ value: '1' }];
          delete partOf(bundle, 'ServiceRequest').identifier;
          partOf(bundle, 'Patient').address = [{ city: _ }];
          change(bundle);
          more(bundle);
        }),
      );
    const first = await send(bare());
    expect(first.status, first.text.slice(0, 400)).toBe(200);
    expect(rulesOf(first)).not.toContain('if-none-exist-ignored');
    const before = await tasks();
    const again = await send(bare());
    expect([again.status, resourceOf(again)], again.text.slice(0, 400)).toEqual([200, resourceOf(first)]);
    expect(await tasks()).toBe(before);
    const other = await send(bare((bundle) => (partOf(bundle, 'Patient').birthDate = '1981-02-03')));
    if (_.startsWith('its content')) expect(locationOf(other, 'Task')).not.toBe(locationOf(first, 'Task'));
    else expect([other.status, rulesOf(other)]).toEqual([409, ['order-sent-before']]);
  });

  test('a referral without a name may be sent again with the same words after a week', async () => {
    const body = JSON.stringify(
      referralWith((bundle) => {
        partOf(bundle, 'Task').identifier = [{ value: '1' }];
        delete partOf(bundle, 'ServiceRequest').identifier;
        partOf(bundle, 'Patient').address = [{ city: 'Voorbeeldstad' }];
      }),
    );
    const [first, within] = [await send(body), await send(body)];
    expect(locationOf(within, 'Task')).toBe(locationOf(first, 'Task'));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 24 * 60 * 60 * 1000 });
    const later = await send(body).finally(() => vi.useRealTimers());
    expect(later.status).toBe(200);
    expect(locationOf(later, 'Task')).not.toBe(locationOf(first, 'Task'));
  });

  test('a referral without a name that its sender withdrew is sent again with the same words: a new one, once', async () => {
    const body = JSON.stringify(
      referralWith((bundle) => {
        partOf(bundle, 'Task').identifier = [{ value: '1' }];
        delete partOf(bundle, 'ServiceRequest').identifier;
        partOf(bundle, 'Patient').address = [{ city: 'Teruggekomen' }];
      }),
    );
    const first = await send(body);
    const place = locationOf(first, 'ServiceRequest')!;
    const order = resourceOf(await gateway.ask('GET', `/fhir/${place}`, { as: 'gp-de-linde' }));
    const withdrawn = await gateway.ask('PUT', `/fhir/${place}`, {
      as: 'gp-de-linde',
      body: JSON.stringify({ ...order, status: 'revoked' }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect(withdrawn.status, withdrawn.text).toBe(200);
    const answers = await Promise.all([send(body), send(body), send(body)]);
    const places = new Set(answers.map((it) => locationOf(it, 'Task')));
    expect(places.size).toBe(1);
    expect([...places][0]).not.toBe(locationOf(first, 'Task'));
  });
});
