import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** What a move of one Task or of the order makes of the rest, through HTTP, on the real store. */
const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
});
afterAll(() => gateway.stop());

async function refer() {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
  return { task: locationOf(answer, 'Task')!, order: locationOf(answer, 'ServiceRequest')! };
}

async function started() {
  const made = await refer();
  await team.move(made.task, { status: 'accepted' });
  expect((await team.move(made.task, { status: 'in-progress' })).status).toBe(200);
  return made;
}

const abortOf = (focus: string) => ({
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'abort' }] },
  focus: { reference: focus },
  reasonCode: {
    coding: [{ system: 'https://mgn.example/fhir/CodeSystem/mgn-status-reason', code: 'withdrawn-by-person' }],
  },
});

describe('an order', () => {
  test('is withdrawn by its referrer: a Task that has not started is cancelled with it', async () => {
    const { task, order } = await refer();
    const withdrawn = await gp.move(order, { status: 'revoked', reason: 'withdrawn-by-person' });
    expect(withdrawn.status, withdrawn.text).toBe(200);
    expect(resourceOf<ServiceRequest>(withdrawn).status).toBe('revoked');
    const told = await team.read<Task>(task);
    expect([told.status, codeOf(told.statusReason)]).toEqual(['cancelled', 'withdrawn-by-person']);
    const late = await team.move(task, { status: 'accepted' });
    expect([late.status, ...rulesOf(late)]).toEqual([409, 'task-ended']);
  });

  test('by JSON Patch as well, and only its status changes', async () => {
    const { order } = await refer();
    const patch = (value: object[]) =>
      gateway.ask('PATCH', `/fhir/${order}`, {
        as: 'gp-de-linde',
        body: JSON.stringify(value),
        contentType: 'application/json-patch+json',
        headers: { 'if-match': 'W/"1"' },
      });
    const amended = await patch([{ op: 'replace', path: '/priority', value: 'stat' }]);
    expect(amended.status).toBe(422);
    expect(rulesOf(amended)).toEqual(['order-immutable']);
    expect((await patch([{ op: 'replace', path: '/status', value: 'revoked' }])).status).toBe(200);
  });

  test('is not withdrawn by who carries it out', async () => {
    const { order } = await refer();
    const refused = await team.move(order, { status: 'revoked' });
    expect([refused.status, ...rulesOf(refused)]).toEqual([403, 'order-update-forbidden']);
  });

  test('is completed with its last Task, in the same moment', async () => {
    const { task, order } = await started();
    const done = await team.move(task, { status: 'completed', outcome: 'A plan was made.' });
    expect(done.status, done.text).toBe(200);
    expect((await gp.read<ServiceRequest>(order)).status).toBe('completed');
  });

  test('that was a mistake takes its Task with it', async () => {
    const { task, order } = await refer();
    expect((await gp.move(order, { status: 'entered-in-error' })).status).toBe(200);
    expect((await team.read<Task>(task)).status).toBe('entered-in-error');
  });
});

describe('an order is amended by a new one', () => {
  const replacement = (order: string) => {
    const bundle = JSON.parse(referral.toString()) as Bundle;
    for (const { resource } of bundle.entry ?? [])
      if (resource?.resourceType === 'ServiceRequest') resource.replaces = [{ reference: order }];
    return bundle;
  };

  test('the one it replaces ends with its Task, in the same moment; its owner is told', async () => {
    const { task, order } = await refer();
    const amended = await gp.post('', replacement(order));
    expect(amended.status, amended.text).toBe(200);
    expect((await gp.read<ServiceRequest>(order)).status).toBe('revoked');
    const told = await team.read<Task>(task);
    expect([told.status, codeOf(told.statusReason)]).toEqual(['cancelled', 'replaced']);
    const now = locationOf(amended, 'ServiceRequest')!;
    expect((await team.read<ServiceRequest>(now)).replaces?.[0]?.reference).toBe(order);
    const { items } = await gateway.store.dispatches({ recipient: 'registration-team', count: 500 });
    expect(
      items
        .slice(-2)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['referral', 'status']);
  });

  test('not twice, and not by somebody else', async () => {
    const { order } = await refer();
    expect((await gp.post('', replacement(order))).status).toBe(200);
    const again = await gp.post('', replacement(order));
    expect([again.status, ...rulesOf(again)]).toEqual([409, 'order-ended']);
    const other = await refer();
    const owner = await team.post('', replacement(other.order));
    expect([owner.status, ...rulesOf(owner)]).toEqual([403, 'order-update-forbidden']);
    const stranger = await partnerAt(gateway, 'ggz-de-kade').post('', replacement(other.order));
    expect(stranger.status).toBeGreaterThanOrEqual(400);
    expect((await gp.read<ServiceRequest>(other.order)).status).toBe('active');
  });

  test('while its owner takes it on: one of both happens first, and nothing is lost', async () => {
    for (let n = 0; n < 5; n++) {
      const { task, order } = await refer();
      const [amended, accepted] = await Promise.all([
        gp.post('', replacement(order)),
        team.move(task, { status: 'accepted', version: '1' }),
      ]);
      expect(amended.status, amended.text).toBe(200);
      expect([200, 409, 412]).toContain(accepted.status);
      expect((await gp.read<Task>(task)).status).toBe('cancelled');
    }
  });
});

describe('work that has begun', () => {
  test('is not withdrawn: its owner is asked to stop, and agrees', async () => {
    const { task } = await started();
    const refused = await gp.move(task, { status: 'cancelled', reason: 'withdrawn-by-person' });
    expect([refused.status, ...rulesOf(refused)]).toEqual([422, 'abort-not-accepted']);
    const asked = await gp.post('/Task', abortOf(task));
    expect(asked.status, asked.text).toBe(201);
    const abort = `Task/${resourceOf(asked).id}`;
    expect(asked.headers.location).toContain(abort);
    expect(codeOf((await team.read<Task>(task)).businessStatus)).toBe('cancellation-requested');
    expect((await team.tasks(`focus=${task}`)).map(({ status }) => status)).toEqual(['requested']);
    const again = await gp.post('/Task', abortOf(task));
    expect([again.status, ...rulesOf(again)]).toEqual([409, 'abort-already-requested']);

    const agreed = await team.move(abort, { status: 'accepted' });
    expect(agreed.status, agreed.text).toBe(200);
    const ended = await gp.read<Task>(task);
    expect([ended.status, codeOf(ended.statusReason)]).toEqual(['cancelled', 'withdrawn-by-person']);
    expect((await gp.read<Task>(abort)).status).toBe('completed');
  });

  test('that ends before the answer overtakes the request to stop', async () => {
    const { task, order } = await started();
    await gp.move(order, { status: 'revoked' });
    const [abort] = await team.tasks(`focus=${task}`);
    expect(abort?.status).toBe('requested');
    const done = await team.move(task, { status: 'completed', outcome: 'Done already.' });
    expect(done.status, done.text).toBe(200);
    const overtaken = await gp.read<Task>(`Task/${abort?.id}`);
    expect([overtaken.status, codeOf(overtaken.statusReason)]).toEqual(['cancelled', 'overtaken']);
    expect((await gp.read<ServiceRequest>(order)).status).toBe('revoked');
  });

  test('both at the same moment: one of them happens, whole', async () => {
    for (let n = 0; n < 10; n++) {
      const { task } = await started();
      const abort = `Task/${resourceOf(await gp.post('/Task', abortOf(task))).id}`;
      const answers = await Promise.all([
        team.move(abort, { status: 'accepted', version: '1' }),
        team.move(task, { status: 'completed', outcome: 'Done.', version: '4' }),
      ]);
      expect(answers.map(({ status }) => status).sort()[0]).toBe(200);
      const [ended, stop] = [await gp.read<Task>(task), await gp.read<Task>(abort)];
      expect(['completed cancelled', 'cancelled completed']).toContain(`${ended.status} ${stop.status}`);
    }
  });

  test('is stopped by nobody else, and not before it began', async () => {
    const { task } = await started();
    const owner = await team.post('/Task', abortOf(task));
    expect([owner.status, ...rulesOf(owner)]).toEqual([403, 'abort-forbidden']);
    const stranger = await partnerAt(gateway, 'ggz-de-kade').post('/Task', abortOf(task));
    expect([stranger.status, ...rulesOf(stranger)]).toEqual([422, 'abort-invalid']);
    const early = await gp.post('/Task', abortOf((await refer()).task));
    expect([early.status, ...rulesOf(early)]).toEqual([422, 'abort-task-not-started']);
  });
});

describe('$transition', () => {
  test('is known by its parameters; others are refused', async () => {
    const { task } = await refer();
    const odd = await gateway.ask('POST', `/fhir/${task}/$transition`, {
      as: 'registration-team',
      body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'state', valueCode: 'accepted' }] }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect([odd.status, ...rulesOf(odd)]).toEqual([422, 'transition-parameters-invalid']);
  });

  test('an illegal move is told as by PATCH', async () => {
    const { task } = await refer();
    const answer = await team.move(task, { status: 'completed' });
    expect([answer.status, ...rulesOf(answer)]).toEqual([422, 'task-transition-invalid']);
  });

  test('what follows goes out under the trace of the journey', async () => {
    const traceId = '5f0c8a55-2f4b-4b5e-9d53-0f1a4d1f7a10';
    const answer = await gateway.ask('POST', '/fhir', {
      as: 'gp-de-linde',
      body: referral,
      headers: { 'x-trace-id': traceId },
    });
    await team.move(locationOf(answer, 'Task')!, { status: 'accepted' });
    const { items } = await gateway.store.dispatches({ traceId, count: 10 });
    expect(items.map(({ recipient, kind }) => `${recipient} ${kind}`)).toContain('gp-de-linde status');
    expect(items).toHaveLength(3);
  });
});
