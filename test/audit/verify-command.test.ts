import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSigner, signerOf, signHead } from '../../src/audit/signed-head.ts';
import { signerIn } from '../../src/main/signing-key.ts';
import { copyStore } from '../../src/store/moving/copy.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { signJournal } from '../../src/watchdog/index.ts';
import { mgn } from '../support/cli/mgn.ts';
import { auditEvent } from '../support/store/samples.ts';
import { startGateway } from '../support/test-gateway.ts';

/** `mgn audit verify`, `heads` and `export` on the store of a gateway. */

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);
const keys = generateKeyPairSync('ed25519');
const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

let folder: string;
let file: string;
let heads: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-verify-'));
  file = join(folder, 'gateway.db');
  const gateway = await startGateway({ store: `sqlite:${file}` });
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
  await gateway.ask('GET', '/fhir/Task', { as: 'registration-team' });
  const signer = signerOf(pem)!;
  expect(await signJournal(gateway.running.gateway, signer)).toBe(true);
  expect(await signJournal(gateway.running.gateway, signer), 'twice on one day').toBe(false);
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: '{}' });
  await gateway.stop();
  heads = join(folder, 'heads.ndjson');
  writeFileSync(heads, (await mgn(['audit', 'heads', '--store', `sqlite:${file}`])).out);
  writeFileSync(join(folder, 'key.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }) as string);
  writeFileSync(
    join(folder, 'other.pem'),
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (store: string, ...more: string[]) => mgn(['audit', 'verify', '--store', `sqlite:${store}`, ...more]);

let copies = 0;
function changed(...statements: string[]): string {
  const copy = join(folder, `copy-${++copies}.db`);
  copyFileSync(file, copy);
  const database = new DatabaseSync(copy);
  database.exec('drop trigger entry_stays; drop trigger entry_remains');
  for (const statement of statements) database.exec(statement);
  database.close();
  return copy;
}

test('a store as it was written: 0 problems, a signed head, the key', async () => {
  const found = await verify(file, '--heads', heads, '--key', join(folder, 'key.pem'));
  expect(found.err).toBe('');
  expect(found.out).toMatch(/^0 problems; \d+ entries verified, up to entry \d+; of 0/);
  expect(found.out).toContain(`1 signed heads, of key ${signerOf(pem)?.id}`);
  expect(found.code).toBe(0);
});

test('an event that was altered: its entry, exit 1; in Dutch and as JSON too', async () => {
  const copy = changed('update entry set facts = (select facts from entry where seq = 1) where seq = 2');
  const found = await verify(copy);
  expect(found.code).toBe(1);
  expect(found.err).toMatch(/audit-entry-altered: Entry 2 of the journal \(20.*\) is not as it was written/);
  expect((await verify(copy, '--language', 'nl')).err).toMatch(/Regel 2 van het journaal/);
  const [problem, counts] = (await verify(copy, '--json')).out
    .split('\n')
    .filter(Boolean)
    .map((it) => JSON.parse(it));
  expect(problem).toMatchObject({ rule: 'audit-entry-altered' });
  expect(counts).toMatchObject({ problems: 1, heads: 1 });
});

test('an end that was cut off with the head of the journal, and the rights from it, is found by the exported heads only', async () => {
  const before = changed(
    'delete from entry where seq > 1',
    'delete from reader where block >= 256',
    "update head set seq = 1, chained = 1, hash = (select rtrim(replace(replace(hash, '+', '-'), '/', '_'), '=') from head)",
  );
  const database = new DatabaseSync(before);
  const link = database.prepare('select link from entry where seq = 1').get()!.link as Uint8Array;
  database.prepare('update head set hash = ?').run(Buffer.from(link).subarray(0, 32).toString('base64url'));
  database.close();
  expect((await verify(before)).code).toBe(0);
  const found = await verify(before, '--heads', heads);
  expect(found.code).toBe(1);
  expect(found.err).toContain('audit-head-differs');
});

test('a chain whose beginning was moved behind what was changed is found by the heads that were signed before', async () => {
  const copy = changed(
    'delete from entry where seq = 2',
    "update meta set value = (select max(seq) from entry) where name = 'chain-from'",
    'update entry set link = null',
    "update head set chained = (select max(seq) from entry), hash = ''",
  );
  for (const more of [[], ['--heads', heads]]) {
    const found = await verify(copy, ...more);
    expect(found.err).toContain('audit-head-differs');
    expect(found.code).toBe(1);
  }
});

test('rows that lead to the journal: a deleted name and an inserted reader, each with its place', async () => {
  const copy = changed(
    'delete from mention',
    "insert into reader (partner, block, mask) select 'wijkteam-zonnerveen', min(key) / 32, 1 from resource",
  );
  const found = await verify(copy);
  expect(found.code).toBe(1);
  expect(found.err).toMatch(/audit-name-missing: An event in entry \d+ of the journal \(20.*\) names [0-9a-f-]+,/);
  expect(found.err).toMatch(/audit-right-unexplained: wijkteam-zonnerveen may read [A-Z][A-Za-z]+\/[0-9a-f-]+,/);
  expect((await verify(copy, '--language', 'nl')).err).toContain('wijkteam-zonnerveen mag ');
});

test('a head that was printed before, and written down by somebody else, is compared', async () => {
  const head = /head now: (\d+:[\w-]{43})/.exec((await verify(file)).out)?.[1] ?? '';
  expect((await verify(file, '--head', head)).code).toBe(0);
  const [entry, hash = ''] = head.split(':');
  const other = `${entry}:${hash.startsWith('A') ? 'B' : 'A'}${hash.slice(1)}`;
  const found = await verify(file, '--head', other);
  expect([found.code, found.err]).toEqual([1, expect.stringContaining('audit-head-differs')]);
  expect((await verify(file, '--head', `${Number(entry) + 5}:${hash}`)).code).toBe(1);
  for (const wrong of ['x', '1', `${entry}:short`, `-1:${hash}`])
    expect((await verify(file, `--head=${wrong}`)).code, wrong).toBe(2);
});

test('a head is signed each hour, and besides after so many entries; once by all gateways', async () => {
  const store = await openSqliteStore(':memory:', { thread: 'none' });
  let now = new Date('2026-12-01T10:20:00Z');
  const world = { now: () => now, newId: () => crypto.randomUUID() };
  const settings = { name: 'Testnetwerk', audit: { signMinutes: 60, signEntries: 20 } };
  const context = { store, world, network: { settings } } as unknown as Parameters<typeof signJournal>[0];
  const signer = signerOf(pem)!;
  const sign = () => signJournal(context, signer);
  expect(await Promise.all([sign(), sign()])).toEqual([true, false]);
  now = new Date('2026-12-01T10:59:59Z');
  expect(await sign()).toBe(false);
  now = new Date('2026-12-01T11:00:00Z');
  expect(await sign()).toBe(true);
  for (let n = 0; n < 20; n++) await store.appendAudit([auditEvent(`e${n}`)]);
  expect(await sign()).toBe(true);
  expect(await sign()).toBe(false);
  await store.close();
});

test('a head that another key signed is a problem', async () => {
  const found = await verify(file, '--key', join(folder, 'other.pem'));
  expect(found.code).toBe(1);
  expect(found.err).toContain('audit-signature-invalid');
  const forged = { ...JSON.parse(readFileSync(heads, 'utf8')), hash: 'x' };
  writeFileSync(join(folder, 'forged.ndjson'), JSON.stringify(forged));
  expect((await verify(file, '--heads', join(folder, 'forged.ndjson'))).err).toContain('audit-signature-invalid');
  const head = signHead({ entry: 1, hash: 'another' }, newSigner(), new Date());
  writeFileSync(join(folder, 'another.ndjson'), JSON.stringify(head));
  expect((await verify(file, '--heads', join(folder, 'another.ndjson'))).err).toContain('audit-head-differs');
});

test('files that are no heads and no key: exit 2, with the reason', async () => {
  const text = join(folder, 'text');
  writeFileSync(text, 'no head\n');
  for (const option of ['--heads', '--key']) {
    for (const path of [text, join(folder, 'absent')]) {
      const found = await verify(file, option, path);
      expect(found.code, found.err).toBe(2);
      expect(found.err).toContain('audit-file-unreadable');
    }
  }
  expect(signerIn({ MGN_SIGNING_KEY_FILE: text })).toMatchObject({ ok: false });
  expect(signerIn({ MGN_SIGNING_KEY_FILE: join(folder, 'absent') })).toMatchObject({ ok: false });
  expect(signerIn({ MGN_SIGNING_KEY: pem })).toMatchObject({ ok: true, value: { id: signerOf(pem)?.id } });
  expect(signerIn({})).toEqual({ ok: true, value: undefined, issues: [] });
});

test('a copy has the same chain, and its heads are those of the original', async () => {
  const copy = join(folder, 'copied.db');
  expect(await copyStore({ kind: 'sqlite', file }, { kind: 'sqlite', file: copy })).toMatchObject({ ok: true });
  expect(await verify(copy, '--heads', heads)).toMatchObject({ code: 0 });
  const backup = join(folder, 'backup.db');
  expect((await mgn(['store', 'backup', backup, '--store', `sqlite:${file}`])).code).toBe(0);
  expect(await verify(backup, '--heads', heads)).toMatchObject({ code: 0 });
});

test('the export is NDJSON of AuditEvents, narrowed as the list is', async () => {
  const exported = async (...more: string[]) => {
    const { out, code } = await mgn(['audit', 'export', '--store', `sqlite:${file}`, ...more]);
    expect(code).toBe(0);
    return out
      .split('\n')
      .filter(Boolean)
      .map((it) => JSON.parse(it));
  };
  const all = await exported();
  expect(all.length).toBeGreaterThan(3);
  expect(all.every(({ resourceType }) => resourceType === 'AuditEvent')).toBe(true);
  expect(await exported('--interaction', 'search-type')).toHaveLength(1);
  expect(await exported('--partner', 'registration-team')).not.toHaveLength(0);
  const refused = await exported('--outcome', 'refused');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ outcome }) => outcome === '4')).toBe(true);
});

test('a partner that no configuration has is an error, not an empty answer', async () => {
  for (const command of [['audit'], ['audit', 'export']]) {
    const found = await mgn([...command, '--store', `sqlite:${file}`, '--partner', 'gp-de-lindde']);
    expect(found.code).toBe(1);
    expect(found.err).toMatch(/audit-partner-unknown: .*gp-de-lindde.*gp-de-linde/);
  }
  // known, and without events
  expect(await mgn(['audit', '--store', `sqlite:${file}`, '--partner', 'municipality-horizonland'])).toMatchObject({
    code: expect.any(Number),
  });
});
