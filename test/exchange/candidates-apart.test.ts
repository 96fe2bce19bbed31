import type { Bundle, Parameters, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** A candidate learns codes of the network about a request, and nothing by which it finds another candidate. */
let gateway: TestGateway;
let sinks: Readonly<Record<'keerpunt-verslavingszorg' | 'ggz-horizonland', Sink>>;
beforeAll(async () => {
  sinks = { 'keerpunt-verslavingszorg': await startSink(), 'ggz-horizonland': await startSink() };
  const addresses = Object.fromEntries(Object.entries(sinks).map(([partner, { url }]) => [partner, url]));
  gateway = await startGateway({ addresses });
});
afterAll(async () => {
  await gateway.stop();
  for (const sink of Object.values(sinks)) await sink.close();
});

const candidates = ['addiction-care-keerpunt', 'specialist-ggz-horizonland'];
const partners = ['keerpunt-verslavingszorg', 'ggz-horizonland'] as const;
const canary = 'CANARY';
const coding = { system: 'https://elsewhere.example/codes', code: canary, display: canary };
const extension = [{ url: 'https://elsewhere.example/extension', valueString: canary }];
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

async function underway() {
  const gp = partnerAt(gateway, 'gp-de-linde');
  const team = partnerAt(gateway, 'registration-team');
  const answer = await gp.post('', referral());
  const [task, order] = [locationOf(answer, 'Task')!, locationOf(answer, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  await team.move(task, { status: 'in-progress' });
  return { task, order };
}

const tasksIn = (answer: Answered): string[] =>
  (resourceOf<Bundle>(answer).entry ?? []).flatMap(({ response }) =>
    response?.location?.startsWith('Task/') ? [response.location.replace(/\/_history.*/, '')] : [],
  );

async function solicit(change: (task: Task, order: ServiceRequest) => void = () => {}) {
  const { task, order } = await underway();
  const bundle = transferOf(candidates, { onward: { basedOn: order, partOf: task } });
  const resources = (bundle.entry ?? []).map(({ resource }) => resource);
  const sent = resources.find((it) => it?.resourceType === 'ServiceRequest') as ServiceRequest;
  for (const it of resources) if (it?.resourceType === 'Task') change(it, sent);
  const answer = await partnerAt(gateway, 'registration-team').post('', bundle);
  return { answer, tasks: answer.status === 200 ? tasksIn(answer) : [], journey: { task, order } };
}

/** What each candidate sees of these Tasks: reads, versions, searches, and all that is delivered to it. */
async function seenBy(partner: (typeof partners)[number], tasks: readonly string[]): Promise<string> {
  const paths = tasks.flatMap((it) => [it, `${it}/_history`, `${it}/_history/1`, `Task?_id=${it.slice(5)}`]);
  const read = await Promise.all(paths.map((it) => gateway.ask('GET', `/fhir/${it}`, { as: partner })));
  const { received } = sinks[partner];
  const delivered = received.filter(({ text }) => tasks.some((it) => text.includes(it.slice(5))));
  return [...read.filter(({ status }) => status === 200), ...delivered]
    .map(({ text }) => text.replace(/"link":\[[^\]]*\]/, ''))
    .join('\n');
}

const delivered = (partner: (typeof partners)[number], task: string) =>
  expect
    .poll(() => sinks[partner].received.filter(({ text }) => text.includes(task.slice(5))).length, { timeout: 20_000 })
    .toBeGreaterThan(0);

async function owned(tasks: readonly string[]) {
  const keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
  const statuses = await Promise.all(tasks.map((it) => keerpunt.status(it)));
  return { mine: tasks[statuses.indexOf(200)]!, other: tasks[statuses.indexOf(404)]! };
}

const mutations: Readonly<Record<string, (task: Task, order: ServiceRequest) => void>> = {
  'meta.tag': (it) => (it.meta = { ...it.meta, tag: [coding] }),
  'meta.security': (it) => (it.meta = { ...it.meta, security: [coding] }),
  'meta.profile': (it) => (it.meta = { ...it.meta, profile: [`https://elsewhere.example/${canary}`] }),
  'meta.extension': (it) => (it.meta = { ...it.meta, extension }),
  'an identifier': (it) => it.identifier?.push({ system: 'https://elsewhere.example/id', value: canary }),
  'the BSN by its OID': (it) =>
    it.identifier?.push({ system: 'urn:oid:2.16.840.1.113883.2.4.6.3', value: '999900006' }),
  'identifier.type': (it) => Object.assign(it.identifier![0]!, { type: { text: canary } }),
  'identifier.assigner': (it) => Object.assign(it.identifier![0]!, { assigner: { display: canary } }),
  'code.coding': (it) => it.code?.coding?.push(coding),
  'code.text': (it) => (it.code = { ...it.code, text: canary }),
  'a code of our own system that is none': (it) =>
    it.code?.coding?.push({ system: 'https://mgn.example/fhir/CodeSystem/mgn-use-case', code: canary }),
  extension: (it) => it.extension?.push(...extension),
  modifierExtension: (it) => (it.modifierExtension = extension),
  'the legal basis in words': (it) =>
    (it.extension![0]!.valueCodeableConcept = {
      ...it.extension![0]!.valueCodeableConcept,
      text: canary,
      coding: [...(it.extension![0]!.valueCodeableConcept?.coding ?? []), coding],
    }),
  groupIdentifier: (it) => (it.groupIdentifier = { system: 'https://elsewhere.example/group', value: canary }),
  instantiatesUri: (it) => (it.instantiatesUri = `https://elsewhere.example/${canary}`),
  instantiatesCanonical: (it) => (it.instantiatesCanonical = `https://elsewhere.example/${canary}`),
  basedOn: (it) => (it.basedOn = [{ display: canary }]),
  'focus.display': (it) => (it.focus = { ...it.focus, display: canary }),
  'requester.display': (it) => (it.requester = { ...it.requester, display: canary }),
  'owner.display': (it) => (it.owner = { ...it.owner, display: canary }),
  'owner.identifier': (it) => (it.owner = { ...it.owner, identifier: { system: 'https://x.example', value: canary } }),
  performerType: (it) => (it.performerType = [{ coding: [coding] }]),
  location: (it) => (it.location = { display: canary }),
  reasonCode: (it) => (it.reasonCode = { text: canary }),
  reasonReference: (it) => (it.reasonReference = { display: canary }),
  insurance: (it) => (it.insurance = [{ display: canary }]),
  relevantHistory: (it) => (it.relevantHistory = [{ display: canary }]),
  'restriction.recipient': (it) => (it.restriction = { ...it.restriction, recipient: [{ display: canary }] }),
  'restriction.period.extension': (it) =>
    (it.restriction = { ...it.restriction, period: { start: '2027-01-01', extension } }),
  businessStatus: (it) => (it.businessStatus = { text: canary }),
  'an extension of a primitive': (it) => Object.assign(it, { _status: { extension }, _authoredOn: { extension } }),
  'a text for people': (it) =>
    (it.text = { status: 'additional', div: `<div xmlns="http://www.w3.org/1999/xhtml">${canary}</div>` }),
  language: (it) => (it.language = canary),
  implicitRules: (it) => (it.implicitRules = `https://elsewhere.example/${canary}`),
  'the code of the order, by another system': (_, order) =>
    (order.code = { coding: [...(order.code?.coding ?? []), coding], text: canary }),
  'the life domain of the order': (_, order) =>
    order.extension?.map((it) => it.valueCodeableConcept?.coding?.push(coding)),
};

describe('before the choice', () => {
  test.each(Object.keys(mutations))('what a sender writes in %s reaches no candidate, or is refused', async (name) => {
    const { answer, tasks } = await solicit(mutations[name]);
    expect([200, 422, 400, 403], answer.text).toContain(answer.status);
    if (answer.status !== 200) return;
    const { mine, other } = await owned(tasks);
    await delivered('keerpunt-verslavingszorg', mine);
    await delivered('ggz-horizonland', other);
    for (const partner of partners) expect(await seenBy(partner, tasks)).not.toMatch(/CANARY|999900006/);
  });

  test('two candidates have no id, reference or trace in common, and none of the journey', async () => {
    const { tasks, journey } = await solicit();
    const { mine, other } = await owned(tasks);
    await delivered('keerpunt-verslavingszorg', mine);
    await delivered('ggz-horizonland', other);
    const idsOf = async (partner: (typeof partners)[number]) =>
      new Set((await seenBy(partner, tasks)).match(uuid) ?? []);
    const [one, another] = [await idsOf(partners[0]), await idsOf(partners[1])];
    expect([...one].filter((it) => another.has(it))).toEqual([]);
    for (const reference of [journey.task, journey.order]) {
      expect(one.has(reference.split('/')[1]!)).toBe(false);
      expect(another.has(reference.split('/')[1]!)).toBe(false);
    }
    const traces = partners.map((partner) =>
      sinks[partner].received
        .filter(({ text }) => tasks.some((it) => text.includes(it.slice(5))))
        .map(({ headers }) => [headers['x-trace-id'], headers['x-correlation-id']]),
    );
    expect(traces).toEqual([[[mine.slice(5), undefined]], [[other.slice(5), undefined]]]);
    const keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
    const team = partnerAt(gateway, 'registration-team');
    const seen = await keerpunt.read<Task>(mine);
    expect([seen.partOf, seen.for, seen.focus?.reference]).toEqual([undefined, undefined, undefined]);
    const whole = await team.read<Task>(mine);
    expect(whole.focus?.reference, 'its sender sees of which order').toMatch(/^ServiceRequest\//);
    const found = await keerpunt.tasks(`focus=${whole.focus?.reference}`);
    expect(found, 'a search does not say it either').toEqual([]);
    expect((await keerpunt.tasks(`part-of=${journey.task}`)).map(({ id }) => id)).toEqual([]);
  });

  test('a later move of the sender is held to the same list, by PUT, patch and $transition', async () => {
    const { tasks } = await solicit();
    const { mine } = await owned(tasks);
    const team = partnerAt(gateway, 'registration-team');
    const current = await team.read<Task>(mine);
    for (const more of [
      { instantiatesUri: `https://elsewhere.example/${canary}` },
      { groupIdentifier: { value: canary } },
      { note: [{ text: canary }] },
      { extension: [...(current.extension ?? []), ...extension] },
      { performerType: [{ coding: [coding] }] },
    ]) {
      const put = await gateway.ask('PUT', `/fhir/${mine}`, {
        as: 'registration-team',
        headers: { 'if-match': 'W/"1"' },
        body: JSON.stringify({ ...current, ...more }),
      });
      expect([403, 422], put.text).toContain(put.status);
    }
    const patched = await gateway.ask('PATCH', `/fhir/${mine}`, {
      as: 'registration-team',
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify([{ op: 'add', path: '/instantiatesUri', value: `https://elsewhere.example/${canary}` }]),
    });
    expect([patched.status, ...rulesOf(patched)]).toEqual([403, 'candidate-task-element-forbidden']);
    expect(await seenBy('keerpunt-verslavingszorg', tasks)).not.toContain(canary);
  });

  test('the order withdrawn with words: the candidates get the code', async () => {
    const { tasks, answer } = await solicit();
    const order = locationOf(answer, 'ServiceRequest')!;
    const withdrawn = await gateway.ask('POST', `/fhir/${order}/$transition`, {
      as: 'registration-team',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'status', valueCode: 'revoked' },
          {
            name: 'reason',
            valueCodeableConcept: {
              coding: [
                { system: 'https://mgn.example/fhir/CodeSystem/mgn-status-reason', code: 'withdrawn-by-person' },
              ],
              text: canary,
            },
          },
        ],
      }),
    });
    expect(withdrawn.status, withdrawn.text).toBe(200);
    const { mine, other } = await owned(tasks);
    await delivered('keerpunt-verslavingszorg', mine);
    await delivered('ggz-horizonland', other);
    for (const partner of partners) {
      const seen = await seenBy(partner, tasks);
      expect(seen).toContain('withdrawn-by-person');
      expect(seen).not.toContain(canary);
    }
  });

  test('a candidate returns its Task as it saw it: nothing is lost of the stored one', async () => {
    const { tasks } = await solicit();
    const { mine } = await owned(tasks);
    const keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
    const seen = await keerpunt.read<Task>(mine);
    const put = await gateway.ask('PUT', `/fhir/${mine}`, {
      as: 'keerpunt-verslavingszorg',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify({ ...seen, status: 'accepted' }),
    });
    expect(put.status, put.text).toBe(200);
    const whole = await partnerAt(gateway, 'registration-team').read<Task>(mine);
    expect([whole.status, whole.partOf?.length, whole.focus?.reference?.split('/')[0]]).toEqual([
      'accepted',
      1,
      'ServiceRequest',
    ]);
  });
});

describe('after the choice', () => {
  test('the chosen one sees the order; the other sees that it was not selected, and nothing more', async () => {
    const { tasks, answer } = await solicit();
    const order = locationOf(answer, 'ServiceRequest')!;
    const { mine, other } = await owned(tasks);
    const [keerpunt, horizonland] = partners.map((it) => partnerAt(gateway, it)) as [
      ReturnType<typeof partnerAt>,
      ReturnType<typeof partnerAt>,
    ];
    await keerpunt.move(mine, { status: 'accepted' });
    const selected = await partnerAt(gateway, 'registration-team').move(mine, { businessStatus: 'selected' });
    expect(selected.status, selected.text).toBe(200);
    const task = await keerpunt.read<Task>(mine);
    expect([task.focus?.reference, task.partOf?.length]).toEqual([order, 1]);
    const ended = await horizonland.read<Task>(other);
    expect([ended.status, codeOf(ended.statusReason), ended.for, ended.partOf, ended.focus?.reference]).toEqual([
      'cancelled',
      'not-selected',
      undefined,
      undefined,
      undefined,
    ]);
    expect(await seenBy('ggz-horizonland', tasks)).not.toContain(order.split('/')[1]);
    expect((await horizonland.tasks(`focus=${order}`)).length).toBe(0);
  });

  test('the chosen one is explained the decision about its own Task, the sender each; the other one none', async () => {
    const { tasks, answer } = await solicit();
    const order = locationOf(answer, 'ServiceRequest')!;
    const { mine } = await owned(tasks);
    await partnerAt(gateway, 'keerpunt-verslavingszorg').move(mine, { status: 'accepted' });
    await partnerAt(gateway, 'registration-team').move(mine, { businessStatus: 'selected' });
    const explained = async (as: string) => {
      const shown = await gateway.ask('GET', `/fhir/${order}/$explain`, { as });
      return shown.status === 200
        ? (resourceOf<Parameters>(shown).parameter ?? []).filter(({ name }) => name === 'decision').length
        : shown.status;
    };
    expect([await explained('registration-team'), await explained(partners[0]), await explained(partners[1])]).toEqual([
      2, 1, 404,
    ]);
    const shown = await gateway.ask('GET', `/fhir/${order}/$explain`, { as: partners[0] });
    expect(shown.text).not.toContain('specialist-ggz-horizonland');
  });
});
