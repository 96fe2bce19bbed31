import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent, OperationOutcome, Parameters, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { clientOf } from '../../src/demo/example/client.ts';
import type { Example } from '../../src/demo/example/example.ts';
import { playGiven } from '../../src/demo/example/given.ts';
import { readXml } from '../../src/fhir/xml.ts';
import { world } from '../../src/main.ts';
import { acknowledgedIn, findingsIn } from '../support/hl7v2/acknowledgement.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  startGateway,
  type TestGateway,
  warningsOf,
} from '../support/test-gateway.ts';

const folder = join(import.meta.dirname, '../../examples/messages');
const names = readdirSync(folder).filter((name) => /^\d{3}-/.test(name));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

test('there are examples, refusals among them', () => {
  expect(names.length).toBeGreaterThan(30);
});

describe.each(names)('%s', (name) => {
  const it = parse(readFileSync(join(folder, name, 'case.yaml'), 'utf8')) as Example;
  const input = readdirSync(join(folder, name)).find((file) => file.startsWith('input.'))!;
  const read = readFileSync(join(folder, name, input));

  test(it.story, async () => {
    const body = it.given ? await afterwards(read.toString(), it.given) : read;
    const before = await gateway.store.depth();
    const requestId = randomUUID();
    const answer = await send(it, body, requestId);
    expect(answer.status, answer.text).toBe(it.expect.status);
    if (it.expect.stored === 'graph') await accepted(it, answer, requestId);
    else await refused(it, answer, requestId, before.waiting);
  });
});

/** The message after what is given, which is played as `mgn play` does. */
async function afterwards(text: string, given: NonNullable<Example['given']>): Promise<Buffer> {
  const client = clientOf(gateway.url, randomUUID);
  const player = { client, world, run: randomUUID().slice(0, 8), say: () => {} };
  return Buffer.from((await playGiven(player, given))(text));
}

/** HL7 v2 is answered by an acknowledgement; what is stored of the answer is the gateway's own. */
const isAcknowledged = (it: Example): boolean => it.send['content-type'].includes('hl7-v2');

const send = ({ as, send: { method, path, ...how } }: Example, body: Buffer, requestId: string): Promise<Answered> => {
  const { 'X-Request-Id': own, ...headers } = { 'X-Request-Id': requestId, ...how.headers };
  return gateway.ask(method, path, {
    ...(how.authorization === undefined ? { as } : {}),
    body,
    contentType: how['content-type'],
    requestId: own,
    headers: {
      ...(headers as Record<string, string>),
      ...(how.authorization ? { authorization: how.authorization } : {}),
    },
  });
};

async function accepted(it: Example, answer: Answered, requestId: string): Promise<void> {
  const stored = await gateway.store.messageByRequest(it.as, requestId);
  const json = isAcknowledged(it) ? { ...answer, text: stored?.answer.body ?? '' } : inJson(answer);
  expect([...new Set(warningsOf(json))].sort()).toEqual([...(it.expect.warnings ?? [])].sort());
  if (isAcknowledged(it)) {
    expect(acknowledgedIn(answer.text).code).toBe('AA');
    expect(findingsIn(answer.text).map(({ rule }) => rule)).toEqual(expect.arrayContaining(it.expect.warnings as []));
  }
  const location = locationOf(json, 'Task');
  const task = location && resourceOf<Task>(await gateway.ask('GET', `/fhir/${location}`, { as: it.as }));
  expect(task ? task.owner?.reference : undefined).toBe(it.expect['routed-to']);
  expect(stored, 'the message is kept').toBeDefined();
  await explained(it, json);
  const [event] = await auditOf(requestId);
  expect(event?.outcome).toBe('0');
}

async function explained(it: Example, answer: Answered): Promise<void> {
  if (!it.expect.explained) return;
  const order = locationOf(answer, 'ServiceRequest');
  const { parameter = [] } = resourceOf<Parameters>(await gateway.ask('GET', `/fhir/${order}/$explain`, { as: it.as }));
  const words = parameter.flatMap(({ part = [] }) => part.find(({ name }) => name === 'en')?.valueString ?? []);
  for (const told of it.expect.explained) expect(words.join('\n')).toContain(told);
}

/** What a refusal promises: place, code, nothing stored, on record, and no person in it. */
async function refused(it: Example, answer: Answered, requestId: string, waiting: number): Promise<void> {
  if (isAcknowledged(it)) return refusedInHl7(it, answer, requestId, waiting);
  const outcome = resourceOf<OperationOutcome>(inJson(answer));
  const errors = outcome.issue.filter(({ severity }) => severity === 'error' || severity === 'fatal');
  const told = errors.map((issue) => ({
    rule: issue.details?.coding?.[1]?.code,
    at: issue.expression?.[0],
    text: issue.details?.text,
  }));
  for (const { rule, at, constraint } of it.expect.errors ?? []) {
    const found = told.filter((issue) => issue.rule === rule && (at === undefined || issue.at === at));
    expect(found.length, `${rule} at ${at}, of ${JSON.stringify(told)}`).toBeGreaterThan(0);
    if (constraint) expect(found.some(({ text }) => text?.includes(constraint))).toBe(true);
  }
  for (const { details } of errors)
    expect(['sender', 'gateway'], 'who is at fault').toContain(details?.coding?.[0]?.code);
  await nothingLeft(it, answer, requestId, waiting);
}

async function refusedInHl7(it: Example, answer: Answered, requestId: string, waiting: number): Promise<void> {
  expect(['AE', 'AR']).toContain(acknowledgedIn(answer.text).code);
  const told = findingsIn(answer.text).filter(({ severity }) => severity === 'E');
  for (const { rule, at } of it.expect.errors ?? [])
    expect(told, rule).toContainEqual(expect.objectContaining({ rule, ...(at === undefined ? {} : { at }) }));
  await nothingLeft(it, answer, requestId, waiting);
}

async function nothingLeft(it: Example, answer: Answered, requestId: string, waiting: number): Promise<void> {
  expect((await gateway.store.depth()).waiting, 'nothing goes out').toBe(waiting);
  expect(await gateway.store.messageByRequest(it.as, requestId), 'nothing is kept').toBeUndefined();
  const sent = it.send.headers?.['X-Request-Id'];
  if (sent === undefined) expect((await auditOf(requestId)).map(({ outcome: it }) => it)).toEqual(['4']);
  expect(answer.text).not.toMatch(/9999\d{5}|Proefpersoon/);
}

async function auditOf(requestId: string): Promise<AuditEvent[]> {
  const { items } = await gateway.store.audit({ requestId, count: 10 });
  return items.map(({ text }) => JSON.parse(text) as AuditEvent);
}

/** Cases may ask for XML; what they are held to is the same. */
const inJson = (answer: Answered): Answered =>
  answer.text.trimStart().startsWith('<') ? { ...answer, text: JSON.stringify(readXml(answer.text).resource) } : answer;
