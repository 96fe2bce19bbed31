import type { Bundle, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Answered, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The right to read ends with its ground: the table of docs/guide/workflow.md, one row a test. */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
});
afterAll(() => gateway.stop());

const as = 'registration-team';
const locations = (answer: Answered): string[] =>
  (resourceOf<Bundle>(answer).entry ?? []).map(({ response }) => response!.location!.replace(/\/_history.*/, ''));
const of = (all: readonly string[], type: string) => all.find((it) => it.startsWith(`${type}/`))!;

async function referred() {
  const bundle = referral();
  const task = bundle.entry!.find(({ resource }) => resource?.resourceType === 'Task')!.resource as Task;
  task.description = 'Words about the person';
  const answer = await gp.post('', bundle);
  expect(answer.status, answer.text).toBe(200);
  const all = locations(answer);
  for (const it of all) expect(await team.status(it), it).toBe(200);
  return { all, task: of(all, 'Task'), order: of(all, 'ServiceRequest') };
}

/** What the team reads of a referral by every means, besides its own Task. */
async function readOf(all: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const it of all.filter((one) => !one.startsWith('Task/')))
    for (const path of [it, `${it}/_history`, `${it}/_history/1`])
      if ((await team.status(path)) === 200) found.push(path);
  const [order, person] = [of(all, 'ServiceRequest'), of(all, 'Patient')];
  if ((await team.status(`${order}/$case`)) === 200) found.push('$case');
  const searched = await gateway.ask('GET', `/fhir/ServiceRequest?_id=${order.split('/')[1]}`, { as });
  if ((resourceOf<Bundle>(searched).entry ?? []).length) found.push('search by id');
  const ofPerson = await gateway.ask('POST', '/fhir/ServiceRequest/_search', {
    as,
    contentType: 'application/x-www-form-urlencoded',
    body: `patient=${person}`,
  });
  if ((resourceOf<Bundle>(ofPerson).entry ?? []).length) found.push('search by patient');
  return found;
}

async function readsOwnTaskOnly({ all, task }: { readonly all: readonly string[]; readonly task: string }) {
  expect(await readOf(all)).toEqual([]);
  const own = await team.read<Task>(task);
  expect([own.description, own.for]).toEqual([undefined, undefined]);
  expect(await team.status(`${task}/_history/1`), 'earlier versions end too').toBe(404);
  const history = await gateway.ask('GET', `/fhir/${task}/_history`, { as });
  expect(history.text).not.toContain('Words about the person');
  expect(resourceOf<Bundle>(history).total).toBe(1);
  for (const it of all) expect(await gp.status(it), 'its sender reads all of it').toBe(200);
}

describe('reads its own Task only, from the move on', () => {
  test('an owner that rejects', async () => {
    const it = await referred();
    expect((await team.move(it.task, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    await readsOwnTaskOnly(it);
    expect((await team.read<Task>(it.task)).statusReason?.coding?.[0]?.code, 'and its own reason').toBe('at-capacity');
  });

  test('an owner that accepted, and rejects after all', async () => {
    const it = await referred();
    await team.move(it.task, { status: 'accepted' });
    expect((await team.move(it.task, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    await readsOwnTaskOnly(it);
  });

  test('an owner of an order that was entered in error', async () => {
    const it = await referred();
    expect((await gp.move(it.order, { status: 'entered-in-error' })).status).toBe(200);
    await readsOwnTaskOnly(it);
  });

  test('an owner that had not started, of an order that is withdrawn', async () => {
    const it = await referred();
    const withdrawn = await gp.move(it.order, { status: 'revoked', reason: 'withdrawn-by-person' });
    expect(withdrawn.status, withdrawn.text).toBe(200);
    await readsOwnTaskOnly(it);
  });
});

describe('reads on', () => {
  test('an owner that treats or treated the person', async () => {
    const it = await referred();
    await team.move(it.task, { status: 'accepted' });
    await team.move(it.task, { status: 'in-progress' });
    expect((await team.move(it.task, { status: 'completed', outcome: 'Done.' })).status).toBe(200);
    expect((await team.read<ServiceRequest>(it.order)).status).toBe('completed');
    expect((await team.read<Patient>(of(it.all, 'Patient'))).resourceType).toBe('Patient');
    expect(await team.status(`${it.task}/_history/1`)).toBe(200);
  });

  test('one that ended another referral of the same person: each has a ground of its own', async () => {
    const [rejected, kept] = [await referred(), await referred()];
    expect((await team.move(rejected.task, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    for (const it of kept.all) expect(await team.status(it)).toBe(200);
  });
});

describe('an order that is replaced', () => {
  const ggz = () => partnerAt(gateway, 'ggz-horizonland');

  /** A transfer to one provider, and the message that amends it. */
  async function transferred(started: boolean, amendedTo: string) {
    const { task, order } = await referred();
    await team.move(task, { status: 'accepted' });
    const onward = { basedOn: order, partOf: task };
    const first = await team.post('', transferOf(['specialist-ggz-horizonland'], { directed: true, onward }));
    expect(first.status, first.text).toBe(200);
    const all = locations(first);
    const reads = [];
    for (const it of all) if ((await ggz().status(it)) === 200) reads.push(it);
    expect(reads.length).toBeGreaterThan(4);
    if (started)
      for (const status of ['accepted', 'in-progress'])
        expect((await ggz().move(of(all, 'Task'), { status })).status).toBe(200);
    const amended = transferOf([amendedTo], { directed: true, onward });
    for (const { resource } of amended.entry ?? [])
      if (resource?.resourceType === 'ServiceRequest') resource.replaces = [{ reference: of(all, 'ServiceRequest') }];
    const answer = await team.post('', amended);
    expect(answer.status, answer.text).toBe(200);
    return { task: of(all, 'Task'), content: reads.filter((it) => !it.startsWith('Task/')) };
  }

  test('by one for another receiver: the former one, which had not started, reads its own Task only', async () => {
    const { task, content } = await transferred(false, 'addiction-care-keerpunt');
    for (const it of content)
      for (const path of [it, `${it}/_history`, `${it}/_history/1`]) expect(await ggz().status(path), path).toBe(404);
    const own = await ggz().read<Task>(task);
    expect([own.status, own.statusReason?.coding?.[0]?.code, own.for]).toEqual(['cancelled', 'replaced', undefined]);
    expect(await ggz().status(`${task}/_history/1`)).toBe(404);
    for (const it of content) expect(await team.status(it), 'its sender reads on').toBe(200);
  });

  test('by one for the same receiver: it reads on in the order that the new one amends', async () => {
    const { content } = await transferred(false, 'specialist-ggz-horizonland');
    for (const it of content) expect(await ggz().status(it), it).toBe(200);
  });

  test('while its receiver treats the person: it reads on', async () => {
    const { content } = await transferred(true, 'addiction-care-keerpunt');
    for (const it of content) expect(await ggz().status(it), it).toBe(200);
  });
});
