import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import { dispatch, message } from '../support/store/samples.ts';

/** The operator's commands on the store of a gateway: messages, partners, failures, replays. */
let folder: string;
let store: string;
const cause = 'receiver-refused: 422 structure';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-operations-'));
  store = `sqlite:${join(folder, 'gateway.db')}`;
  const open = await openSqliteStore(join(folder, 'gateway.db'));
  const now = new Date();
  const ids = ['r', 's', 't'];
  for (const [n, id] of ids.entries())
    await open.commit({
      now,
      message: message(id, { receivedAt: now, partner: id === 't' ? 'other' : 'praktijk-zuid' }),
      dispatches: id === 's' ? [] : [dispatch(`d${n}`, `team-${id}`, { messageId: `message-${id}` })],
    });
  for (const claim of await open.claim({ worker: 'w', now, lease: 1_000, recipients: 9, batch: 9 })) {
    for (const delivery of claim.deliveries) {
      const ending = { at: now, milliseconds: 7, status: 422, because: cause };
      if (delivery.id === 'd0') await open.complete(claim, delivery, { ...ending, status: 200 });
      else await open.deadLetter(claim, delivery, ending);
    }
    await open.release(claim);
  }
  await open.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]) => mgn([...args, '--store', store]);
const listed = async (...args: readonly string[]): Promise<readonly string[]> =>
  (await run('messages', '--json', ...args)).out
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { id: string }).id);

test('mgn messages lists the latest first, by partner, state, code and trace, and continues where a list ended', async () => {
  expect(await listed()).toEqual(['message-t', 'message-s', 'message-r']);
  expect(await listed('--from', 'praktijk-zuid')).toEqual(['message-s', 'message-r']);
  expect(await listed('--to', 'team-r')).toEqual(['message-r']);
  expect(await listed('--state', 'failed')).toEqual(['message-t']);
  expect(await listed('--state', 'stored')).toEqual(['message-s']);
  expect(await listed('--code', 'receiver-refused')).toEqual(['message-t']);
  expect(await listed('--trace', 'trace-r')).toEqual(['message-r']);
  expect(await listed('--since', '2h')).toHaveLength(3);
  expect(await listed('--until', '2020-01-01')).toEqual([]);
  const first = await run('messages', '--limit', '2');
  const [, cursor] = /more: --after (\S+)/.exec(first.out) ?? [];
  expect(await listed('--after', cursor!)).toEqual(['message-r']);
  expect(first.out).not.toContain('resourceType');
});

test('a BSN is refused as a value of any search, and is not repeated', async () => {
  for (const args of [
    ['messages', '--order', '999900006'],
    ['messages', '--order', 'http://example.nl/orders|999900006'],
    ['messages', '--from', '9999.00006'],
    ['replay', 'count', '--trace', '999900006'],
  ]) {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('operations-bsn');
    expect(err).not.toMatch(/9999/);
  }
});

test('mgn hold and mgn release a partner, with a reason, once each', async () => {
  expect((await run('hold', 'team-r')).code).toBe(1);
  expect((await run('hold', 'team-r', '--reason', 'x')).err).toContain('operations-reason-invalid');
  expect((await run('hold', 'team-r', '--reason', 'Upgrade of the EHR')).out).toContain('team-r is held');
  expect((await run('hold', 'team-r', '--reason', 'Upgrade of the EHR')).err).toContain('partner-already-on-hold');
  expect((await run('partners')).out).toContain('Upgrade of the EHR');
  expect((await run('release', 'team-r')).out).toContain('team-r is released');
  expect((await run('release', 'team-r')).err).toContain('partner-not-on-hold');
  expect((await run('audit', '--json')).out).toContain('hold-partner');
});

test('mgn failures groups by cause, which is acknowledged, assigned and closed', async () => {
  const one = async () => JSON.parse((await run('failures', '--json')).out) as object;
  expect(await one()).toMatchObject({ cause, dead: 1, state: 'open', partners: [{ partner: 'team-t', count: 1 }] });
  expect((await run('failures', 'another', '--acknowledge')).err).toContain('failure-unknown');
  expect((await run('failures', cause)).err).toContain('Use one of');
  await run('failures', cause, '--acknowledge');
  expect(await one()).toMatchObject({ state: 'acknowledged' });
  await run('failures', cause, '--owner', 'Service desk');
  expect(await one()).toMatchObject({ state: 'acknowledged', owner: 'Service desk' });
  expect((await run('failures', cause, '--close', 'x')).err).toContain('operations-reason-invalid');
  await run('failures', cause, '--close', 'The receiver mended its map');
  expect(await one()).toMatchObject({ state: 'closed', acts: [{}, {}, { note: 'The receiver mended its map' }] });
  const open = await openSqliteStore(join(folder, 'gateway.db'));
  const later = new Date(Date.now() + 1_000);
  await open.commit({ now: later, dispatches: [dispatch('d9', 'team-q')] });
  const [claim] = await open.claim({ worker: 'w', now: later, lease: 1_000, recipients: 9, batch: 9 });
  await open.deadLetter(claim!, claim!.deliveries[0]!, { at: later, milliseconds: 1, status: 422, because: cause });
  await open.close();
  expect(await one()).toMatchObject({ state: 'open', dead: 2 });
});

test('mgn replay counts first, needs a filter, a name and a reason, and is cancelled and continued', async () => {
  expect((await run('replay', 'count', '--to', 'team-r')).out).toBe('1\n');
  expect((await run('replay', 'count')).err).toContain('Name what to send again');
  const start = ['replay', 'start', 'monday', '--to', 'team-r', '--reason', 'Lost at the receiver'];
  expect((await run(...start)).err).toContain('--yes');
  expect((await run(...start.with(2, 'Not A Name'), '--yes')).err).toContain('replay-name-invalid');
  const started = await run(...start, '--yes');
  expect(started.out).toContain('1 to look at');
  expect(started.out).toContain('monday  running  0 of 1');
  expect((await run(...start, '--yes')).err).toContain('replay-exists');
  expect((await run('replay', 'cancel', 'monday')).out).toContain('cancelled');
  expect((await run('replay', 'cancel', 'monday')).err).toContain('replay-state');
  expect((await run('replay', 'continue', 'monday')).out).toContain('running');
  expect((await run('replay', 'show', 'nothing')).err).toContain('replay-unknown');
  expect((await run('replay', 'show', 'monday', '--items')).out).toContain('Lost at the receiver');
  expect((await run('replay', 'list')).out).toContain('monday');
});

test.each([
  ['--to', 'team-r'],
  ['--message', 'message-r'],
  ['--state', 'dead'],
])('a replay of refused messages refuses %s, which is about deliveries', async (option, value) => {
  const { code, out, err } = await run('replay', 'count', '--refused', option, value);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('operations-request-invalid');
});

test('mgn hold and mgn release refuse a BSN as a partner, and do not repeat an id that is not held', async () => {
  for (const args of [
    ['hold', 'Jan-999990019', '--reason', 'Upgrade of the EHR'],
    ['release', 'Jan-999990019'],
    ['release', 'Jan-Proefpersoon'],
  ]) {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/operations-bsn|partner-not-on-hold/);
    expect(err).not.toContain('Jan');
  }
});

test('mgn replay show explains what another replay has sent already', async () => {
  const open = await openSqliteStore(join(folder, 'gateway.db'));
  const content = {
    of: 'deliveries',
    as: 'ran',
    dryRun: false,
    filter: {},
    reason: 'A test',
    by: 'operator',
    total: 1,
  };
  const now = new Date();
  await open.addReplay({ name: 'second', state: 'running', content: JSON.stringify(content), createdAt: now }, []);
  await open.stepReplay('second', {
    ...{ expect: 1, state: 'done', content: JSON.stringify(content), now, audit: [] },
    items: [{ source: 'd0', outcome: 'replay-overlap' }],
  });
  await open.close();
  expect((await run('replay', 'show', 'second')).out).toContain('1 replay-overlap: Sent already since');
  expect((await run('replay', 'show', 'second', '--language', 'nl')).out).toContain('replay-overlap: Al verzonden');
});
