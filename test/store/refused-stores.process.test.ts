import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeIssue } from '../../src/store/opening-issue.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import { isLong } from '../support/long.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-refused-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const stored = async (name: string, change: (database: DatabaseSync) => void) => {
  await (await openSqliteStore(at(name), { thread: 'none' })).close();
  const database = new DatabaseSync(at(name));
  change(database);
  database.close();
};
const schema = (number: number) => (it: DatabaseSync) =>
  it.exec(`update meta set value = '${number}' where name = 'schema'`);

beforeAll(async () => {
  await stored('newer.db', schema(99));
  await stored('previous.db', schema(9));
  mkdirSync(at('directory.db'));
  writeFileSync(at('text.db'), 'This is a letter, and no database.\n'.repeat(300));
  const foreign = new DatabaseSync(at('foreign.db'));
  foreign.exec('create table invoice (id integer primary key)');
  foreign.close();
  await stored('damaged.db', () => {});
  const bytes = readFileSync(at('damaged.db'));
  bytes.fill(0xaa, 100, bytes.length); // the header is right, and no page is
  writeFileSync(at('damaged.db'), bytes);
});

const cases = [
  ['newer.db', 'store-newer', /newer version.*Start that version/s],
  ['previous.db', 'store-previous-release', /mgn store migrate .*previous\.db NEW/s],
  ['directory.db', 'store-directory', /is a directory\. Name a file/],
  ['text.db', 'store-foreign', /is not a store of the gateway/],
  ['foreign.db', 'store-foreign', /is not a store of the gateway.*not changed/],
  ['damaged.db', 'store-corrupt', /is damaged.*mgn store check/],
] as const;

describe('a store that cannot be used is refused with its code and remedy, and not changed', () => {
  test.each(cases)('%s at the start of the gateway: %s', async (name, code, remedy) => {
    const before = name === 'directory.db' ? undefined : readFileSync(at(name));
    const { code: exit, err, out } = await mgn(['serve', '--port', '0', '--store', `sqlite:${at(name)}`]);
    expect([exit, out]).toEqual([1, '']);
    expect(err).toContain(code);
    expect(err).toMatch(remedy);
    expect(err).not.toMatch(/^\s+at /m);
    if (name === 'foreign.db' || name === 'text.db') expect(readFileSync(at(name)).equals(before!)).toBe(true);
  });

  test.each(cases)('%s by a command: %s', async (name, code) => {
    for (const args of [['status', 'x'], ['dead-letters'], ['requeue', '--all'], ['audit']]) {
      const { code: exit, err } = await mgn([...args, '--store', `sqlite:${at(name)}`]);
      expect([exit, err.includes(code)], `${args[0]}: ${err}`).toEqual([2, true]);
      expect(err).not.toMatch(/^\s+at /m);
    }
  });

  test('in Dutch too', async () => {
    const { err } = await mgn(['serve', '--port', '0', '--language', 'nl', '--store', `sqlite:${at('newer.db')}`]);
    expect(err).toMatch(/nieuwere versie van de gateway/);
  });
});

test('a store that another process has locked: refused after the wait, and used when it is free', async () => {
  await stored('locked.db', () => {});
  const other = new DatabaseSync(at('locked.db'));
  other.exec('begin immediate');
  // each waits two seconds for the lock
  for (const args of [
    ['serve', '--port', '0'],
    ['requeue', '--all'],
    ...(isLong ? [['skip', 'x', '--reason', 'by telephone']] : []),
  ]) {
    const { code, err } = await mgn([...args, '--store', `sqlite:${at('locked.db')}`]);
    expect([code > 0, err.includes('store-locked')], err).toEqual([true, true]);
    expect(err).not.toMatch(/^\s+at /m);
  }
  // reading needs no lock
  expect((await mgn(['dead-letters', '--store', `sqlite:${at('locked.db')}`])).code).toBe(0);
  other.exec('rollback');
  other.close();
  expect((await mgn(['requeue', '--all', '--store', `sqlite:${at('locked.db')}`])).code).toBe(0);
}, 60_000);

test('a folder without permission: refused as such', async () => {
  const closed = at('closed');
  mkdirSync(closed);
  await (await openSqliteStore(join(closed, 'a.db'), { thread: 'none' })).close();
  chmodSync(closed, 0o000);
  // root may do everything: as another user
  const isRoot = process.getuid?.() === 0;
  const script = `const { openStore } = await import(${JSON.stringify(new URL('../../src/main.ts', import.meta.url).href)});
    const { issues } = await openStore('sqlite:${join(closed, 'a.db')}');
    console.log(JSON.stringify(issues));`;
  writeFileSync(at('open.mjs'), script, { mode: 0o644 });
  if (isRoot) chmodSync(folder, 0o755);
  const child = spawn(process.execPath, [at('open.mjs')], {
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const part of child.stdout) said += part;
  chmodSync(closed, 0o700);
  expect(said).toContain('store-no-access');
});

const mounted = at('mounted');
test.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
  'a read-only file system: refused as such',
  async () => {
    mkdirSync(mounted);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mounted], { stdio: 'ignore' });
    } catch {
      return console.warn('skipped: no file system can be mounted here');
    }
    try {
      await (await openSqliteStore(join(mounted, 'a.db'), { thread: 'none' })).close();
      execFileSync('mount', ['-o', 'remount,ro', mounted]);
      for (const name of ['a.db', 'new.db']) {
        const { code, err } = await mgn(['serve', '--port', '0', '--store', `sqlite:${join(mounted, name)}`]);
        expect([code, err.includes('store-read-only')], err).toEqual([1, true]);
      }
    } finally {
      execFileSync('umount', ['-l', mounted]);
    }
  },
);

test.each([
  [{ code: 'ENOSPC' }, 'store-disk-full'],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'store-disk-full'],
  [{ code: 'EACCES' }, 'store-no-access'],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 14 }, 'store-no-access'],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 8 | (1 << 8) }, 'store-read-only'],
  [{ code: 'EROFS' }, 'store-read-only'],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 6 | (2 << 8) }, 'store-locked'],
])('%o is %s', (properties, rule) => {
  expect(storeIssue(Object.assign(new Error('x'), properties), 'gateway.db')?.rule).toBe(rule);
});
