import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkStore } from '../../../src/store/moving/check/check.ts';
import { migrateStore } from '../../../src/store/moving/migrate.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { mgn } from '../../support/cli/mgn.ts';
import { storeFolder, writePreviousStore } from '../../support/store/previous/store.ts';
import * as s from '../../support/store/samples.ts';

/** `mgn store check` finds what is wrong, and says what can still be read. */
const folder = storeFolder();
const whole = folder.path('whole.db');
beforeAll(async () => {
  writePreviousStore(folder.path('previous.db'));
  expect(await migrateStore(folder.path('previous.db'), whole)).toMatchObject({ ok: true });
});
afterAll(folder.remove);

let copies = 0;
const copy = (): string => {
  const file = folder.path(`copy-${++copies}.db`);
  copyFileSync(whole, file);
  return file;
};
const check = async (file: string) => {
  const result = await checkStore({ kind: 'sqlite', file });
  if (!result.ok) throw new Error(result.issues[0]?.message);
  return result.value;
};

/** What is done to a correct store, and what the check reports of it. */
const wrong: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'a text that is cut off',
    'update entry set payload = substr(payload, 1, 40) where seq = (select entry from resource limit 1)',
    'store-entry-damaged',
    /^entry \d+: /,
  ],
  [
    'a payload of another format',
    "update entry set payload = x'09aa' where seq = 1",
    'store-entry-damaged',
    /format 9/,
  ],
  [
    'sizes that are not those of the texts',
    `update entry set head = json_set(head, '$.sizes[0]', 7) where message is not null and payload is not null`,
    'store-entry-damaged',
    /damaged/,
  ],
  [
    'audit events that are no texts',
    "update entry set facts = x'0041' where facts is not null and seq < 5",
    'store-entry-damaged',
    /JSON/,
  ],
  [
    'a message without its answer',
    `update entry set head = json_set(head, '$.message.parts.answer', 99) where message is not null`,
    'store-entry-damaged',
    /answer is missing/,
  ],
  [
    'a resource that leads to the text of another',
    "update resource set part = part + 1 where type = 'Patient'",
    'store-text-differs',
    /Patient.*another resource/,
  ],
  [
    'a version that leads to another',
    'update version set version = version + 10',
    'store-text-differs',
    /another version/,
  ],
  [
    'a resource that leads to no text',
    'update resource set part = 999 where key = (select min(key) from resource)',
    'store-row-orphaned',
    /part 999/,
  ],
  [
    'a resource that leads to no entry',
    'update resource set entry = 99999 where key = (select min(key) from resource)',
    'store-row-orphaned',
    /entry does not exist|of entry that/,
  ],
  [
    'a dispatch without its body',
    "update dispatch set part = 999 where state = 'waiting'",
    'store-row-orphaned',
    /dispatch .*part 999/,
  ],
  [
    'a reader of nothing',
    "insert into reader (partner, block, mask) values ('x', 999999, 5)",
    'store-row-orphaned',
    /reader x, resource/,
  ],
  [
    'a right from a version on of nothing',
    "insert into reader_since (resource, partner, since) values (99999999, 'x', 2)",
    'store-row-orphaned',
    /reader_since x/,
  ],
  [
    'a value of nothing',
    "insert into token (value, parameter, resource, system) values ('v', 1, 99999999, '')",
    'store-row-orphaned',
    /token 99999999/,
  ],
  [
    'a hold of nothing',
    "insert into hold (recipient, journey, dispatch, kind) values ('r', 'j', 99999999, 'dead')",
    'store-row-orphaned',
    /hold 99999999/,
  ],
  [
    'a request without a message',
    "insert into request (request_id, partner, entry, digest) select 'r', 'p', seq, 'd' from entry where message is null limit 1",
    'store-row-orphaned',
    /request r/,
  ],
  [
    'a wrong number of waiting dispatches',
    'update recipient set waiting = waiting + 2',
    'store-count-differs',
    /recipient .*: waiting is/,
  ],
  [
    'a wrong number of events',
    'update subscription set events = 7',
    'store-count-differs',
    /subscription .*: events is 7/,
  ],
  ['a number of the last entry that is too low', 'update head set seq = 3', 'store-count-differs', /head.seq is 3/],
];

describe('mgn store check', () => {
  test('finds nothing in a correct store', async () => {
    const { problems, entries, texts } = await check(copy());
    expect(problems).toEqual([]);
    expect([entries > 50, texts > 200]).toEqual([true, true]);
  });

  test.each(wrong)('finds %s', async (_, sql, rule, text) => {
    const file = copy();
    const database = new DatabaseSync(file);
    database.exec(`drop trigger entry_stays; ${sql}`);
    database.close();
    const { problems } = await check(file);
    expect(problems.map((it) => it.rule)).toContain(rule);
    expect(problems.map(({ message }) => message).join('\n')).toMatch(text);
    for (const { message } of problems) expect(message).toMatch(/[Rr]estore/);
  });

  test('lists the first problems of a kind, and counts the others', async () => {
    const file = copy();
    const database = new DatabaseSync(file);
    database.exec('update resource set part = 999');
    database.close();
    const { problems, others } = await check(file);
    expect(problems.length).toBe(20);
    expect(others).toBeGreaterThan(100);
  });

  test('reports a damaged page, and what can still be read', async () => {
    const file = copy();
    const database = new DatabaseSync(file);
    const page = Number(database.prepare('pragma page_size').get()?.page_size);
    const roots = database
      .prepare("select rootpage from sqlite_master where name in ('token', 'resource_by_time')")
      .all();
    database.close();
    const bytes = readFileSync(file);
    for (const { rootpage } of roots) bytes.fill(0xa5, (Number(rootpage) - 1) * page, Number(rootpage) * page);
    writeFileSync(file, bytes);
    const { code, out, err } = await mgn(['store', 'check', '--store', `sqlite:${file}`]);
    expect(code).toBe(1);
    expect(err).toContain('store-corrupt');
    expect(err).not.toMatch(/\bat .*\.ts:/);
    expect(out).toMatch(/readable: 10\d of 10\d entries, 287 versions/);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('reports any damage without a fault: %i', async (seed) => {
    const file = copy();
    const bytes = readFileSync(file);
    // not the first page: without it there is no database
    for (let n = 0; n < 40; n++)
      bytes[4096 + ((seed * 7919 + n * 104_729 * (seed + 3)) % (bytes.length - 4096))]! ^= 0xff;
    writeFileSync(file, bytes);
    const { code, err } = await mgn(['store', 'check', '--store', `sqlite:${file}`]);
    expect([1, 2]).toContain(code);
    expect(err).toMatch(/error store-/);
  });

  test('prints JSON', async () => {
    const file = copy();
    const database = new DatabaseSync(file);
    database.exec('update recipient set waiting = 999');
    database.close();
    const { code, out } = await mgn(['store', 'check', '--json', '--store', `sqlite:${file}`]);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(lines[0]).toMatchObject({ rule: 'store-count-differs' });
    expect(lines.at(-1)).toMatchObject({ problems: lines.length - 1, unreadable: 0, texts: 287 });
  });

  test('runs next to a gateway that writes, and changes nothing', async () => {
    const file = copy();
    const store = await openSqliteStore(file, { thread: 'none' });
    let isDone = false;
    const writing = (async () => {
      for (let n = 0; !isDone; n++) {
        await s.commit(
          store,
          {
            message: s.message(`busy-${n}`),
            changes: [s.create(s.task(`busy-${n}`), 'a')],
            dispatches: [s.dispatch(`busy-${n}`, 'a')],
          },
          700,
        );
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    const found = await check(file);
    isDone = true;
    await writing;
    expect(found.problems).toEqual([]);
    await store.close();
  });
});
