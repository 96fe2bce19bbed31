import type { Bundle, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** Transfer from ggz to ggz, through HTTP, on the real store: candidates are asked without saying for whom. */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
let keerpunt: ReturnType<typeof partnerAt>;
let horizonland: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
  keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
  horizonland = partnerAt(gateway, 'ggz-horizonland');
});
afterAll(() => gateway.stop());

const candidates = ['addiction-care-keerpunt', 'specialist-ggz-horizonland'];
const personal = /9999\d{5}|Proefpersoon|Patient\/|birthDate|postalCode|Composition|Condition/;

const tasksIn = (answer: Answered): string[] =>
  (resourceOf<Bundle>(answer).entry ?? []).flatMap(({ response }) =>
    response?.location?.startsWith('Task/') ? [response.location.replace(/\/_history.*/, '')] : [],
  );

async function underway() {
  const answer = await gp.post('', referral());
  const [task, order] = [locationOf(answer, 'Task')!, locationOf(answer, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  await team.move(task, { status: 'in-progress' });
  return { task, order };
}

async function solicited(owners = candidates) {
  const { task, order } = await underway();
  const answer = await team.post('', transferOf(owners, { onward: { basedOn: order, partOf: task } }));
  expect(answer.status, answer.text).toBe(200);
  return { first: { task, order }, order: locationOf(answer, 'ServiceRequest')!, tasks: tasksIn(answer), answer };
}

const ofKeerpunt = async (tasks: readonly string[]) => {
  for (const it of tasks) if ((await keerpunt.status(it)) === 200) return it;
  throw new Error('not asked');
};

describe('candidates are asked', () => {
  test('each sees its own Task and nothing that tells for whom', async () => {
    const { tasks, order } = await solicited();
    const mine = await ofKeerpunt(tasks);
    const seen = await keerpunt.read<Task>(mine);
    expect(JSON.stringify(seen)).not.toMatch(personal);
    expect(seen.for).toBeUndefined();
    expect(seen.requester?.reference).toBe('Organization/network-veen-en-mond');
    const inputs = (seen.input ?? []).map(({ type }) => codeOf(type));
    expect(inputs).toEqual(expect.arrayContaining(['life-domain', 'municipality', 'age-group']));
    expect(await keerpunt.status(order), 'not the order').toBe(404);
    expect(await Promise.all(tasks.map((it) => keerpunt.status(it)))).toContain(404);
  });

  test('and what is sent to it holds no more', async () => {
    const { answer, tasks } = await solicited();
    expect(answer.status).toBe(200);
    const mine = await ofKeerpunt(tasks);
    const traceId = mine.replace('Task/', '');
    const { items } = await gateway.store.dispatches({ traceId, recipient: 'keerpunt-verslavingszorg', count: 5 });
    expect(items.map(({ kind }) => kind)).toEqual(['solicitation']);
  });

  test('by who carries out the Task that it is part of, on the same journey', async () => {
    const { first, order } = await solicited();
    const trace = async (reference: string) => {
      const { items } = await gateway.store.audit({ entity: reference, count: 1 });
      return /trace-id","value":"([^"]+)/.exec(items[0]?.text ?? '')?.[1];
    };
    expect(await trace(order)).toBe(await trace(first.order));
  });

  test.each([
    ['one twice', ['addiction-care-keerpunt', 'addiction-care-keerpunt'], 422, 'candidate-duplicate'],
    [
      'one in the social domain without explicit consent',
      ['addiction-care-keerpunt', 'neighbourhood-team-zonnerveen'],
      403,
      'legal-basis-invalid',
    ],
    [
      'one that takes nobody from there',
      ['addiction-care-keerpunt', 'basic-ggz-de-kade'],
      422,
      'candidate-not-eligible',
    ],
    ['one that nobody knows', ['nobody'], 422, 'owner-unknown'],
  ])('not %s', async (_, owners, status, rule) => {
    const { task, order } = await underway();
    const refused = await team.post('', transferOf(owners, { onward: { basedOn: order, partOf: task } }));
    expect(refused.status, refused.text).toBe(status);
    expect(rulesOf(refused)).toContain(rule);
  });

  test('not with the person, or words, in the Task', async () => {
    const { task, order } = await underway();
    for (const more of [{ description: 'Proefpersoon' }, { for: { reference: 'Patient/x' } }] as Partial<Task>[]) {
      const bundle = transferOf(candidates, { onward: { basedOn: order, partOf: task } });
      const last = bundle.entry!.at(-1)!;
      last.resource = { ...(last.resource as Task), ...more };
      const refused = await team.post('', bundle);
      expect([refused.status, rulesOf(refused).includes('invariant')], refused.text).toEqual([422, true]);
    }
  });

  test('not as the follow-up of work that has ended', async () => {
    const { task, order } = await underway();
    await team.move(task, { status: 'completed', outcome: 'Done.' });
    const late = await team.post('', transferOf(candidates, { onward: { basedOn: order, partOf: task } }));
    expect([late.status, ...rulesOf(late)]).toEqual([403, 'part-of-forbidden']);
  });

  test('while the work it is part of moves on: it rests on how it is, and goes through', async () => {
    const { task, order } = await underway();
    const [asked, moved] = await Promise.all([
      team.post('', transferOf(candidates, { onward: { basedOn: order, partOf: task } })),
      team.move(task, { businessStatus: 'intake-scheduled', version: '3' }),
    ]);
    expect([asked.status, moved.status]).toEqual([200, 200]);
  });

  test('not as the follow-up of somebody else’s work', async () => {
    const { task, order } = await underway();
    const mine = await gp.post('', transferOf(candidates, { onward: { basedOn: order, partOf: task } }));
    expect([mine.status, ...rulesOf(mine)]).toEqual([403, 'part-of-forbidden']);
    const loose = transferOf(candidates, { onward: { basedOn: order, partOf: task } });
    (
      loose.entry!.find(({ resource }) => resource?.resourceType === 'ServiceRequest')!.resource as ServiceRequest
    ).basedOn = [];
    delete (
      loose.entry!.find(({ resource }) => resource?.resourceType === 'ServiceRequest')!.resource as ServiceRequest
    ).basedOn;
    const refused = await team.post('', loose);
    expect([refused.status, ...rulesOf(refused)]).toEqual([422, 'based-on-order-unknown']);
  });
});

describe('one is selected', () => {
  test('in one move: it gets the order whole, the others hear that they are not', async () => {
    const { tasks, order } = await solicited();
    const mine = await ofKeerpunt(tasks);
    const other = tasks.find((it) => it !== mine)!;
    await keerpunt.move(mine, { status: 'accepted' });
    const early = await keerpunt.move(mine, { status: 'in-progress' });
    expect(rulesOf(early)).toContain('task-code-not-fulfill');

    const selected = await team.move(mine, { businessStatus: 'selected' });
    expect(selected.status, selected.text).toBe(200);
    const task = await keerpunt.read<Task>(mine);
    expect(task.code?.coding?.map(({ code }) => code)).toEqual(['fulfill', 'transfer']);
    expect(codeOf(task.businessStatus)).toBe('selected');
    const person = await keerpunt.read<Patient>(task.for!.reference!);
    expect(person.resourceType).toBe('Patient');
    expect((await keerpunt.read<ServiceRequest>(order)).subject.reference).toBe(task.for?.reference);

    const told = await horizonland.read<Task>(other);
    expect([told.status, codeOf(told.statusReason), told.for]).toEqual(['cancelled', 'not-selected', undefined]);
    expect(await horizonland.status(order), 'who is not selected sees nothing more').toBe(404);
    expect(await horizonland.status(task.for!.reference!)).toBe(404);
    const { items } = await gateway.store.dispatches({ recipient: 'keerpunt-verslavingszorg', count: 500 });
    expect(items.at(-1)?.kind).toBe('referral');
  });

  test('only one that said yes, only by who asked, only once', async () => {
    const { tasks } = await solicited();
    const mine = await ofKeerpunt(tasks);
    const other = tasks.find((it) => it !== mine)!;
    const early = await team.move(mine, { businessStatus: 'selected' });
    expect(rulesOf(early)).toContain('business-status-invalid');
    await keerpunt.move(mine, { status: 'accepted' });
    await horizonland.move(other, { status: 'accepted' });
    const self = await keerpunt.move(mine, { businessStatus: 'selected' });
    expect([self.status, ...rulesOf(self)]).toEqual([403, 'selection-forbidden']);
    expect((await team.move(mine, { businessStatus: 'selected' })).status).toBe(200);
    const second = await team.move(other, { businessStatus: 'selected' });
    expect([second.status, ...rulesOf(second)]).toEqual([409, 'task-ended']);
  });

  test('two selected at the same instant: one is, the other is told', async () => {
    for (let n = 0; n < 5; n++) {
      const { tasks } = await solicited();
      const mine = await ofKeerpunt(tasks);
      const other = tasks.find((it) => it !== mine)!;
      const accepted = await Promise.all([
        keerpunt.move(mine, { status: 'accepted', version: '1' }),
        horizonland.move(other, { status: 'accepted', version: '1' }),
      ]);
      expect(accepted.map(({ status }) => status)).toEqual([200, 200]);
      const answers = await Promise.all(tasks.map((it) => team.move(it, { businessStatus: 'selected', version: '2' })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      const ends = await Promise.all(tasks.map((it) => team.read<Task>(it)));
      expect(ends.map(({ status }) => status).sort()).toEqual(['accepted', 'cancelled']);
    }
  });

  test('it takes the work over, and the transfer ends as handed over, with its order', async () => {
    const { tasks, order, first } = await solicited();
    const mine = await ofKeerpunt(tasks);
    await keerpunt.move(mine, { status: 'accepted' });
    await team.move(mine, { businessStatus: 'selected' });
    expect((await keerpunt.move(mine, { status: 'in-progress' })).status).toBe(200);
    const done = await keerpunt.move(mine, { status: 'completed', businessStatus: 'handed-over' });
    expect(done.status, done.text).toBe(200);
    expect((await team.read<ServiceRequest>(order)).status).toBe('completed');
    expect((await gp.read<ServiceRequest>(first.order)).status, 'the first order goes on').toBe('active');
  });
});

describe('it goes otherwise', () => {
  test('a candidate proposes another, by name', async () => {
    const { tasks } = await solicited();
    const mine = await ofKeerpunt(tasks);
    const silent = await keerpunt.move(mine, { status: 'rejected', reason: 'alternative-proposed' });
    expect([silent.status, ...rulesOf(silent)]).toEqual([422, 'alternative-missing']);
    const proposed = await keerpunt.move(mine, {
      status: 'rejected',
      reason: 'alternative-proposed',
      alternative: 'HealthcareService/elderly-ggz-horizonland',
    });
    expect(proposed.status, proposed.text).toBe(200);
    expect((await team.read<Task>(mine)).output?.[0]?.valueReference?.reference).toBe(
      'HealthcareService/elderly-ggz-horizonland',
    );
  });

  test('the transfer is withdrawn: every candidate hears so', async () => {
    const { tasks, order } = await solicited();
    expect((await team.move(order, { status: 'revoked', reason: 'withdrawn-by-person' })).status).toBe(200);
    const ends = await Promise.all(tasks.map((it) => team.read<Task>(it)));
    expect(ends.map(({ status, statusReason }) => `${status} ${codeOf(statusReason)}`)).toEqual(
      tasks.map(() => 'cancelled withdrawn-by-person'),
    );
  });

  test('who asks writes no words into what a candidate reads', async () => {
    const { tasks } = await solicited();
    const patched = await gateway.ask('PATCH', `/fhir/${tasks[0]}`, {
      as: 'registration-team',
      body: JSON.stringify([{ op: 'add', path: '/description', value: 'Proefpersoon' }]),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
    });
    expect([patched.status, ...rulesOf(patched)]).toEqual([403, 'candidate-task-element-forbidden']);
  });
});

test('a directed transfer asks one and tells it for whom from the start', async () => {
  const { task, order } = await underway();
  const answer = await team.post(
    '',
    transferOf(['addiction-care-keerpunt'], { directed: true, onward: { basedOn: order, partOf: task } }),
  );
  expect(answer.status, answer.text).toBe(200);
  const given = await keerpunt.read<Task>(locationOf(answer, 'Task')!);
  expect(given.partOf?.[0]?.reference).toBe(task);
  expect(await keerpunt.status(given.for!.reference!)).toBe(200);
});
