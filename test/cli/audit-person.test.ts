import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvent } from '../../src/audit/event.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import * as s from '../support/store/samples.ts';

/** How a privacy officer names a person: never by a BSN in the command. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-person-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bsn = '999900006';
const store = ['--store', `sqlite:${join(folder, 'store.db')}`];

beforeAll(async () => {
  const made = await openSqliteStore(join(folder, 'store.db'), { thread: 'none' });
  const event = auditEvent({
    id: 'a',
    at: s.at(0),
    action: 'R',
    interaction: 'read',
    outcome: 'success',
    codes: [],
    partner: { id: 'team', name: 'Team Noord' },
    references: ['Patient/p1'],
  });
  await s.commit(made, { changes: [s.create(s.patient('p1', bsn), 'team')], audit: [event] });
  await made.close();
});

const fileWith = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test.each([
  ['in a file', `${bsn}\n`],
  ['with spaces and dots', ' 9999.00.006 \r\n'],
])('by a BSN %s', async (_, text) => {
  const found = await mgn(['audit', 'person', '--bsn', fileWith('bsn', text), ...store]);
  expect([found.code, found.err]).toEqual([0, '']);
  expect(found.out).toContain('Team Noord read data about you.');
  expect(found.out).not.toContain(bsn);
});

test('by a BSN on the standard input', async () => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../src/cli.ts'), 'audit', 'person', '-', ...store, '--language', 'nl'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(`${bsn}\n`);
  let out = '';
  for await (const chunk of child.stdout) out += chunk;
  expect(out).toContain('Team Noord heeft gegevens over u bekeken.');
});

test('by the id of a Patient, with its type or without', async () => {
  for (const id of ['p1', 'Patient/p1'])
    expect((await mgn(['audit', 'person', id, ...store])).out).toContain('Team Noord read data about you.');
});

test('who requested it is recorded before it is shown, and is a line of the next report', async () => {
  const trail = async () =>
    (await mgn(['audit', 'export', ...store])).out
      .split('\n')
      .filter((line) => line.includes('"disclosures"'))
      .map((line) => JSON.parse(line));
  const before = (await trail()).length;
  expect((await mgn(['audit', 'person', 'p1', ...store])).code).toBe(0);
  const events = await trail();
  expect(events.length).toBe(before + 1);
  const { username } = userInfo();
  expect(events.at(-1)).toMatchObject({
    action: 'R',
    outcome: '0',
    agent: [{ altId: username, requestor: true, who: { identifier: { value: 'mgn-gateway' } } }],
    entity: expect.arrayContaining([expect.objectContaining({ what: { reference: 'Patient/p1' } })]),
  });
  expect((await mgn(['audit', 'person', 'p1', ...store])).out).toContain(
    `mgn-gateway (${username}) requested this report.`,
  );
  // nobody of whom there is nothing
  expect((await mgn(['audit', 'person', 'stranger', ...store])).code).toBe(1);
  expect((await trail()).length).toBe(before + 2);
});

test('a report that cannot be recorded is not shown', async () => {
  const database = new DatabaseSync(join(folder, 'store.db'));
  database.exec("create trigger full before insert on entry begin select raise(abort, 'no'); end");
  try {
    const refused = await mgn(['audit', 'person', 'p1', ...store]);
    expect(refused.code).not.toBe(0);
    expect(refused.out).toBe('');
  } finally {
    database.exec('drop trigger full');
    database.close();
  }
});

test.each([
  ['a BSN as argument', [bsn], /history of your shell/],
  ['a BSN as value of --bsn', ['--bsn', bsn], /history of your shell/],
  ['a BSN with dots as argument', ['9999.00.006'], /history of your shell/],
  ['no person', [], /--bsn or by the id/],
  ['two persons', ['p1', '--bsn', '-'], /--bsn or by the id/],
  ['a number that is no BSN', ['--bsn', join(folder, 'wrong')], /not a BSN/],
  ['a file that does not exist', ['--bsn', join(folder, 'none')], /ENOENT/],
  ['a person who is not in the store', ['--bsn', join(folder, 'stranger')], /person-not-found/],
])('%s is refused, and the number is not repeated', async (_, which, problem) => {
  fileWith('wrong', '999900007');
  fileWith('stranger', '999900018');
  const refused = await mgn(['audit', 'person', ...which, ...store]);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(problem);
  expect(refused.out + refused.err).not.toMatch(/9999\.?00\.?0/);
});
