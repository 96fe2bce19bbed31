import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoNetwork } from '../../src/main.ts';
import { mgn, mgnProcess } from '../support/cli/mgn.ts';

const root = join(import.meta.dirname, '../..');
const good = join(root, 'examples/messages/001-referral-as-collection/input.json');

let folder: string;
let taken: Server;
let port: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-cli-'));
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'cut.json'), '{"resourceType":\n  "Patient",');
  writeFileSync(
    join(folder, 'text.db'),
    'this is no database, though it is long enough to be looked at as one '.repeat(3),
  );
  taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  port = String((taken.address() as { port: number }).port);
});
afterAll(() => {
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A network with a mistake in one of its files. */
function networkWith(name: string, file: string, change: (text: string) => string): string {
  const made = join(folder, name);
  cpSync(demoNetwork, made, { recursive: true });
  writeFileSync(join(made, file), change(readFileSync(join(made, file), 'utf8')));
  return made;
}

const mapping = (path: string): string => join(import.meta.dirname, '../../mappings', path);
const [formMap, elzMap] = [mapping('form/referral-form.fml'), mapping('referral/elz-bundle.fml')];
const [readme, hl7] = [mapping('form/README.md'), mapping('hl7v2/tests/typical/input.hl7')];

const mistakes: readonly (readonly [string, () => readonly string[], RegExp])[] = [
  ['a file that is not there', () => ['validate', 'gone.json'], /gone\.json: error file-unreadable: .*ENOENT/],
  ['a folder without resources', () => ['explain', 'empty'], /empty: error folder-empty/],
  ['a folder without maps', () => ['map', 'check', 'empty'], /empty: error folder-empty/],
  ['a folder without maps to test', () => ['map', 'test', 'empty'], /empty: error folder-empty/],
  [
    'a message for a map that is no JSON',
    () => ['map', 'run', formMap, readme],
    /README\.md:1:1: Not valid JSON.*\.json.*\.xml.*\.hl7/,
  ],
  ['the same, explained', () => ['map', 'explain', formMap, readme], /README\.md:1:1: Not valid JSON/],
  [
    'HL7 v2 for a map of FHIR',
    () => ['map', 'run', elzMap, hl7],
    /map-input-type-mismatch: .*Bundle, not a message of HL7 v2/,
  ],
  [
    'HL7 v2 for a map of a form',
    () => ['map', 'run', formMap, hl7],
    /map-input-type-mismatch: .*referral-form, not a message of HL7 v2/,
  ],
  ['a map that is not there', () => ['map', 'run', 'gone.fml', good], /gone\.fml: error file-unreadable: .*ENOENT/],
  ['a folder of maps that is not there', () => ['map', 'check', 'gone'], /gone: error file-unreadable: .*ENOENT/],
  [
    'a retention term that no network can have',
    () => ['store', 'retention', '--audit-months', '12'],
    /--audit-months.*from 60 to 240/,
  ],
  [
    'a file that is cut off, with line and column',
    () => ['explain', 'cut.json'],
    /cut\.json:2:\d+: fatal json-incomplete/,
  ],
  ['a package that is not there', () => ['validate', good, '--package', 'gone'], /^mgn: gone: no such package/],
  ['a language that there is not', () => ['validate', good, '--language', 'fr'], /choices are en, nl/],
  [
    'a partner that there is not',
    () => ['explain', good, '--as', 'nobody'],
    /Unknown partner: nobody\. Partners: gp-de-linde/,
  ],
  [
    'an address that is none',
    () => ['send', good, '--to', 'there'],
    /'there' is invalid\. Use an http or https address/,
  ],
  [
    'an address where nobody answers, in Dutch',
    () => ['send', good, '--to', 'http://127.0.0.1:1/fhir', '--language', 'nl'],
    /gateway-unreachable: Geen antwoord van dit adres \(ECONNREFUSED\).*--request-id [0-9a-f-]{36}/,
  ],
  ['a port that is none', () => ['demo', '--port', '99999'], /'99999' is invalid\. Use a port/],
  [
    'a port that is taken',
    () => ['serve', '--port', port, '--store', 'sqlite::memory:'],
    /The gateway does not start\.\n.*port-unavailable: .*EADDRINUSE/,
  ],
  [
    'a store that is no database',
    () => ['serve', '--store', 'sqlite:text.db'],
    /store-foreign: .*not a store of the gateway/,
  ],
  [
    'a store that there is not, without its password',
    () => ['serve', '--store', 'mysql://me:secret@there/db'],
    /--store: error store-type-unsupported: (?!.*secret)/,
  ],
  [
    'a PostgreSQL that is not there, without its password',
    () => ['serve', '--store', 'postgres://me:secret@127.0.0.1:1/db'],
    /store-connection-failed: No connection to postgres:\/\/me@127\.0\.0\.1:1\/db \(.*ECONNREFUSED(?!.*secret)/,
  ],
  ['a network that is not there', () => ['serve', '--network', 'gone'], /gone\/network\.yaml.*ENOENT/],
  [
    'YAML that is none, with its line',
    () => ['serve', '--network', networkWith('yaml', 'network.yaml', (it) => `${it}\n  : [`)],
    /network\.yaml:\d+:\d+: error config-syntax/,
  ],
  [
    'a key that is not known, with its line',
    () => [
      'serve',
      '--network',
      networkWith('key', 'partners.yaml', (it) => it.replace('    channel:', '    chanel:')),
    ],
    /partners\.yaml:\d+:\d+: error config-key-/,
  ],
];

describe('a mistake is told in lines that help, and ends with 1', () => {
  test.each(mistakes)('%s', async (_, args, expected) => {
    const { code, out, err } = await mgn(args(), folder);
    expect(`${out}${err}`).toMatch(expected);
    expect(code).toBe(1);
    expect(`${out}${err}`, 'no stack').not.toMatch(/\n\s+at \S+ \(|node:internal|file:\/\//);
  });
});

test('mgn without a command tells what there is', async () => {
  const { err } = await mgnProcess([]);
  for (const command of ['serve', 'demo', 'validate', 'explain', 'send']) expect(err).toContain(command);
});
