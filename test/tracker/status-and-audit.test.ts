import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Bundle, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PartnerSystem, startPartnerSystem } from '../../src/demo/partner-system.ts';
import { mgn } from '../support/cli/mgn.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** `mgn status` and `mgn audit` on the store of a running gateway: read-only, and without content. */

const messages = join(import.meta.dirname, '../../examples/messages');
const referral = readFileSync(join(messages, '001-referral-as-collection/input.json'), 'utf8');
const transfer = readFileSync(join(messages, '040-transfer-asked-of-two/input.json'), 'utf8');

let folder: string;
let store: string;
let gateway: TestGateway;
let team: PartnerSystem;
let order: string;
let task: string;
let person: string;
const requestId = randomUUID();
const traceId = randomUUID();
const number = `ward-7/${randomUUID()}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-status-'));
  store = `sqlite:${join(folder, 'gateway.db')}`;
  team = await startPartnerSystem('registration-team', { base: () => gateway.url, token: '' }, randomUUID);
  gateway = await startGateway({ store, addresses: { 'registration-team': team.base } });
  const sent = await gateway.ask('POST', '/fhir', {
    as: 'gp-de-linde',
    body: named(referral, number),
    sameOrder: true,
    requestId,
    headers: { 'x-trace-id': traceId },
  });
  expect(sent.status, sent.text).toBe(200);
  order = locationOf(sent, 'ServiceRequest')!;
  task = locationOf(sent, 'Task')!;
  const read = await gateway.ask('GET', `/fhir/${order}`, { as: 'gp-de-linde' });
  person = resourceOf<ServiceRequest>(read).subject.reference!;
  // the GP's system is not there: its messages wait
  while ((await gateway.store.dispatches({ state: 'delivered', count: 1 })).items.length === 0) await setTimeout(20);
  await moved(task, 'accepted');
  await gateway.ask('PATCH', `/fhir/${task}`, { as: 'gp-de-linde', body: '[]', contentType: 'text/plain' });
});
afterAll(async () => {
  await gateway.stop();
  await team.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The referral under a number of its own for its order. */
function named(text: string, value: string): string {
  const bundle = JSON.parse(text) as Bundle;
  for (const { resource } of bundle.entry ?? [])
    if (resource?.resourceType === 'ServiceRequest' || resource?.resourceType === 'Task')
      resource.identifier = [{ system: 'https://sender.example/numbers', value: `${value}-${resource.resourceType}` }];
  return JSON.stringify(bundle);
}

const moved = async (reference: string, status: string) => {
  const answer = await gateway.ask('PATCH', `/fhir/${reference}`, {
    as: 'registration-team',
    body: JSON.stringify([{ op: 'replace', path: '/status', value: status }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
  expect(answer.status, answer.text).toBe(200);
};

type Json = Readonly<Record<string, unknown>>;
const jsonLines = (out: string): Json[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((it) => JSON.parse(it) as Json);

const status = async (name: string): Promise<Json[]> => {
  const { code, out, err } = await mgn(['status', name, '--store', store, '--json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return jsonLines(out);
};

const audit = async (...args: string[]): Promise<Json[]> => {
  const { code, out, err } = await mgn(['audit', '--store', store, '--json', ...args]);
  expect(err).toBe('');
  expect(code).toBe(0);
  return jsonLines(out);
};

describe('mgn status', () => {
  test('Tasks with their states, deliveries with attempts and times', async () => {
    expect(await status(order)).toMatchObject([
      {
        order,
        status: 'active',
        sender: 'gp-de-linde',
        tasks: [{ task, status: 'accepted', owner: expect.stringMatching(/^HealthcareService\//), version: 2 }],
        deliveries: expect.arrayContaining([
          expect.objectContaining({
            kind: 'referral',
            recipient: 'registration-team',
            state: 'delivered',
            attempts: 1,
            lastStatus: 200,
            ended: expect.any(String),
          }),
          expect.objectContaining({ recipient: 'gp-de-linde', state: 'waiting' }),
        ]),
      },
    ]);
  });

  test.each([
    ['id of the order', () => order.split('/')[1]!],
    ['reference of its Task', () => task],
    ['id of its Task', () => task.split('/')[1]!],
    ['trace of its journey', () => traceId],
    ['identifier with system', () => `https://sender.example/numbers|${number}-ServiceRequest`],
    ['identifier alone', () => `${number}-ServiceRequest`],
    ['identifier of its Task', () => `${number}-Task`],
  ])('is found by the %s', async (_, name) => {
    expect((await status(name())).map((it) => it.order)).toEqual([order]);
  });

  test('the deliveries of candidates, whose traces are their own, are those of the order', async () => {
    const body = transfer
      .replaceAll('ServiceRequest/00000000-0000-4000-8000-000000000000', order)
      .replaceAll('Task/00000000-0000-4000-8000-000000000000', task);
    const sent = await gateway.ask('POST', '/fhir', { as: 'registration-team', body });
    expect(sent.status, sent.text).toBe(200);
    const later = locationOf(sent, 'ServiceRequest')!;
    const [found] = (await status(later)) as { deliveries: Json[]; tasks: Json[] }[];
    expect(found!.tasks.length).toBeGreaterThan(1);
    expect(found!.deliveries.filter(({ kind }) => kind === 'solicitation').length).toBeGreaterThan(1);
    // one journey, two orders: each has its own deliveries
    expect((await status(traceId)).map((it) => it.order)).toEqual([order, later]);
    const [first] = (await status(order)) as { deliveries: Json[] }[];
    expect(first!.deliveries.map(({ kind }) => kind)).not.toContain('solicitation');
  });

  test('in words, for people', async () => {
    const { code, out } = await mgn(['status', order, '--store', store]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ServiceRequest\/\S+ {2}active {2}from gp-de-linde/);
    expect(out).toMatch(/Tasks: 1\n {2}Task\/\S+ {2}accepted/);
    expect(out).toMatch(/delivered {2}referral to registration-team/);
    expect(out).toMatch(/1 attempt, last \S+ status 200/);
  });

  test.each([
    ['an id', randomUUID()],
    ['an identifier', 'unknown-number'],
    ['a reference of another type', 'Patient/1'],
    ['a number of a person', '999911120'],
  ])('%s that is not there: exit code 1 and a remedy, without what was typed', async (_, name) => {
    const { code, out, err } = await mgn(['status', name, '--store', store]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('order-not-found');
    expect(err).not.toContain(name);
  });
});

describe('mgn audit', () => {
  test('the whole trail, in the order of writing', async () => {
    const lines = await audit();
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map(({ seq }) => seq).toSorted((a, b) => Number(a) - Number(b)));
  });

  test('of an order: accepted, delivered, read and moved', async () => {
    const interactions = (await audit('--order', order)).map(({ interaction }) => interaction);
    expect(interactions).toEqual(expect.arrayContaining(['accept', 'deliver', 'read', 'patch']));
  });

  test('of a person, by the id of the Patient only', async () => {
    const lines = await audit('--person', person);
    expect(lines.map(({ interaction }) => interaction)).toContain('accept');
    for (const name of ['999911120', randomUUID()]) {
      const { code, err } = await mgn(['audit', '--store', store, '--person', name]);
      expect(code).toBe(1);
      expect(err).toContain('person-not-found');
      expect(err).not.toContain(name);
    }
  });

  test('of a request, with what it caused', async () => {
    const lines = await audit('--request', requestId);
    expect(lines.map(({ interaction }) => interaction)).toEqual(expect.arrayContaining(['accept', 'deliver']));
    expect(lines.every((it) => it.requestId === requestId || it.correlationId === requestId)).toBe(true);
  });

  test('of a trace', async () => {
    const lines = await audit('--trace', traceId);
    expect(new Set(lines.map((it) => it.traceId))).toEqual(new Set([traceId]));
  });

  test('by partner, sender or recipient', async () => {
    const lines = await audit('--partner', 'registration-team');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every(({ partner, recipient }) => [partner, recipient].includes('registration-team'))).toBe(true);
    const unknown = await mgn(['audit', '--store', store, '--partner', 'unknown']);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('audit-partner-unknown');
    expect(await audit('--partner', 'wijkteam-zonnerveen'), 'known, and without events').toEqual([]);
  });

  test('by outcome: a refusal with its step and codes', async () => {
    const lines = await audit('--outcome', 'refused', '--partner', 'gp-de-linde');
    expect(lines).toContainEqual(expect.objectContaining({ interaction: 'patch', codes: expect.any(Array) }));
    expect(lines.every(({ outcome }) => outcome === 'refused')).toBe(true);
  });

  test('by time', async () => {
    expect(await audit('--since', new Date(Date.now() + 60_000).toISOString())).toEqual([]);
    expect(await audit('--until', '2020-01-01')).toEqual([]);
    expect((await audit('--since', '2020-01-01')).length).toEqual((await audit()).length);
  });

  test.each([
    ['a time that is none', ['--since', 'yesterday'], 1, /Use a date or a dateTime/],
    ['a date that does not exist', ['--since', '2026-13-01'], 1, /Use a date or a dateTime/],
    ['a request that is no UUID', ['--request', '12'], 1, /Use a UUID/],
    ['an outcome that there is not', ['--outcome', 'lost'], 1, /success, refused, failed/],
    ['two ways to narrow', ['--order', 'x', '--person', 'y'], 1, /use one of/],
    ['an order that is not there', ['--order', 'x'], 1, /order-not-found/],
  ])('%s', async (_, args, expected, message) => {
    const { code, err } = await mgn(['audit', '--store', store, ...args]);
    expect(code).toBe(expected);
    expect(err).toMatch(message);
  });

  test('in words, with the number of events', async () => {
    const { out } = await mgn(['audit', '--store', store, '--order', order]);
    expect(out).toMatch(/ success {2}accept {12}gp-de-linde\n/);
    expect(out).toMatch(/success {2}deliver {11}mgn-gateway -> registration-team/);
    expect(out).toMatch(/\d+ events\n$/);
  });
});

describe('both only read', () => {
  test.each([['status', 'x'], ['audit']])('%s: a store that is not there is not created', async (...args) => {
    const file = join(folder, 'gone.db');
    const { code, err } = await mgn([...args, '--store', `sqlite:${file}`]);
    expect(code).toBe(2);
    expect(err).toMatch(/store-read-failed.*ENOENT/);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    [
      'no store',
      () => writeFileSync(join(folder, 'text.db'), 'no database, though long enough. '.repeat(50)),
      'text.db',
    ],
    ['an empty file', () => writeFileSync(join(folder, 'empty.db'), ''), 'empty.db'],
  ])('%s: exit code 2, and the file stays as it is', async (_, create, name) => {
    create();
    const before = statSync(join(folder, name)).size;
    const { code, err } = await mgn(['audit', '--store', `sqlite:${join(folder, name)}`]);
    expect(code).toBe(2);
    expect(err).toContain('store-foreign');
    expect(statSync(join(folder, name)).size).toBe(before);
  });

  test('another kind of store', async () => {
    const { code, err } = await mgn(['audit', '--store', 'mysql://db']);
    expect(code).toBe(2);
    expect(err).toContain('store-type-unsupported');
  });

  test('neither adds to the audit trail', async () => {
    const before = (await audit()).length;
    await status(order);
    expect((await audit()).length).toBe(before);
  });
});

test('neither prints a name, a BSN or free text', async () => {
  const patient = resourceOf<Patient>(await gateway.ask('GET', `/fhir/${person}`, { as: 'gp-de-linde' }));
  const words = JSON.stringify(patient.name).match(/[A-Z][a-zé-]{3,}/g) ?? [];
  expect(words.length).toBeGreaterThan(0);
  for (const args of [['status', order], ['status', order, '--json'], ['audit'], ['audit', '--json']]) {
    const { out } = await mgn([...args, '--store', store]);
    expect(out).not.toMatch(/9999\d{5}/);
    for (const word of words) expect(out).not.toContain(word);
  }
});
