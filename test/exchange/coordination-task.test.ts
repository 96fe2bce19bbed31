import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invitation, orderOf, owners, sent, service, taskOf, twiin } from '../support/exchange/coordination.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const post = (body: object, as = 'gp-de-linde') => gateway.ask('POST', '/fhir', { as, body: JSON.stringify(body) });
const read = async <T extends Task | ServiceRequest>(place: string | undefined, as = 'gp-de-linde'): Promise<T> => {
  const answer = await gateway.ask('GET', `/fhir/${place}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return resourceOf<T>(answer);
};
const patch = async (place: string, as: string, operations: object[]) => {
  const current = await gateway.ask('GET', `/fhir/${place}`, { as });
  return gateway.ask('PATCH', `/fhir/${place}`, {
    as,
    body: JSON.stringify(operations),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': String(current.headers.etag) },
  });
};
const set = (path: string, value: unknown) => ({ op: 'add', path: `/${path}`, value });
const moved = async (place: string, as: string, operations: object[]): Promise<Task> => {
  const answer = await patch(place, as, operations);
  expect(answer.status, answer.text).toBe(200);
  return resourceOf<Task>(answer);
};
const codes = (concept: Task['code']) => (concept?.coding ?? []).map(({ code }) => code);
const placed = async (bundle: Bundle, as = 'gp-de-linde') => {
  const answer = await post(bundle, as);
  expect(answer.status, answer.text).toBe(200);
  const tasks = (resourceOf<Bundle>(answer).entry ?? [])
    .map(({ response }) => response?.location?.replace(/\/_history.*/, '') ?? '')
    .filter((it) => it.startsWith('Task/'));
  return { answer, tasks, task: tasks[0]!, order: locationOf(answer, 'ServiceRequest')! };
};

describe('a Coordination Task without any code of the network', () => {
  test.each([
    ['a service of the network: registration', owners.conversation, 'registration'],
    ['no owner: registration', undefined, 'registration'],
    ['a provider: transfer', owners.kade, 'transfer'],
  ])('for %s', async (_, owner, useCase) => {
    const order = orderOf();
    const { owner: __, ...task } = taskOf(order);
    const { task: place, order: at } = await placed(sent(order, { ...task, ...(owner ? { owner } : {}) }));
    const stored = await read<Task>(place);
    expect(codes(stored.code)).toEqual(['fulfill', useCase]);
    expect(stored.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code).toBe('referral-within-care');
    const ordered = await read<ServiceRequest>(at);
    expect(ordered.requester).toEqual(task.requester);
    expect(codes(ordered.category?.[0])).toEqual([useCase]);
    expect(ordered.instantiatesCanonical).toEqual(order.instantiatesCanonical);
    expect(stored.input?.map(({ type }) => codes(type)[0])).toEqual([
      'type-of-work',
      'supplemental-resource',
      'supplemental-query',
    ]);
  });

  test('of the generic functions: requester a card number, person only in the order', async () => {
    const order = orderOf({
      requester: {
        type: 'PractitionerRole',
        identifier: { system: 'http://fhir.nl/fhir/NamingSystem/uzi', value: '09999901' },
      },
    });
    const { for: _, authoredOn: __, meta: ___, ...task } = taskOf(order, { requester: order.requester! });
    const { task: place, order: at } = await placed(sent(order, task));
    const stored = await read<Task>(place);
    expect(stored.for?.reference).toMatch(/^Patient\//);
    expect(stored.requester?.identifier?.value).toBe('09999901');
    expect((await read<ServiceRequest>(at)).requester?.reference).toBe('Organization/gp-de-linde');
  });

  test('without a legal basis that was agreed: refused, and told whom to ask', async () => {
    const order = orderOf();
    const answer = await post(sent(order, taskOf(order)), 'herstelinitiatief-de-brug');
    expect([answer.status, rulesOf(answer)]).toEqual([422, ['legal-basis-not-agreed']]);
    expect(answer.text).toContain('partners.yaml');
  });

  test('in the name of another practice: refused', async () => {
    const order = orderOf();
    const requester = { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '99990102' } };
    const answer = await post(sent(order, taskOf(order, { requester })));
    expect(rulesOf(answer)).toEqual(['requester-not-represented', 'requester-not-represented']);
  });

  test('for the social domain: on explicit consent only', async () => {
    const order = orderOf();
    const owner = service('wijkteam-zonnerveen', '014');
    const answer = await post(sent(order, taskOf(order, { owner })));
    expect([answer.status, rulesOf(answer)]).toEqual([403, ['social-consent-missing']]);
  });

  test('of one fulfiller: accepted, started and completed, with reasons in words', async () => {
    const order = orderOf();
    const { task } = await placed(sent(order, taskOf(order, { owner: owners.kade })));
    expect((await moved(task, 'ggz-de-kade', [set('status', 'accepted')])).status).toBe('accepted');
    const rejected = await moved(task, 'ggz-de-kade', [
      set('status', 'rejected'),
      set('statusReason', { text: 'Wij hebben geen tolk' }),
    ]);
    expect([codes(rejected.statusReason), rejected.statusReason?.text]).toEqual([['other'], 'Wij hebben geen tolk']);
    const another = orderOf();
    const { task: next } = await placed(sent(another, taskOf(another, { owner: owners.kade })));
    const cancelled = await moved(next, 'gp-de-linde', [
      set('status', 'cancelled'),
      set('statusReason', {
        coding: [{ system: 'https://placer.example/reasons', code: 'x1', display: 'Toch niet nodig' }],
      }),
    ]);
    expect([codes(cancelled.statusReason), cancelled.statusReason?.text]).toEqual([
      ['x1', 'withdrawn-by-referrer'],
      'Toch niet nodig',
    ]);
  });
});

describe('several fulfillers', () => {
  const invited = async () => {
    const order = orderOf();
    const all = [owners.kade, owners.horizonland, owners.keerpunt].map((owner) => invitation(order, owner));
    const it = await placed(sent(order, ...all));
    expect(it.tasks).toHaveLength(3);
    return it;
  };

  test('are invited without the person, one is selected by the codes of ta-workflow, the others are not', async () => {
    const { tasks } = await invited();
    const [kade, horizonland, keerpunt] = tasks as [string, string, string];
    const seen = await read<Task>(kade, 'ggz-de-kade');
    expect([codes(seen.code), seen.for]).toEqual([['request-fulfillment', 'transfer'], undefined]);
    expect(codes((await read<Task>(kade)).code)).toEqual(['request-fulfillment', 'request-fulfillment', 'transfer']);
    await moved(kade, 'ggz-de-kade', [
      set('status', 'accepted'),
      set('output', [{ type: { text: 'Bid' }, valueString: 'Vanaf 12 oktober' }]),
    ]);
    await moved(horizonland, 'ggz-horizonland', [set('status', 'rejected'), set('statusReason', { text: 'Vol' })]);
    const start = await patch(kade, 'ggz-de-kade', [set('status', 'in-progress')]);
    expect(rulesOf(start)).toEqual(['task-code-not-fulfill']);
    const selected = await moved(kade, 'gp-de-linde', [set('businessStatus', twiin('selected'))]);
    expect(codes(selected.code)).toEqual(['fulfill', 'transfer']);
    expect(selected.for?.reference).toMatch(/^Patient\//);
    const other = await read<Task>(keerpunt);
    expect([other.status, codes(other.statusReason)]).toEqual(['cancelled', ['not-selected']]);
    expect((await read<Task>(horizonland)).status).toBe('rejected');
    await moved(kade, 'ggz-de-kade', [set('status', 'in-progress')]);
  });

  test('a placer that selects with the whole Task, as TA Workflow has it, and cancels with a reason of ta-workflow', async () => {
    const { tasks } = await invited();
    const [kade, horizonland] = tasks as [string, string];
    await moved(kade, 'ggz-de-kade', [set('status', 'accepted')]);
    const cancelled = await moved(horizonland, 'gp-de-linde', [
      set('status', 'cancelled'),
      set('statusReason', { ...twiin('not-selected'), text: 'not selected' }),
    ]);
    expect([codes(cancelled.statusReason), cancelled.statusReason?.text]).toEqual([['not-selected'], undefined]);
    const current = await gateway.ask('GET', `/fhir/${kade}`, { as: 'gp-de-linde' });
    const whole = resourceOf<Task>(current);
    const answer = await gateway.ask('PUT', `/fhir/${kade}`, {
      as: 'gp-de-linde',
      headers: { 'if-match': String(current.headers.etag) },
      body: JSON.stringify({
        ...whole,
        code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
        businessStatus: twiin('selected'),
      }),
    });
    expect(answer.status, answer.text).toBe(200);
    expect(codes(resourceOf<Task>(answer).code)).toEqual(['fulfill', 'transfer']);
  });
});

describe('a fulfiller that asks the placer to withdraw the order (Authorization Cancellation Request)', () => {
  const started = async () => {
    const order = orderOf();
    const it = await placed(sent(order, taskOf(order, { owner: owners.kade })));
    await moved(it.task, 'ggz-de-kade', [set('status', 'accepted')]);
    return it;
  };
  const asking = (order: string) => ({
    resourceType: 'Task',
    status: 'requested',
    statusReason: { text: 'Contra-indicatie' },
    intent: 'proposal',
    code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'abort' }] },
    focus: { reference: order },
    authoredOn: '2026-10-12T14:00:00+02:00',
    requester: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '99990201' } },
    owner: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '99990101' } },
  });
  const ask = (order: string, as = 'ggz-de-kade') =>
    gateway.ask('POST', '/fhir/Task', { as, body: JSON.stringify(asking(order)) });

  test('the placer agrees: the order is withdrawn with its Tasks', async () => {
    const { task, order } = await started();
    const answer = await ask(order);
    expect(answer.status, answer.text).toBe(201);
    const request = resourceOf<Task>(answer);
    expect([request.intent, request.focus?.reference, request.reasonCode?.text]).toEqual([
      'proposal',
      order,
      'Contra-indicatie',
    ]);
    expect(rulesOf(await ask(order))).toEqual(['abort-already-requested']);
    const found = await gateway.ask('GET', '/fhir/Task?intent=proposal&code=abort&status=requested', {
      as: 'gp-de-linde',
    });
    expect(resourceOf<Bundle>(found).entry?.some(({ resource }) => resource?.id === request.id)).toBe(true);
    await moved(`Task/${request.id}`, 'gp-de-linde', [set('status', 'accepted')]);
    expect((await read<ServiceRequest>(order)).status).toBe('revoked');
    expect((await read<Task>(task)).status).toBe('cancelled');
  });

  test('the placer does not agree: the order stands, and the work goes on and ends', async () => {
    const { task, order } = await started();
    const request = resourceOf<Task>(await ask(order));
    await moved(`Task/${request.id}`, 'gp-de-linde', [
      set('status', 'rejected'),
      set('statusReason', { text: 'Liever wel' }),
    ]);
    expect((await read<ServiceRequest>(order)).status).toBe('active');
    await moved(task, 'ggz-de-kade', [set('status', 'in-progress')]);
    const again = resourceOf<Task>(await ask(order));
    await moved(task, 'ggz-de-kade', [
      set('status', 'completed'),
      set('output', [{ type: { text: 'Uitkomst' }, valueString: 'Klaar' }]),
    ]);
    expect((await read<ServiceRequest>(order)).status).toBe('completed');
    expect((await read<Task>(`Task/${again.id}`)).status).toBe('cancelled');
  });

  test('only the owner of its Task asks', async () => {
    const { order } = await started();
    for (const as of ['ggz-horizonland', 'gp-de-linde'])
      expect(rulesOf(await ask(order, as))).toEqual(['abort-invalid']);
  });
});
