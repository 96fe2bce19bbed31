import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent, OperationOutcome, Parameters, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readXml } from '../../src/fhir/xml.ts';
import { type ToldFigures, tellFigures } from '../support/directory/waiting-times.ts';
import { acknowledgedIn, findingsIn } from '../support/hl7v2/acknowledgement.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  startGateway,
  type TestGateway,
  warningsOf,
} from '../support/test-gateway.ts';

/** A case of examples/messages: one message, and what the gateway must make of it. */
type Case = {
  readonly story: string;
  /** What happened before: a referral of these examples, taken on. Its order and Task stand in for `noOrder` and `noTask`. */
  readonly given?: {
    readonly referral: string;
    readonly as: string;
    readonly 'taken-on-by': string;
    /** Before that providers told of their places. */
    readonly told?: readonly ToldFigures[];
    /** Then a consultation about it was asked and taken on; its Task stands in for `noConsultation`. */
    readonly consultation?: {
      readonly asked: string;
      readonly 'taken-on-by': string;
      readonly prepared?: string;
      readonly begun?: boolean;
    };
  };
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
    /** Reported to the sender, in English, of why it was routed so. */
    readonly explained?: readonly string[];
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
    for (const told of it.given?.told ?? []) await tellFigures(gateway.ask, told);
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
  const inserted = (it: string) => it.replaceAll(noOrder, order).replaceAll(noTask, task);
  if (!given.consultation) return Buffer.from(inserted(text));
  const consultation = await consultationAbout(inserted, given.as, given.consultation);
  return Buffer.from(inserted(text).replaceAll(noConsultation, consultation));
}

const noConsultation = 'Task/00000000-0000-4000-8000-000000000001';

async function consultationAbout(
  inserted: (text: string) => string,
  as: string,
  { asked, prepared, begun, 'taken-on-by': coordinator }: NonNullable<NonNullable<Case['given']>['consultation']>,
): Promise<string> {
  const message = (name: string) => inserted(readFileSync(join(folder, name, 'input.json'), 'utf8'));
  const sent = await gateway.ask('POST', '/fhir', { as, body: message(asked) });
  expect(sent.status, sent.text).toBe(200);
  const task = locationOf(sent, 'Task')!;
  await moved(task, 1, 'accepted', coordinator);
  if (prepared) {
    const body = message(prepared).replaceAll(noConsultation, task);
    const answer = await gateway.ask('POST', '/fhir', { as: coordinator, body });
    expect(answer.status, answer.text).toBe(200);
  }
  if (begun) await moved(task, 2, 'in-progress', coordinator);
  return task;
}

async function moved(task: string, version: number, status: string, as: string): Promise<void> {
  const answer = await gateway.ask('PATCH', `/fhir/${task}`, {
    as,
    body: JSON.stringify([{ op: 'replace', path: '/status', value: status }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': `W/"${version}"` },
  });
  expect(answer.status, answer.text).toBe(200);
}

async function takenOn(given: NonNullable<Case['given']>) {
  const sent = await gateway.ask('POST', '/fhir', {
    as: given.as,
    body: readFileSync(join(folder, given.referral, 'input.json')),
  });
  await moved(locationOf(sent, 'Task')!, 1, 'accepted', given['taken-on-by']);
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
  await explained(it, json);
  const [event] = await auditOf(requestId);
  expect(event?.outcome).toBe('0');
}

async function explained(it: Case, answer: Answered): Promise<void> {
  if (!it.expect.explained) return;
  const order = locationOf(answer, 'ServiceRequest');
  const { parameter = [] } = resourceOf<Parameters>(await gateway.ask('GET', `/fhir/${order}/$explain`, { as: it.as }));
  const words = parameter.flatMap(({ part = [] }) => part.find(({ name }) => name === 'en')?.valueString ?? []);
  for (const told of it.expect.explained) expect(words.join('\n')).toContain(told);
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
