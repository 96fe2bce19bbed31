import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLog } from '../../src/main/log.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** One line of the log for every message that is accepted or refused: ids, codes and a duration, and no content. */

const messages = join(import.meta.dirname, '../../examples/messages');
const referral = readFileSync(join(messages, '001-referral-as-collection/input.json'), 'utf8');

type Line = Readonly<Record<string, unknown>>;

let written = '';
let gateway: TestGateway;
beforeAll(async () => {
  const log = openLog({
    write: (text) => {
      written += text;
    },
  });
  gateway = await startGateway({ log });
});
afterAll(() => gateway.stop());

/** Lines about messages since the log was `from` characters long. */
const linesSince = (from: number): Line[] =>
  written
    .slice(from)
    .split('\n')
    .filter(Boolean)
    .map((it) => JSON.parse(it) as Line)
    .filter(({ interaction }) => interaction !== undefined);

async function linesOf(act: () => Promise<unknown>): Promise<Line[]> {
  const from = written.length;
  await act();
  return linesSince(from);
}

const send = (body: string, more: object = {}) =>
  gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, requestId: randomUUID(), ...more });

describe('an accepted message', () => {
  test('has one line: sender, kind, form, ids, step, codes, milliseconds', async () => {
    const requestId = randomUUID();
    let task = '';
    let order = '';
    const lines = await linesOf(async () => {
      const answer = await send(referral, { requestId });
      task = locationOf(answer, 'Task')!;
      order = locationOf(answer, 'ServiceRequest')!;
    });
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        step: 'store',
        outcome: 'accepted',
        interaction: 'accept',
        partner: 'gp-de-linde',
        kind: 'referral',
        form: expect.any(String),
        requestId,
        traceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        orders: [order],
        tasks: [task],
        codes: expect.any(Array),
        milliseconds: expect.any(Number),
      },
    ]);
  });

  test('a move has the order of its Task, and the trace of the referral', async () => {
    const answer = await send(referral);
    const task = locationOf(answer, 'Task')!;
    const trace = linesSince(0).at(-1)?.traceId;
    const lines = await linesOf(() => moved(task));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      outcome: 'accepted',
      interaction: 'patch',
      partner: 'registration-team',
      traceId: trace,
      orders: [locationOf(answer, 'ServiceRequest')],
      tasks: [task],
    });
  });

  test('the same message with its own key again: accepted, and recognised', async () => {
    await send(referral, { sameOrder: true });
    const lines = await linesOf(() => send(referral, { sameOrder: true }));
    expect(lines).toMatchObject([{ step: 'recognise resend', outcome: 'accepted', codes: ['duplicate'] }]);
  });
});

describe('a refused message', () => {
  test('has the step at which it ended and its codes', async () => {
    const lines = await linesOf(() => send(referral.replace(/"intent": "\w+"/, '"intent": "nonsense"')));
    expect(lines).toMatchObject([
      {
        step: 'validate source',
        outcome: 'refused',
        interaction: 'accept',
        kind: 'referral',
        codes: ['binding-required'],
      },
    ]);
  });

  test('before its sender is authenticated: without partner, once a minute for an address and a reason', async () => {
    const lines = await linesOf(async () => {
      for (let n = 0; n < 3; n++) await send(referral, { token: 'wrong', as: undefined });
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ step: 'authenticate', outcome: 'refused' });
    expect(lines[0]).not.toHaveProperty('partner');
  });

  test('the same X-Request-Id twice: the second one is a duplicate', async () => {
    const requestId = randomUUID();
    await send(referral, { requestId });
    const lines = await linesOf(() => send(referral, { requestId }));
    expect(lines).toMatchObject([{ outcome: 'refused', codes: ['duplicate'], requestId }]);
  });

  test('a move names its target by an id of the gateway, and by nothing else', async () => {
    const unknown = `Task/${randomUUID()}`;
    const lines = await linesOf(async () => {
      await moved(unknown);
      await moved('Task/999911120');
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      outcome: 'refused',
      interaction: 'patch',
      tasks: [unknown],
      codes: ['not-found'],
    });
    expect(lines[1]).not.toHaveProperty('tasks');
  });

  test('text in the headers that is not an id does not reach the log', async () => {
    const lines = await linesOf(() => send(referral, { requestId: '999911120', headers: { 'x-trace-id': 'Jan' } }));
    expect(lines).toMatchObject([{ outcome: 'refused' }]);
  });
});

test('a read has no line, nor a refused one', async () => {
  const lines = await linesOf(async () => {
    await gateway.ask('GET', '/fhir/Task', { as: 'gp-de-linde' });
    await gateway.ask('GET', `/fhir/Task/${randomUUID()}`, { as: 'gp-de-linde' });
  });
  expect(lines).toEqual([]);
});

test('no line has a name, a BSN or other content', () => {
  expect(written).toContain('accepted');
  for (const secret of [/9999\d{5}/, /Proefpersoon/i, /Jan\b/, /Linde, /]) expect(written).not.toMatch(secret);
});

const moved = (task: string) =>
  gateway.ask('PATCH', `/fhir/${task}`, {
    as: 'registration-team',
    body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"1"' },
  });
