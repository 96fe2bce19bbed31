import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFile } from '../../src/delivery/channel/file/file.ts';
import { issueOfReason } from '../../src/delivery/reason.ts';
import { requireDropFolders } from '../../src/main/drop-folders.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { dispatch } from '../support/store/samples.ts';

/** What can be wrong with a drop folder while the gateway runs: each an attempt with its own reason, and nothing half written. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mgn-drop-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const body = '{"resourceType":"Task","id":"1"}\n';
const send = (folder: string, text = body, id = 'd') =>
  openFile().send(
    dispatch(id, 'wijkteam', { channel: 'file', body: text }),
    { base: 'file', destination: { kind: 'file', folder } },
    () => new Date(),
    new AbortController().signal,
  );
const folderCalled = (name: string): string => {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
};

test('a folder that is gone, a file, or a link in its place: nothing is written there or elsewhere', async () => {
  const target = folderCalled('target');
  const link = join(root, 'link');
  symlinkSync(target, link);
  const file = join(root, 'file');
  writeFileSync(file, '');
  const places = [join(root, 'nowhere'), link, `${link}/`, file];
  for (const folder of places) {
    expect(await send(folder), folder).toMatchObject({ kind: 'retry', reason: { rule: 'drop-folder-missing' } });
    const partners = new Map([['w', { id: 'w', destination: { kind: 'file', folder } } as never]]);
    expect(() => requireDropFolders({ partners })).toThrow('partner w');
  }
  expect(readdirSync(target)).toEqual([]);
  expect(issueOfReason('drop-folder-missing: ENOENT')?.message).toContain('file.folder');
});

test('a folder in which the gateway may not write', async () => {
  // root may write anywhere but in the file system of the kernel
  const isRoot = process.getuid?.() === 0;
  const folder = isRoot ? '/sys' : folderCalled('closed');
  if (!isRoot) chmodSync(folder, 0o500);
  expect(await send(folder)).toMatchObject({ kind: 'retry', reason: { rule: 'drop-folder-not-writable' } });
});

test('a message that does not fit leaves nothing, and is written when there is room', async () => {
  const folder = folderCalled('full');
  const text = `${JSON.stringify({ resourceType: 'Binary', data: 'x'.repeat(100_000) })}\n`;
  const module = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const script = `const { openFile } = await import(${module('delivery/channel/file/file.ts')});
    const sent = await openFile().send({ id: 'big', body: ${JSON.stringify(text)} }, { destination: { kind: 'file', folder: ${JSON.stringify(folder)} } });
    process.stdout.write(JSON.stringify(sent));`;
  // a file may have 4 KiB: the write breaks off in the middle, as on a disk that is full
  const limited = 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"';
  const node = [process.execPath, '--conditions', 'development', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, ...node]);
  expect(JSON.parse(stdout)).toEqual({ kind: 'retry', reason: { rule: 'drop-folder-full', detail: 'EFBIG' } });
  expect(readdirSync(folder)).toEqual([]);
  expect(await send(folder, text, 'big')).toEqual({ kind: 'delivered' });
});

test('other failures of the disk or share are named by their code', async () => {
  expect(await send(join(root, 'x'.repeat(300)))).toMatchObject({
    kind: 'retry',
    reason: { rule: 'drop-folder-failed', detail: 'ENAMETOOLONG' },
  });
});

test('a folder that is removed while the gateway runs: its partner waits, others do not, and all arrives when it is back', async () => {
  const [away, here] = [folderCalled('away'), folderCalled('here')];
  const store = await openSqliteStore(':memory:');
  const folders: Record<string, string> = { away, here };
  const worker = deliverTo(
    store,
    {},
    {
      address: (partner) => ({ base: 'file', destination: { kind: 'file', folder: folders[partner]! } }),
    },
  );
  try {
    renameSync(away, `${away}-moved`);
    const put = (id: string, partner: string) => dispatch(id, partner, { channel: 'file', body, traceId: id });
    await store.commit({ now: new Date(), dispatches: [put('a1', 'away'), put('a2', 'away'), put('h1', 'here')] });
    await until(() => worker.lines.some(({ because }) => because === 'drop-folder-missing: ENOENT'));
    await until(() => readdirSync(here).includes('h1.ndjson'));
    renameSync(`${away}-moved`, away);
    await worker.idle();
    expect(readdirSync(away).sort()).toEqual(['a1.ndjson', 'a2.ndjson']);
  } finally {
    await worker.stop();
    await store.close();
  }
});

test('a name that is taken holds up its own message only', async () => {
  const folder = folderCalled('taken');
  mkdirSync(join(folder, 'a1.ndjson'));
  const store = await openSqliteStore(':memory:');
  const worker = deliverTo(
    store,
    {},
    {
      address: () => ({ base: 'file', destination: { kind: 'file', folder } }),
      settings: { lanes: 1 },
    },
  );
  try {
    const put = (id: string) => dispatch(id, 'w', { channel: 'file', body, traceId: id });
    await store.commit({ now: new Date(), dispatches: ['a1', 'a2', 'a3'].map(put) });
    await until(async () => (await store.dispatch('a3'))?.state === 'delivered');
    expect((await store.dispatch('a1'))?.aside).toBeDefined();
    expect((await store.dispatch('a1'))?.because).toBe('drop-folder-name-taken: EEXIST');
  } finally {
    await worker.stop();
    await store.close();
  }
});
