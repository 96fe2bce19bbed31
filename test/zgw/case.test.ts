import type { Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catchUp } from '../../src/zgw/catch-up.ts';
import { until } from '../support/delivery/test-worker.ts';
import { freePort } from '../support/free-port.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { type Answered, locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';
import { hasContracts } from '../support/zgw/contract.ts';
import { type Municipality, startMunicipality } from '../support/zgw/municipality.ts';
import { catalogue, results, socialRequest, statuses, withMunicipality } from '../support/zgw/network.ts';
import type { Row } from '../support/zgw/register.ts';

/** A request to the social domain as a case of a municipality: opened, moved and closed there, the referrer notified of each move. */
let municipality: Municipality;
let referrer: Sink;
let gateway: TestGateway;
beforeAll(async () => {
  municipality = await startMunicipality(catalogue);
  referrer = await startSink();
  const port = await freePort();
  gateway = await startGateway({
    port,
    addresses: { 'gp-de-linde': referrer.url },
    configure: withMunicipality(municipality, {}, port),
  });
});
afterAll(async () => {
  await gateway.stop();
  await municipality.close();
  await referrer.close();
});

const send = async (): Promise<Answered> => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: socialRequest });
  expect(answer.status, answer.text).toBe(200);
  await gateway.running.delivery.idle();
  return answer;
};
const taskOf = async (answer: Answered): Promise<Task> =>
  resourceOf<Task>(await gateway.ask('GET', `/fhir/${locationOf(answer, 'Task')}`, { as: 'gp-de-linde' }));
const zaakOf = async (answer: Answered) => {
  const number = (await taskOf(answer)).focus?.reference?.split('/')[1];
  return municipality.zaken.find((zaak) => zaak.identificatie === number)!;
};
const secret = 'Bearer a-secret-of-32-characters-for-callbacks';
const notify = async (body: object | string, authorization?: string, partner = 'wijkteam-zonnerveen') => {
  const answer = await gateway.ask('POST', `/zgw/${partner}/notifications`, {
    body: typeof body === 'string' ? body : JSON.stringify(body),
    contentType: 'application/json',
    headers: authorization === undefined ? {} : { authorization },
    requestId: null,
  });
  await gateway.running.delivery.idle();
  return answer;
};
const notificationOf = (zaak: string, kenmerken: object = {}) => ({
  kanaal: 'zaken',
  hoofdObject: zaak,
  resource: 'status',
  resourceUrl: `${municipality.origin}/zaken/api/v1/statussen/0d6c2a6e-0000-4000-8000-000000000099`,
  actie: 'create',
  aanmaakdatum: '2026-11-30T12:00:00Z',
  kenmerken,
});
/** The official moves the zaak, and the municipality notifies its subscriber. */
const move = async (zaak: string, statustype: string, how?: 'cloudevent'): Promise<void> => {
  municipality.setStatus(zaak, statustype);
  expect(await municipality.notify(zaak, how)).toEqual([204]);
  await gateway.running.delivery.idle();
};
const versionOf = async (answer: Answered) => (await taskOf(answer)).meta?.versionId;

describe('a request becomes a zaak', () => {
  test('with its rollen, eigenschappen and first status, and nothing of care', async () => {
    const zaak = await zaakOf(await send());
    const of = (rows: readonly Row[]) => rows.filter((row) => row.zaak === zaak.url);
    expect(of(municipality.rollen)).toHaveLength(2);
    expect(of(municipality.eigenschappen)).toHaveLength(2);
    expect(of(municipality.statussen).map(({ statustype }) => statustype)).toEqual([statuses.registered]);
    const stored = JSON.stringify([zaak, of(municipality.rollen), of(municipality.eigenschappen)]);
    expect(stored).toContain('Proefpersoon');
    expect(stored).not.toMatch(/Somber|mental-wellbeing|1990-02-28|Voorbeeldarts/);
  });
});

describe('the zaak moves the Task', () => {
  test('opened, moved and closed; the referrer is notified of each move', async () => {
    const sent = await send();
    const zaak = await zaakOf(sent);
    const before = referrer.received.length;
    for (const [statustype, expected] of [
      [statuses.registered, 'received'],
      [statuses.accepted, 'accepted'],
      [statuses.waiting, 'accepted'],
      [statuses.working, 'in-progress'],
    ] as const) {
      await move(zaak.url, statustype);
      expect((await taskOf(sent)).status).toBe(expected);
    }
    municipality.setResult(zaak.url, results.helped);
    await move(zaak.url, statuses.closed);
    expect((await taskOf(sent)).status).toBe('completed');
    const told = referrer.received
      .slice(before)
      .flatMap(({ bundle }) => bundle.entry ?? [])
      .flatMap(({ resource }) => (resource?.resourceType === 'Task' && resource.code ? [resource.status] : []));
    expect(new Set(told)).toEqual(new Set(['received', 'accepted', 'in-progress', 'completed']));
  });

  test('a zaak that skips statuses moves the Task through each of them', async () => {
    const sent = await send();
    await move((await zaakOf(sent)).url, statuses.working);
    expect((await taskOf(sent)).status).toBe('in-progress');
  });

  test('a result that rejects gives a coded reason', async () => {
    const sent = await send();
    const zaak = await zaakOf(sent);
    municipality.setResult(zaak.url, results.refused);
    await move(zaak.url, statuses.closed);
    const task = await taskOf(sent);
    expect(task.status).toBe('rejected');
    expect(task.statusReason?.coding?.map(({ code }) => code)).toEqual(['not-eligible']);
  });
});

describe('notifications', () => {
  test('the gateway subscribed once, with a secret that its callback requires', () => {
    expect(municipality.subscriptions).toHaveLength(1);
    expect(municipality.subscriptions[0]?.kanalen).toEqual([
      { naam: 'zaken', filters: { zaaktype: catalogue.zaaktype } },
    ]);
  });

  test('duplicated, late and as a CloudEvent: the Task moves once', async () => {
    const sent = await send();
    const { url } = await zaakOf(sent);
    await move(url, statuses.accepted, 'cloudevent');
    const version = await versionOf(sent);
    const before = referrer.received.length;
    for (const how of ['notificatie', 'cloudevent', 'notificatie'] as const) await municipality.notify(url, how);
    await gateway.running.delivery.idle();
    expect([(await taskOf(sent)).status, await versionOf(sent)]).toEqual(['accepted', version]);
    expect(referrer.received.length).toBe(before);
  });

  test('a zaak that is moved back leaves the Task where it is', async () => {
    const sent = await send();
    const { url } = await zaakOf(sent);
    await move(url, statuses.working);
    await move(url, statuses.accepted);
    expect((await taskOf(sent)).status).toBe('in-progress');
  });

  test('a lost one is caught up with, once across gateways', async () => {
    const sent = await send();
    municipality.setStatus((await zaakOf(sent)).url, statuses.accepted);
    const it = gateway.running.gateway;
    const partner = it.network.partners.get('wijkteam-zonnerveen')!;
    expect(await catchUp(it, partner, 'an hour')).toBeGreaterThan(0);
    expect(await catchUp(it, partner, 'an hour')).toBe(0);
    await gateway.running.delivery.idle();
    expect((await taskOf(sent)).status).toBe('accepted');
  });

  test('a zaak whose status cannot be read holds up no other of a catch-up', async () => {
    const [broken, ...others] = [await send(), await send(), await send()];
    for (const it of [broken, ...others]) municipality.setStatus(String((await zaakOf(it)).url), statuses.accepted);
    const unread = new URL(String((await zaakOf(broken)).status)).pathname.replace('/zaken/api/v1', '');
    municipality.fault = (_, path) => (path.endsWith(unread) ? { status: 404 } : undefined);
    const running = gateway.running.gateway;
    await catchUp(running, running.network.partners.get('wijkteam-zonnerveen')!, 'one-unreadable');
    try {
      for (const it of others) await until(async () => (await taskOf(it)).status === 'accepted', 10_000);
      expect((await taskOf(broken)).status).not.toBe('accepted');
    } finally {
      municipality.fault = undefined;
    }
    // it is read again
    await until(async () => (await taskOf(broken)).status === 'accepted', 10_000);
    await gateway.running.delivery.idle();
  });

  test.each(['/x?y=/zaken/a', '/x#/zaken/a', '/x/audittrail?x=/zaken/a', '/x/zaken/a', '//zaken/a', '/'])(
    'an address that only ends like one of a zaak is refused: %s',
    async (behind) => {
      const before = municipality.exchanged.length;
      const address = `${municipality.origin}/zaken/api/v1/zaken${behind}`;
      expect((await notify(notificationOf(address), secret)).status).toBe(403);
      expect(municipality.exchanged.length).toBe(before);
    },
  );

  test('a forged one moves nothing, and leads to no request elsewhere', async () => {
    const sent = await send();
    const { url } = await zaakOf(sent);
    await move(url, statuses.registered);
    const version = await versionOf(sent);
    const asked = municipality.exchanged.length;
    // without the secret, with another, of another partner
    for (const authorization of [undefined, 'Bearer other', `${secret}x`, secret.toLowerCase()])
      expect((await notify(notificationOf(url), authorization)).status, authorization).toBe(401);
    for (const partner of ['sociaal-werk-lissenmond', 'gp-de-linde', 'nobody', '..%2fwijkteam-zonnerveen'])
      expect((await notify(notificationOf(url), secret, partner)).status, partner).toBe(401);
    // with the secret: to hosts of others, out of the root, to another resource
    for (const address of [
      'http://169.254.169.254/zaken/api/v1/zaken/0d6c2a6e-0000-4000-8000-000000000001',
      `${municipality.origin}.evil.example/zaken/api/v1/zaken/1`,
      `${municipality.origin.replace('//', '//user@')}/zaken/api/v1/zaken/1`,
      `${municipality.origin}/zaken/api/v1/zaken/../../../documenten/api/v1/zaken/1`,
      `${municipality.origin}/zaken/api/v1/zaken/1?x=1`,
      `${municipality.origin}/zaken/api/v1/rollen/0d6c2a6e-0000-4000-8000-000000000001`,
    ])
      expect((await notify(notificationOf(address), secret)).status, address).toBe(403);
    for (const body of ['', 'x', '[]', '{}', '{"kanaal":1}'])
      expect((await notify(body, secret)).status, body).toBeGreaterThanOrEqual(400);
    expect(municipality.exchanged.length).toBe(asked);
    // one of a zaak that does not exist, and of one that is true but says another status: what counts is read
    await notify(
      notificationOf(`${municipality.origin}/zaken/api/v1/zaken/0d6c2a6e-0000-4000-8000-000000000001`),
      secret,
    );
    await notify({ ...notificationOf(url), status: statuses.closed, statustype: statuses.closed }, secret);
    expect([(await taskOf(sent)).status, await versionOf(sent)]).toEqual(['received', version]);
    expect(municipality.exchanged.length).toBeGreaterThan(asked);
  });

  test('one of another zaaktype or channel is taken note of, and nothing is read', async () => {
    const sent = await send();
    const { url } = await zaakOf(sent);
    const asked = municipality.exchanged.length;
    expect((await notify(notificationOf(url, { zaaktype: 'https://other.example/1' }), secret)).status).toBe(204);
    expect((await notify({ ...notificationOf(url), kanaal: 'test' }, secret)).status).toBe(204);
    expect(municipality.exchanged.length).toBe(asked);
  });

  test('a status without a move in the table moves nothing, and is reported', async () => {
    const sent = await send();
    await move((await zaakOf(sent)).url, statuses.unknown);
    expect((await taskOf(sent)).status).toBe('requested');
    const dead = await gateway.ask('GET', '/dead-letters', { as: 'operator' });
    expect(dead.text).toContain('zgw-status-unmapped');
    // it holds up no other message of the journey
    await move((await zaakOf(sent)).url, statuses.accepted);
    expect((await taskOf(sent)).status).toBe('accepted');
  });
});

describe('a withdrawn request', () => {
  test('its zaak gets the result and status that the municipality has for that', async () => {
    const sent = await send();
    const zaak = await zaakOf(sent);
    const order = (await taskOf(sent)).focus?.reference;
    const withdrawn = await gateway.ask('POST', `/fhir/${order}/$transition`, {
      as: 'gp-de-linde',
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'status', valueCode: 'revoked' },
          { name: 'reason', valueCode: 'withdrawn-by-person' },
        ],
      }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect(withdrawn.status, withdrawn.text).toBe(200);
    await gateway.running.delivery.idle();
    const own = municipality.statussen.filter((it) => it.zaak === zaak.url);
    expect(own.at(-1)?.statustype).toBe(statuses.withdrawn);
    // what the municipality notifies of it moves nothing
    await municipality.notify(zaak.url);
    await gateway.running.delivery.idle();
    expect((await taskOf(sent)).status).toBe('cancelled');
  });
});

describe('the contracts', () => {
  test.skipIf(!hasContracts)(
    'every request and answer so far fits the published contracts (skipped without ../shared/data)',
    () => {
      expect(municipality.exchanged.length).toBeGreaterThan(20);
      expect([...new Set(municipality.violations)]).toEqual([]);
    },
  );
});
