import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readXml } from '../../src/fhir/xml.ts';
import { acknowledgedIn, findingsIn } from '../hl7v2.ts';
import { type Answered, locationOf, resourceOf, startGateway, type TestGateway, warningsOf } from '../stage.ts';

/** A case of examples/messages: one message, and what the gateway must make of it. */
type Case = {
  readonly story: string;
  /** What happened before: a referral of these examples, taken on. Its order and Task stand in for `noOrder` and `noTask`. */
  readonly given?: { readonly referral: string; readonly as: string; readonly 'taken-on-by': string };
  readonly as: string;
  readonly send: {
    readonly method: 'POST';
    readonly path: string;
    readonly 'content-type': string;
    readonly authorization?: string;
    readonly headers?: Readonly<Record<string, string | null>>;
  };
  readonly expect: {
    readonly status: number;
    readonly 'routed-to'?: string;
    readonly warnings?: readonly string[];
    readonly errors?: readonly { readonly rule: string; readonly at?: string; readonly constraint?: string }[];
    readonly stored: 'graph' | 'nothing';
  };
};

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
  const it = parse(readFileSync(join(folder, name, 'case.yaml'), 'utf8')) as Case;
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

const noOrder = 'ServiceRequest/00000000-0000-4000-8000-000000000000';

const noTask = 'Task/00000000-0000-4000-8000-000000000000';

async function afterwards(text: string, given: NonNullable<Case['given']>): Promise<Buffer> {
  const { order, task } = await takenOn(given);
  return Buffer.from(text.replaceAll(noOrder, order).replaceAll(noTask, task));
}

async function takenOn(given: NonNullable<Case['given']>) {
  const sent = await gateway.ask('POST', '/fhir', {
    as: given.as,
    body: readFileSync(join(folder, given.referral, 'input.json')),
  });
  const accepted = await gateway.ask('PATCH', `/fhir/${locationOf(sent, 'Task')}`, {
    as: given['taken-on-by'],
    body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
  expect(accepted.status, accepted.text).toBe(200);
  return { order: locationOf(sent, 'ServiceRequest')!, task: locationOf(sent, 'Task')! };
}

/** HL7 v2 is answered by an acknowledgement; what is stored of the answer is the gateway's own. */
const isAcknowledged = (it: Case): boolean => it.send['content-type'].includes('hl7-v2');

const send = ({ as, send: { method, path, ...how } }: Case, body: Buffer, requestId: string): Promise<Answered> => {
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

async function accepted(it: Case, answer: Answered, requestId: string): Promise<void> {
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
  const [event] = await auditOf(requestId);
  expect(event?.outcome).toBe('0');
}

/** What a refusal promises: place, code, nothing stored, on record, and no person in it. */
async function refused(it: Case, answer: Answered, requestId: string, waiting: number): Promise<void> {
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

async function refusedInHl7(it: Case, answer: Answered, requestId: string, waiting: number): Promise<void> {
  expect(['AE', 'AR']).toContain(acknowledgedIn(answer.text).code);
  const told = findingsIn(answer.text).filter(({ severity }) => severity === 'E');
  for (const { rule, at } of it.expect.errors ?? [])
    expect(told, rule).toContainEqual(expect.objectContaining({ rule, ...(at === undefined ? {} : { at }) }));
  await nothingLeft(it, answer, requestId, waiting);
}

async function nothingLeft(it: Case, answer: Answered, requestId: string, waiting: number): Promise<void> {
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
