import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CarePlan, Encounter, OperationOutcome, QuestionnaireResponse, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  startGateway,
  type TestGateway,
  warningsOf,
} from '../support/test-gateway.ts';

const root = join(import.meta.dirname, '../..');
const referral = readFileSync(join(root, 'examples/messages/001-referral-as-collection/input.json'));
const answers = (name: string, order: string): string => {
  const file = join(root, 'mappings/conversation/questionnaire/tests', name, 'input.json');
  const response = JSON.parse(readFileSync(file, 'utf8')) as QuestionnaireResponse;
  return JSON.stringify({ ...response, basedOn: [{ reference: order }] });
};

let team: Sink;
let gateway: TestGateway;
beforeAll(async () => {
  team = await startSink();
  gateway = await startGateway({ addresses: { 'wijkteam-zonnerveen': team.url } });
});
afterAll(async () => {
  await gateway.stop();
  await team.close();
});
const tell = async (name: string) =>
  gateway.ask('POST', '/fhir', {
    as: 'registration-team',
    body: answers(name, await acceptedOrder(gateway, referral)),
  });
const read = async <T extends Resource>(path: string | undefined) =>
  resourceOf<T>(await gateway.ask('GET', `/fhir/${path}`, { as: 'registration-team' }));

test('the form becomes Encounter, plan, goals, team and requests; what no list knows is kept as text and told', async () => {
  const answer = await tell('rich');
  expect(answer.status, answer.text).toBe(200);
  for (const type of ['Encounter', 'CarePlan', 'Goal', 'CareTeam', 'ServiceRequest', 'Task', 'Communication'])
    expect(locationOf(answer, type), type).toBeDefined();
  expect(warningsOf(answer)).toEqual(expect.arrayContaining(['life-domain-unknown', 'participant-role-unknown']));
  const encounter = await read<Encounter>(locationOf(answer, 'Encounter'));
  expect(encounter.participant?.map(({ type }) => type?.[0]?.text).filter(Boolean)).toEqual(['buurman']);
  const { text } = await read<CarePlan>(locationOf(answer, 'CarePlan'));
  expect(text?.div).toContain('Weer een relatie durven (over liefde)');
  expect(text?.div).toContain('Samen brieven openen (over geld)');
});

test('the Consent of the form lets through what it names, and no more', async () => {
  const before = team.received.length;
  expect((await tell('rich')).status).toBe(200);
  await team.until(before + 1);
  const { text } = team.received.at(-1)!;
  expect(text).toContain('debt-counselling');
  // the goal is about housing too, for which there is a second Consent without limits
  expect(text).toContain('Overzicht over mijn geld');
  expect(text).not.toMatch(/relatie|muziek|Slaapproblemen|buurman|999901/i);
});

test('a first conversation without a plan is taken in when more exploration is needed', async () => {
  const answer = await tell('minimal');
  expect(answer.status, answer.text).toBe(200);
  expect(locationOf(answer, 'CarePlan')).toBeUndefined();
});

test('answers that are none of the form are refused with their place', async () => {
  const response = JSON.parse(answers('minimal', await acceptedOrder(gateway, referral))) as QuestionnaireResponse;
  const body = JSON.stringify({ ...response, item: response.item?.filter(({ linkId }) => linkId !== 'outcome') });
  const answer = await gateway.ask('POST', '/fhir', { as: 'registration-team', body });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('QuestionnaireResponse');
});

/** The same record as plain JSON at /intake/conversation, with the order that this gateway gave it. */
const json = async (name: string, change: object = {}) => {
  const file = join(root, 'mappings/conversation/json/tests', name, 'input.json');
  const { orderIdentifier: _, ...form } = JSON.parse(readFileSync(file, 'utf8')) as { orderIdentifier?: object };
  return gateway.ask('POST', '/intake/conversation', {
    as: 'registration-team',
    contentType: 'application/json',
    body: JSON.stringify({ order: await acceptedOrder(gateway, referral), ...form, ...change }),
  });
};
const found = (answer: Answered) =>
  resourceOf<OperationOutcome>(answer).issue.map((it) => `${it.details?.coding?.[1]?.code} ${it.expression?.[0]}`);

test('plain JSON becomes the same record; what no list knows is kept as text and told', async () => {
  const answer = await json('rich');
  expect(answer.status, answer.text).toBe(200);
  for (const type of ['Encounter', 'CarePlan', 'Goal', 'CareTeam', 'ServiceRequest', 'Task', 'Communication'])
    expect(locationOf(answer, type), type).toBeDefined();
  expect(warningsOf(answer)).toEqual(expect.arrayContaining(['life-domain-unknown', 'participant-role-unknown']));
  const { text } = await read<CarePlan>(locationOf(answer, 'CarePlan'));
  expect(text?.div).toContain('Weer een relatie durven (over liefde)');
});

test('what is wrong with plain JSON is told in terms of it', async () => {
  const order = 'ServiceRequest/00000000-0000-4000-8000-000000000000';
  expect(found(await json('typical', { order }))).toEqual(['conversation-order-unknown conversation-form.order']);
  expect(found(await json('typical', { outcome: undefined }))).toEqual([
    'conversation-outcome-missing conversation-form.outcome',
  ]);
});
