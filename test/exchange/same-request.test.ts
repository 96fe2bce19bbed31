import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent, Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditOf, partOf, referralText, referralWith } from '../support/exchange/example-referral.ts';
import {
  type Asking,
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

const post = (requestId: string, asking: Asking = {}, at = gateway) =>
  at.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText, requestId, ...asking });
const tasksOf = async (as = 'registration-team') =>
  resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Task?_count=0', { as })).total!;

/** Beside it stand the events of what the message discloses. */
const isAccepting = ({ subtype }: AuditEvent): boolean => subtype?.some(({ code }) => code === 'accept') ?? false;

describe('an X-Request-Id is used once', () => {
  test('twenty at the same time: one is taken in, the others are offered its answer', async () => {
    const [tasks, { waiting }] = [await tasksOf(), await gateway.store.depth()];
    const requestId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(requestId)));
    const accepted = answers.filter(({ status }) => status === 200);
    const others = answers.filter(({ status }) => status === 409);
    expect([accepted.length, others.length]).toEqual([1, 19]);
    for (const other of others) {
      expect(rulesOf(other)).toEqual(['duplicate']);
      const [first] = resourceOf<OperationOutcome>(other).contained ?? [];
      expect({ ...first, id: undefined }).toEqual({ ...resourceOf(accepted[0]!), id: undefined });
    }
    expect(await tasksOf()).toBe(tasks + 1);
    expect((await gateway.store.depth()).waiting, 'the owner and who sent it hear once').toBe(waiting + 2);
    expect(
      (await auditOf(gateway, requestId))
        .filter(isAccepting)
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['0', ...Array.from({ length: 19 }, () => '4')]);
  });

  test('in capitals or not it is the same; audit finds it as it is stored', async () => {
    const requestId = randomUUID().toUpperCase();
    expect((await post(requestId)).status).toBe(200);
    expect(rulesOf(await post(requestId.toLowerCase()))).toEqual(['duplicate']);
    expect(rulesOf(await post(requestId, { body: `${referralText} ` }))).toEqual(['request-id-reused']);
    expect((await auditOf(gateway, requestId)).filter(isAccepting)).toHaveLength(3);
  });

  test('two of one request are no id: 400', async () => {
    const answer = await post(randomUUID(), { headers: { 'x-request-id': `${randomUUID()}, ${randomUUID()}` } });
    expect([answer.status, ...rulesOf(answer)]).toEqual([400, 'header-not-uuid']);
  });

  test.each(['x-request-id', 'x-trace-id', 'x-correlation-id'])(
    '%s that is no UUID is kept and repeated nowhere',
    async (name) => {
      const answer = await post(randomUUID(), { headers: { [name]: '999901102' } });
      expect([answer.status, ...rulesOf(answer)]).toEqual([400, 'header-not-uuid']);
      const { items } = await gateway.store.audit({ count: 1000 });
      for (const told of [JSON.stringify(answer), ...items.map(({ text }) => text)])
        expect(told).not.toContain('999901102');
    },
  );

  test('of a message that was refused it may be used for the mended one', async () => {
    const requestId = randomUUID();
    expect((await post(requestId, { body: referralText.slice(0, -3) })).status).toBe(400);
    expect((await post(requestId)).status).toBe(200);
  });

  test('of another partner it is another one', async () => {
    const requestId = randomUUID();
    expect((await post(requestId)).status).toBe(200);
    const own = { reference: 'Organization/gp-veenzicht' };
    const body = JSON.stringify(
      referralWith((bundle) => {
        partOf(bundle, 'Task').requester = own;
        partOf(bundle, 'ServiceRequest').requester = own;
      }),
    );
    expect((await post(requestId, { as: 'gp-veenzicht', body })).status).toBe(200);
  });

  test('the same patch of another Task, or of another version, is another request: 409', async () => {
    const [one, other] = [await post(randomUUID()), await post(randomUUID())];
    const requestId = randomUUID();
    const receive = (answer: typeof one, version = 1) =>
      gateway.ask('PATCH', `/fhir/${locationOf(answer, 'Task')}`, {
        as: 'registration-team',
        requestId,
        contentType: 'application/json-patch+json',
        body: '[{"op":"replace","path":"/status","value":"received"}]',
        headers: { 'if-match': `W/"${version}"` },
      });
    expect((await receive(one)).status).toBe(200);
    expect(rulesOf(await receive(one))).toEqual(['duplicate']);
    for (const again of [await receive(other), await receive(one, 2)])
      expect([again.status, ...rulesOf(again)]).toEqual([409, 'request-id-reused']);
    const untouched = await gateway.ask('GET', `/fhir/${locationOf(other, 'Task')}`, { as: 'registration-team' });
    expect(untouched.headers.etag).toBe('W/"1"');
  });
});

test('two gateways on one store take a request in once between them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-two-'));
  const store = `sqlite:${join(folder, 'shared.db')}`;
  const both = [await startGateway({ store }), await startGateway({ store })];
  const ids = Array.from({ length: 12 }, () => randomUUID());
  const answers = await Promise.all(
    ids.map(async (id) => (await Promise.all(both.map((it) => post(id, {}, it)))).map(({ status }) => status).sort()),
  );
  expect(answers).toEqual(ids.map(() => [200, 409]));
  expect((await both[0]!.store.depth()).waiting).toBe(ids.length * 2);
  for (const it of both) await it.stop();
  rmSync(folder, { recursive: true, force: true });
});
