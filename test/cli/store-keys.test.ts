import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { demoNetwork } from '../../src/main.ts';
import { newRingLine } from '../../src/store/sql/vault/ring.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import { ringWith } from '../support/store/key-ring.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The demo network without its static tokens and its people, which no other network may have. */
function networkWithoutTokens(): string {
  const made = join(folder, 'network');
  cpSync(demoNetwork, made, { recursive: true });
  const file = join(made, 'partners.yaml');
  const text = readFileSync(file, 'utf8')
    .replace(/ {4}tokens:\n(?: {6}.*\n)+/g, '')
    .replace(/^ {4}tokens: \[\]\n/gm, '');
  writeFileSync(file, text);
  const settings = join(made, 'network.yaml');
  writeFileSync(settings, readFileSync(settings, 'utf8').replace(/^people:\n(?: .*\n)+/m, ''));
  return made;
}

test('without a key a network that is not a demo does not start, and stores nothing', async () => {
  const file = join(folder, 'real.db');
  const network = networkWithoutTokens();
  const args = ['serve', '--network', network, '--base-url', 'https://gateway.example/fhir', '--port', '0'];
  args.push('--store', `sqlite:${file}`);
  const { code, err } = await mgn(args);
  expect([code, err]).toEqual([1, expect.stringContaining('store-keys-required')]);
  expect(err).toContain('mgn store keys new');
  expect(existsSync(`${file}.keys`)).toBe(false);
  const dutch = await mgn([...args, '--language', 'nl']);
  expect(dutch.err).toContain('De gateway heeft geen sleutel');
});

test('each command that opens an encrypted store says which key is missing or wrong', async () => {
  const file = join(folder, 'encrypted.db');
  await (await openSqliteStore(file, { ring: ringWith('k1'), thread: 'none' })).close();
  const found = async (ring: string | undefined) => {
    if (ring !== undefined) writeFileSync(`${file}.keys`, ring);
    const codes: string[] = [];
    for (const args of [
      ['audit'],
      ['store', 'check'],
      ['store', 'keys', 'status'],
      ['store', 'keys', 'rotate'],
      ['serve'],
    ]) {
      const { err } = await mgn([...args, '--store', `sqlite:${file}`]);
      codes.push(/store-key\S*?(?=:)/.exec(err)?.[0] ?? err);
    }
    return [...new Set(codes)];
  };
  expect(await found('not a ring')).toEqual(['store-keys-invalid']);
  expect(await found(newRingLine('k2'))).toContain('store-key-missing');
  expect(await found(newRingLine('k1'))).toContain('store-key-wrong');
});

test('mgn store keys new prints a line of a ring', async () => {
  const { code, out } = await mgn(['store', 'keys', 'new', '2026-11']);
  expect([code, out]).toEqual([0, expect.stringMatching(/^2026-11 [A-Za-z0-9+/]{43}=\n$/)]);
  expect(statSync(folder).isDirectory()).toBe(true);
});
