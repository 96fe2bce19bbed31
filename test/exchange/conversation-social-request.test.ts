import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** A request to the social domain, from the GP to the neighbourhood team, as both see it. */
const examples = join(import.meta.dirname, '../../examples/messages');
const body = readFileSync(join(examples, '060-social-request/input.json'));
const ofCare = /Somber|999901102|Voorbeeldarts|mental-wellbeing|1990-02-28/;

let team: Sink;
let gateway: TestGateway;
let answer: Answered;
beforeAll(async () => {
  team = await startSink();
  gateway = await startGateway({ addresses: { 'wijkteam-zonnerveen': team.url } });
  answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  await team.until(1);
});
afterAll(async () => {
  await gateway.stop();
  await team.close();
});

const get = (as: string, path: string) => gateway.ask('GET', `/fhir/${path}`, { as });
const task = () => locationOf(answer, 'Task')!;

test('the team receives the extract, and nothing of care in it', () => {
  const [received] = team.received;
  expect(received?.text).not.toMatch(ofCare);
  expect(received?.text).toContain('Testa');
  expect((received?.bundle.entry ?? []).map(({ resource }) => resource?.resourceType)).toEqual([
    'Patient',
    'ServiceRequest',
    'Task',
  ]);
});

test('at the gateway the team reads what it received, and finds nothing of what was sent', async () => {
  const read = resourceOf<Task>(await get('wijkteam-zonnerveen', task()));
  for (const reference of [read.focus?.reference, read.for?.reference]) {
    const shown = await get('wijkteam-zonnerveen', reference ?? '');
    expect(shown.status, reference).toBe(200);
    expect(shown.text).not.toMatch(ofCare);
  }
  for (const type of ['ServiceRequest', 'Patient', 'Consent'])
    expect((await get('wijkteam-zonnerveen', locationOf(answer, type)!)).status, type).toBe(404);
  const history = resourceOf<Bundle>(await get('wijkteam-zonnerveen', `${task()}/_history`));
  expect(JSON.stringify(history)).not.toMatch(ofCare);
});

test('the GP still reads all that it sent, and follows the same Task', async () => {
  for (const type of ['ServiceRequest', 'Patient', 'Consent', 'Task'])
    expect((await get('gp-de-linde', locationOf(answer, type)!)).status, type).toBe(200);
  const accepted = await gateway.ask('PATCH', `/fhir/${task()}`, {
    as: 'wijkteam-zonnerveen',
    body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
  expect(accepted.status, accepted.text).toBe(200);
  expect(resourceOf<Task>(await get('gp-de-linde', task())).status).toBe('accepted');
});

test('what the GP writes in the Task is held to the same list', async () => {
  const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  const patch = (...operations: object[]) =>
    gateway.ask('PATCH', `/fhir/${locationOf(sent, 'Task')}`, {
      as: 'gp-de-linde',
      body: JSON.stringify(operations),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
    });
  const note = await patch({ op: 'add', path: '/note', value: [{ text: 'Somber: graag voorzichtig' }] });
  expect([note.status, ...rulesOf(note)]).toEqual([403, 'social-task-element-forbidden']);
  const coding = [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-person', display: 'Somber' }];
  const withdrawn = await patch(
    { op: 'replace', path: '/status', value: 'cancelled' },
    { op: 'add', path: '/statusReason', value: { coding, text: 'Te somber' } },
  );
  expect(withdrawn.status, withdrawn.text).toBe(200);
  expect((await get('wijkteam-zonnerveen', locationOf(sent, 'Task')!)).text).not.toMatch(ofCare);
});

test('the order that goes on is the one to withdraw, and of the reason the team reads the code alone', async () => {
  const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  const reason = {
    coding: [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-person', display: 'Somber' }],
    text: 'Te somber',
  };
  const parameter = [
    { name: 'status', valueCode: 'revoked' },
    { name: 'reason', valueCodeableConcept: reason },
  ];
  const withdraw = (order: string | undefined) =>
    gateway.ask('POST', `/fhir/${order}/$transition`, {
      as: 'gp-de-linde',
      body: JSON.stringify({ resourceType: 'Parameters', parameter }),
      headers: { 'if-match': 'W/"1"' },
    });
  const original = await withdraw(locationOf(sent, 'ServiceRequest'));
  expect([original.status, ...rulesOf(original)], original.text).toEqual([409, 'order-forwarded']);
  const made = resourceOf<Task>(await get('gp-de-linde', locationOf(sent, 'Task')!)).focus?.reference;
  expect(original.text).toContain(made);
  const withdrawn = await withdraw(made);
  expect(withdrawn.status, withdrawn.text).toBe(200);
  const read = await get('wijkteam-zonnerveen', locationOf(sent, 'Task')!);
  expect(resourceOf<Task>(read).status).toBe('cancelled');
  expect(read.text).not.toMatch(/somber/i);
});

test('who refers from the social domain follows its Task, and reads nothing that care writes in it', async () => {
  const referral = readFileSync(join(examples, '009-referral-by-social-work/input.json'));
  const sent = await gateway.ask('POST', '/fhir', { as: 'sociaal-werk-lissenmond', body: referral });
  expect(sent.status, sent.text).toBe(200);
  const accepted = await gateway.ask('PATCH', `/fhir/${locationOf(sent, 'Task')}`, {
    as: 'registration-team',
    body: JSON.stringify([
      { op: 'replace', path: '/status', value: 'accepted' },
      { op: 'add', path: '/note', value: [{ text: 'Somber' }] },
    ]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
  expect(accepted.status, accepted.text).toBe(200);
  const path = locationOf(sent, 'Task')!;
  const order = locationOf(sent, 'ServiceRequest');
  for (const asked of [path, `${path}/_history`, `${path}/_history/2`, 'Task?status=accepted', `${order}/$case`]) {
    const { status, text } = await get('sociaal-werk-lissenmond', asked);
    expect(status, text).toBe(200);
    expect(text).toContain('accepted');
    expect(text).not.toContain('"Somber"');
  }
  const shown = resourceOf<Task>(await get('sociaal-werk-lissenmond', path));
  const reason = { coding: [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-person' }] };
  const withdrawn = await gateway.ask('PUT', `/fhir/${path}`, {
    as: 'sociaal-werk-lissenmond',
    body: JSON.stringify({ ...shown, status: 'cancelled', statusReason: reason }),
    headers: { 'if-match': 'W/"2"' },
  });
  expect(withdrawn.status, withdrawn.text).toBe(200);
  expect(withdrawn.text).not.toContain('"Somber"');
  // what nobody sees is not lost by a move of who does not see it; after the end its owner does not either
  expect((await gateway.store.read('Task', path.split('/')[1]!))?.text).toContain('"Somber"');
  expect((await get('registration-team', path)).text).not.toContain('"Somber"');
});

test('what was withheld is on record, without content', async () => {
  const { items } = await gateway.store.messages({ partner: 'gp-de-linde', count: 5 });
  const { receipts } = JSON.parse(items[0]?.messageLog ?? '{}') as {
    receipts: { recipient: string; withheld: object[] }[];
  };
  const receipt = receipts.find(({ recipient }) => recipient === 'wijkteam-zonnerveen');
  expect(receipt?.withheld).toContainEqual({ resourceType: 'Consent', count: 1, reason: 'not-in-allow-list' });
  expect(JSON.stringify(receipts)).not.toMatch(ofCare);
});
