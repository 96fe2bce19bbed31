import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { besideStore, generateKeys, keyRingFor } from '../../src/main/key-ring.ts';
import { openStore } from '../../src/main.ts';
import { backupStore } from '../../src/store/moving/backup.ts';
import { checkStore } from '../../src/store/moving/check/check.ts';
import { pack, unpackWhole } from '../../src/store/sql/journal/payload.ts';
import { isRing, type KeyRing, newRingLine, readRing } from '../../src/store/sql/vault/ring.ts';
import { openSealed, personsOf, seal } from '../../src/store/sql/vault/sealed.ts';
import { openSqliteStore, openSqliteStoreToRead } from '../../src/store/sqlite/open.ts';
import { canaryJourney, valuesIn } from '../support/store/canary-journey.ts';
import { ringWith } from '../support/store/key-ring.ts';
import { create, message, task } from '../support/store/samples.ts';
import { startGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-at-rest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the texts of an entry', () => {
  const keys = new Map([0, 7, 9].map((it) => [it, Uint8Array.from({ length: 32 }, () => it + 1)]));
  const keyOf = (person: number) => keys.get(person);
  const texts = ['of seven', 'of nine', 'of both', 'of nobody', 'of seven again'.repeat(50)];
  const persons = [[7], [9], [7, 9], [], [7]];
  const opened = (payload: Uint8Array, sizes: readonly number[], seq = 5, by = keyOf) =>
    openSealed(seq, payload, sizes, by).map((it) => it && String(it));

  test('are under the keys of those that they are about; what is about an erased person is unreadable, and nothing else', () => {
    const { payload, sizes } = seal(5, texts, persons, keyOf);
    expect(opened(payload, sizes)).toEqual(texts);
    expect(personsOf(payload, texts.length)).toEqual(persons);
    const without = (erased: number) => (person: number) => (person === erased ? undefined : keys.get(person));
    expect(opened(payload, sizes, 5, without(7))).toEqual([undefined, 'of nine', undefined, 'of nobody', undefined]);
    expect(opened(payload, sizes, 5, without(9))).toEqual([texts[0], undefined, undefined, 'of nobody', texts[4]]);
  });

  test('fit in no other entry, cannot be exchanged, and no flipped bit passes', () => {
    const { payload, sizes } = seal(5, texts, persons, keyOf);
    expect(() => opened(payload, sizes, 6)).toThrow('damaged');
    for (let at = 1; at < payload.length; at++) {
      const flipped = Uint8Array.from(payload);
      flipped[at]! ^= 1;
      let found: readonly (string | undefined)[] = [];
      try {
        found = opened(flipped, sizes);
      } catch {
        continue;
      }
      // another person, whose key is not there: unreadable, not another text
      for (const [place, text] of found.entries()) expect([undefined, texts[place]]).toContain(text);
    }
    for (let length = 0; length < payload.length; length++)
      expect(() => opened(payload.subarray(0, length), sizes)).toThrow();
  });

  test('are never the same twice: each has a nonce of its own', () => {
    const all = Array.from({ length: 200 }, () => Buffer.from(seal(5, ['x'], [[7]], keyOf).payload).toString('hex'));
    expect(new Set(all).size).toBe(200);
    expect(new Set(all.map((it) => it.slice(-58, -34))).size).toBe(200);
  });

  test('of more persons than a segment can name are one under the key of all', () => {
    const many = Array.from({ length: 200 }, (_, n) => n + 1);
    for (const it of many)
      keys.set(
        it,
        Uint8Array.from({ length: 32 }, () => it),
      );
    const each = many.map((it) => [it]);
    const { payload, sizes } = seal(1, each.map(String), each, keyOf);
    expect(opened(payload, sizes, 1)).toEqual(each.map(String));
  });
});

describe('a key ring', () => {
  const key = Buffer.alloc(32, 1).toString('base64');
  test('is read from lines or from the environment, the current one first', () => {
    const ring = readRing(`# of november\n2026-11 ${key}\n\n2025-11: ${key}\n`);
    expect(isRing(ring) && [ring.current, [...ring.keys.keys()]]).toEqual(['2026-11', ['2026-11', '2025-11']]);
    expect(isRing(readRing(`a ${key};b ${key}`))).toBe(true);
    expect(isRing(readRing(newRingLine('k')))).toBe(true);
    expect(readRing('# none\n')).toBeUndefined();
  });
  test.each([
    ['just-a-word', 'form'],
    ['k AAAA', 'size'],
    [`k ${key}\nk ${key}`, 'twice'],
    [`é ${key}`, 'form'],
  ])('%j is refused', (text, problem) => expect(readRing(text)).toMatchObject({ problem }));

  test('of a demo has a place for each store: beside its file, or one of the working folder for a database', () => {
    expect(besideStore('sqlite:/x/a.db')).toBe('/x/a.db.keys');
    expect(besideStore('sqlite::memory:')).toBeUndefined();
    const of = (address: string) => besideStore(address);
    const one = of('postgres://gateway:secret@db.example:5432/mgn?options=-c%20search_path%3Da');
    expect(one).toMatch(/^mgn-gateway-[0-9a-f]{12}\.keys$/);
    // the password and the role may change
    expect(of('postgresql://other@db.example:5432/mgn?options=-c%20search_path%3Da&sslmode=verify-full')).toBe(one);
    const others = [
      'postgres://db.example:5432/mgn',
      'postgres://db.example:5432/other',
      'postgres://other.example/mgn',
    ];
    expect(new Set([one, ...others.map(of)]).size).toBe(4);
  });

  test('is generated once, whole, by several processes of a demo', () => {
    const file = join(folder, 'once.keys');
    generateKeys(file);
    const first = readFileSync(file, 'utf8');
    generateKeys(file);
    expect(readFileSync(file, 'utf8')).toBe(first);
    expect(isRing(readRing(first))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('once.keys'))).toEqual(['once.keys']);
    expect(() => generateKeys(join(folder, 'none', 'x.keys'))).toThrow('ENOENT');
  });

  test('that cannot be read is a finding with its place', () => {
    const file = join(folder, 'wrong.keys');
    writeFileSync(file, 'k AAAA\n');
    const rules = (environment: Record<string, string>) =>
      keyRingFor('sqlite:x.db', environment).issues.map(({ rule, message }) => [rule, message]);
    expect(rules({ MGN_STORE_KEYS_FILE: file })).toEqual([
      ['store-keys-invalid', expect.stringContaining('line 1: a key has 32 bytes')],
    ]);
    expect(rules({ MGN_STORE_KEYS_FILE: join(folder, 'none') })).toEqual([
      ['store-keys-invalid', expect.stringContaining('ENOENT')],
    ]);
    expect(rules({ MGN_STORE_KEYS: '# nothing' })).toEqual([
      ['store-keys-invalid', expect.stringContaining('it has no key')],
    ]);
  });
});

describe('a store', () => {
  test('opens with its keys only, and says which one is missing or wrong', async () => {
    const file = join(folder, 'keys.db');
    const ring = ringWith('k1');
    const store = await openSqliteStore(file, { ring });
    await store.commit({ now: new Date(), message: message('m1'), changes: [create(task('t1'), 'a')] });
    await store.close();
    const opening = async (keys: Parameters<typeof openSqliteStore>[1]) => {
      for (const open of [openSqliteStore, openSqliteStoreToRead])
        await expect(open(file, keys)).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_STORE_KEY_/) });
    };
    await opening({});
    await opening({ ring: ringWith('k2') });
    await opening({ ring: ringWith('k1') });
    const codes = async (text: string | undefined) => {
      if (text !== undefined) writeFileSync(`${file}.keys`, text);
      const opened = await openStore(`sqlite:${file}`);
      return opened.issues.map(({ rule, message }) => [rule, /k\d/.exec(message.replace(file, ''))?.[0]]);
    };
    expect(await codes(undefined)).toEqual([['store-keys-needed', undefined]]);
    expect(await codes(newRingLine('k2'))).toEqual([['store-key-missing', 'k1']]);
    expect(await codes(newRingLine('k1'))).toEqual([['store-key-wrong', 'k1']]);
    // not half open: nothing was changed meanwhile
    const again = await openSqliteStore(file, { ring });
    expect(await again.read('Task', 't1', 'a')).toBeDefined();
    await again.close();
  });

  test('written in clear by an earlier release stays readable, and what is new is encrypted', async () => {
    const file = join(folder, 'clear.db');
    const old = await openSqliteStore(file, { thread: 'none' });
    await old.commit({ now: new Date(), message: message('m1'), changes: [create(task('t1'), 'a')] });
    await old.close();
    const ring = ringWith('k1');
    const store = await openSqliteStore(file, { ring });
    await store.commit({ now: new Date(), message: message('m2'), changes: [create(task('t2'), 'a')] });
    for (const id of ['t1', 't2']) expect(await store.read('Task', id, 'a')).toBeDefined();
    expect(await store.message('message-m1')).toBeDefined();
    await store.close();
    const database = new DatabaseSync(file);
    const formats = database.prepare('select hex(substr(payload, 1, 1)) as format from entry').all();
    expect(formats.map(({ format }) => format).sort()).toEqual(['01', '02']);
    expect(database.prepare("select 1 from meta where name = 'secret'").all()).toEqual([]);
    database.close();
  });
});

test('a whole journey leaves no value of any element in the file, its log, a backup, or any column', async () => {
  const file = join(folder, 'journey.db');
  generateKeys(besideStore(`sqlite:${file}`)!);
  expect(statSync(`${file}.keys`).mode & 0o777).toBe(0o600);
  const { value: ring } = keyRingFor(`sqlite:${file}`) as { readonly value: KeyRing };
  const gateway = await startGateway({ store: `sqlite:${file}` });
  const canaries = await canaryJourney(gateway);
  const copy = join(folder, 'backup.db');
  expect((await backupStore({ kind: 'sqlite', file }, copy)).ok).toBe(true);
  const checked = await checkStore({ kind: 'sqlite', file, ring });
  expect(checked.issues).toEqual([]);

  const values = [...canaries.keys()];
  expect(values.length).toBeGreaterThan(500);
  // what is searched for would be found
  for (const form of ['utf8', 'utf16le', 'hex', 'base64'] as const) {
    const text = `ab ${values[7]} and more`;
    const bytes = form === 'utf16le' ? Buffer.from(text, form) : Buffer.from(Buffer.from(text).toString(form));
    expect(valuesIn(bytes, values), form).not.toEqual([]);
  }
  const files = readdirSync(folder).filter((name) => /^(journey|backup)\.db/.test(name) && !name.endsWith('.keys'));
  expect(files.some((name) => name.endsWith('-wal'))).toBe(true);
  for (const name of files) {
    const bytes = readFileSync(join(folder, name));
    expect(
      valuesIn(bytes, values).map((it) => canaries.get(it)),
      name,
    ).toEqual([]);
  }
  const database = new DatabaseSync(file);
  const payloads = database.prepare('select seq, payload, facts from entry').all();
  expect(payloads.filter(({ payload }) => payload && (payload as Uint8Array)[0] !== 2)).toEqual([]);
  // what is compressed and not encrypted: the audit trail, which has no content
  const facts = payloads.flatMap((row) => (row.facts ? [unpackWhole(row.facts as Uint8Array).toString()] : [])).join();
  expect(values.filter((value) => facts.includes(value))).toEqual([]);
  database.close();
  await gateway.stop();
});

test('what is compressed first is not longer than what is encrypted, but for the head', () => {
  const text = JSON.stringify(task('t1'));
  const { payload } = pack([text]);
  const sealed = seal(1, [text], [[1]], () => Buffer.alloc(32));
  expect(sealed.payload.length - payload.length).toBeLessThan(60);
});
