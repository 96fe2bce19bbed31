import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { besideStore, generateKeys, keyRingFor } from '../../src/main/key-ring.ts';
import { checkStore } from '../../src/store/moving/check/check.ts';
import type { Store } from '../../src/store/port.ts';
import type { KeyRing } from '../../src/store/sql/vault/ring.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import { isLong } from '../support/long.ts';
import { random } from '../support/random.ts';
import * as s from '../support/store/samples.ts';

/** An erasure that is killed, and one that is replayed after a real restore. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-erase-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [erased, other] = ['999900006', '999900018'];
const bsnFile = join(folder, 'bsn');
const made = join(folder, 'made.db');
const hook = join(import.meta.dirname, '../support/store/kill-at-statement.ts');
const cli = join(import.meta.dirname, '../../src/cli.ts');

const ringOf = (file: string): KeyRing => {
  const found = keyRingFor(`sqlite:${file}`);
  if (!found.ok || !found.value) throw new Error('The store has a key beside it.');
  return found.value;
};
const opened = (file: string): Promise<Store> => openSqliteStore(file, { ring: ringOf(file), thread: 'none' });
const of = (person: string) => ({ for: { reference: `Patient/${person}` }, status: 'completed' });

/** Two persons, one with two referrals; each delivered; and a commit about both. */
beforeAll(async () => {
  writeFileSync(bsnFile, erased);
  generateKeys(besideStore(`sqlite:${made}`)!);
  const store = await opened(made);
  for (const [person, bsn] of [
    ['p1', erased],
    ['p2', other],
    ['p3', erased],
  ] as const)
    await store.commit({
      now: s.at(1),
      message: s.message(`r-${person}`),
      changes: [
        s.create(s.patient(person, bsn), 'a'),
        s.create(s.task(`t-${person}`, of(person)), 'a', 'b'),
        s.create(s.task(`c-${person}`, { status: 'completed', partOf: [{ reference: `Task/t-${person}` }] }), 'b'),
      ],
      dispatches: [s.dispatch(`d-${person}`, 'b', { messageId: `message-r-${person}`, about: [`Task/t-${person}`] })],
      keys: { keys: [`key-${person}`], content: 'c', location: `Task/t-${person}`, amends: false },
      audit: [s.auditEvent(`a-${person}`, { requestId: `r-${person}`, references: [`Task/t-${person}`] })],
    });
  await store.commit({
    now: s.at(4),
    message: s.message('both'),
    changes: ['p1', 'p2'].map((it) => s.update(s.task(`t-${it}`, { ...of(it), description: it }), 1, 'a')),
  });
  for (const claim of await store.claim({ worker: 'w', now: s.at(20), lease: 60_000, recipients: 10, batch: 10 })) {
    for (const delivery of claim.deliveries) await store.complete(claim, delivery, { at: s.at(21), milliseconds: 1 });
    await store.release(claim);
  }
  await store.close();
});

/** A copy of a closed store, with its key. */
function copied(from: string, name: string): string {
  const file = join(folder, `${name}.db`);
  for (const end of ['', '-wal', '.keys'])
    if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${file}${end}`);
  return file;
}

const eraseArguments = (file: string) => [
  ...['erase', 'person', '--bsn', bsnFile, '--store', `sqlite:${file}`],
  ...['--reason', 'Requested on paper.', '--yes'],
];

/** `mgn erase person` in a process of its own; resolves with how it ended. */
const erasing = (file: string, environment: Record<string, string>): Promise<string> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, ['--import', hook, cli, ...eraseArguments(file)], { env }, (error, _, err) =>
      resolve(error?.signal ?? `${error?.code ?? 0} ${err}`),
    );
  });

const withBsn = async (store: Store, bsn: string): Promise<readonly string[]> => {
  const criteria = [{ name: 'identifier', values: [`http://fhir.nl/fhir/NamingSystem/bsn|${bsn}`] }];
  const found = await store.search('Patient', { criteria, count: 10 });
  return found.kind === 'found' ? found.resources.map(({ id }) => id).sort() : [found.kind];
};

const problemsIn = async (file: string) => {
  const checked = await checkStore({ kind: 'sqlite', file, ring: ringOf(file) });
  return checked.ok ? checked.value.problems.map(({ rule, message }) => `${rule} ${message}`) : ['not checked'];
};

const ofOther = async (store: Store) =>
  Promise.all([
    store.read('Patient', 'p2', 'a'),
    store.history('Task', 't-p2', 'a'),
    store.history('Task', 'c-p2', 'b'),
    store.dispatch('d-p2'),
    store.message('message-r-p2'),
    store.audit({ entity: 'Task/t-p2', count: 50 }),
  ]);

/** Erased whole: nothing leads to a text about the person, no text can be read, and the partner is requested once for each Patient. */
async function expectErased(file: string): Promise<void> {
  expect(await problemsIn(file)).toEqual([]);
  const before = await opened(made);
  const store = await opened(file);
  try {
    expect(await withBsn(store, erased)).toEqual([]);
    for (const person of ['p1', 'p3']) {
      expect(await store.read('Patient', person)).toBeUndefined();
      for (const task of [`t-${person}`, `c-${person}`]) expect(await store.history('Task', task)).toEqual([]);
      expect(await store.dispatch(`d-${person}`)).toBeUndefined();
      expect(await store.message(`message-r-${person}`)).toBeUndefined();
      const { items } = await store.audit({ entity: `Patient/${person}`, count: 50 });
      expect(items.filter(({ text }) => text.includes('"erase-person"'))).toHaveLength(1);
    }
    expect((await store.keyStatus()).erased).toBe(2);
    const listed = await store.erasures();
    expect(listed.map(({ patient }) => patient)).toEqual(['Patient/p1', 'Patient/p3']);
    expect(listed.flatMap(({ requests }) => requests.map(({ recipient }) => recipient))).toEqual(['b']);
    expect(await withBsn(store, other)).toEqual(['p2']);
    expect(await ofOther(store)).toEqual(await ofOther(before));
  } finally {
    await store.close();
    await before.close();
  }
}

const kills = 10;
const seed = Number(process.env.MGN_SEED ?? Date.now() % 1_000_000);

test.runIf(isLong)(
  `an erasure that is killed at any of its statements, ${kills} times (MGN_SEED=${seed}): nothing is erased or all of it, and a second one completes it`,
  async () => {
    const counting = copied(made, 'counted');
    expect(await erasing(counting, { MGN_COUNT_IN: join(folder, 'count') })).toBe('0 ');
    await expectErased(counting);
    const statements = readFileSync(join(folder, 'count')).length;
    const chance = random(seed);
    const ends = new Set<string>();
    // the last two: before the commit, and after it
    const places = [statements, statements - 1, ...Array.from({ length: kills - 2 }, () => 1 + chance.int(statements))];
    for (const place of places) {
      const file = copied(made, `killed-${place}`);
      expect(await erasing(file, { MGN_KILL_AT: String(place) }), `at statement ${place} of ${statements}`).toBe(
        'SIGKILL',
      );
      expect(await problemsIn(file), `after a kill at ${place}`).toEqual([]);
      const again = await mgn(eraseArguments(file));
      // it was erased when the kill came after the commit
      ends.add(`${again.code} ${/erasure-person-unknown|Erased\./.exec(again.out + again.err)?.[0]}`);
      await expectErased(file);
      rmSync(file);
    }
    expect([...ends].sort()).toEqual(['0 Erased.', '1 erasure-person-unknown']);
  },
  300_000,
);

test('a backup of before the erasure has the person again, until the list of erasures is replayed on it', async () => {
  const [live, backup] = [copied(made, 'live'), join(folder, 'backup.db')];
  const on = (file: string) => ['--store', `sqlite:${file}`];
  expect((await mgn(['store', 'backup', backup, ...on(live)])).code).toBe(0);
  const later = await opened(live);
  await later.commit({
    now: s.at(30),
    message: s.message('r-p4'),
    changes: [s.create(s.patient('p4', erased), 'a'), s.create(s.task('t-p4', of('p4')), 'a')],
  });
  await later.close();
  expect((await mgn(eraseArguments(live))).code).toBe(0);
  const list = join(folder, 'erasures.ndjson');
  writeFileSync(list, (await mgn(['erase', 'list', ...on(live)])).out);

  // as docs/operate/backup.md says: the file, with the key ring of that time
  const restored = join(folder, 'restored.db');
  copyFileSync(backup, restored);
  copyFileSync(`${live}.keys`, `${restored}.keys`);
  const back = await opened(restored);
  expect(await withBsn(back, erased)).toEqual(['p1', 'p3']);
  await back.close();
  const replayed = await mgn(['erase', 'replay', list, ...on(restored)]);
  // the referral that came after the backup is not in it
  expect([replayed.code, replayed.out]).toEqual([0, '2 erased again\n']);
  await expectErased(restored);
  expect((await mgn(['erase', 'replay', list, ...on(restored)])).out).toBe('0 erased again\n');
  await expectErased(restored);
  expect((await mgn(['audit', 'verify', ...on(restored)])).code).toBe(0);
});
