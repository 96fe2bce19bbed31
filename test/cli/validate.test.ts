import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { progressOn } from '../../src/cli/validate-progress.ts';
import { mgn } from '../support/cli/mgn.ts';
import { profileOf, profileUrl } from '../support/validation/validate.ts';

const root = join(import.meta.dirname, '../..');
const patient = (more: object = {}) => JSON.stringify({ resourceType: 'Patient', ...more });

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-validate-'));
  for (const name of ['definitions', 'more', 'sent/one/two']) mkdirSync(at(name), { recursive: true });
  const named = (path: string, url: string) => JSON.stringify(profileOf('Patient', [{ path, min: 1 }], url));
  writeFileSync(at('definitions/a.json'), named('Patient.name', profileUrl));
  writeFileSync(at('more/b.json'), named('Patient.gender', 'urn:more'));
  writeFileSync(at('good.json'), patient({ name: [{ text: 'x' }], gender: 'male' }));
  writeFileSync(at('sent/nameless.json'), patient());
  writeFileSync(at('sent/one/wrong.json'), patient({ gender: 'x' }));
  writeFileSync(at('sent/one/two/open.json'), patient({ meta: { profile: ['urn:none'] } }));
  writeFileSync(at('sent/one/two/package.json'), '{"name":"x"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mgn validate takes its options before its files', () => {
  test('--package and --profile', async () => {
    const options = ['--package', at('definitions'), '--profile', profileUrl];
    const right = await mgn(['validate', ...options, at('good.json')]);
    expect([right.code, right.out.trim()]).toEqual([0, `valid ${at('good.json')}`]);
    const wrong = await mgn(['validate', ...options, at('sent/nameless.json')]);
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('error min: Patient.name')]);
  });

  test('repeated', async () => {
    const packages = ['--package', at('definitions'), '--package', at('more')];
    const { code, out } = await mgn([
      'validate',
      ...packages,
      '--profile',
      profileUrl,
      '--profile',
      'urn:more',
      at('sent/nameless.json'),
    ]);
    expect([code, out]).toEqual([1, expect.stringMatching(/Patient\.name[\s\S]*Patient\.gender/)]);
  });

  test('or after them, as before, several profiles in a row', async () => {
    const { out } = await mgn([
      'validate',
      at('sent/nameless.json'),
      '--package',
      at('definitions'),
      '--profile',
      profileUrl,
      'urn:none',
    ]);
    expect(out).toContain('error min: Patient.name');
    expect(out).toContain('profile-requested-not-loaded');
  });
});

describe('mgn validate', () => {
  test('reads folders with their folders, and prints a summary', async () => {
    const { code, out } = await mgn(['validate', at('sent')]);
    expect(code).toBe(1);
    expect(out).toContain(`valid ${at('sent/nameless.json')}`);
    expect(out).toContain(`invalid ${at('sent/one/wrong.json')}`);
    expect(out).toContain(`undecided ${at('sent/one/two/open.json')}`);
    expect(out.trimEnd().split('\n').at(-1)).toBe('3 files: 1 valid, 1 invalid, 1 undecided');
  });

  test('prints the summary in Dutch, and none for one file', async () => {
    expect((await mgn(['validate', '--language', 'nl', at('sent')])).out).toContain(
      '3 bestanden: 1 geldig, 1 ongeldig, 1 onbeslist',
    );
    expect((await mgn(['validate', at('good.json')])).out).not.toContain('files');
  });

  test('--quiet prints only what is not valid', async () => {
    const { code, out } = await mgn(['validate', '--quiet', at('sent'), at('good.json')]);
    expect(code).toBe(1);
    expect(out).not.toMatch(/^valid|information|files:/m);
    expect(out).toMatch(/^undecided/m);
    expect((await mgn(['validate', '--quiet', at('good.json')])).out).toBe('');
  });

  test('shows recommendations of R4 only when asked', async () => {
    expect((await mgn(['validate', at('good.json')])).out).not.toContain('dom-6');
    expect((await mgn(['validate', '--best-practice', at('good.json')])).out).toContain('dom-6');
  });

  test('has a policy for unknown extensions', async () => {
    writeFileSync(at('extended.json'), patient({ extension: [{ url: 'urn:none:x', valueString: 'x' }] }));
    expect((await mgn(['validate', at('extended.json')])).code).toBe(0);
    expect((await mgn(['validate', '--unknown-extensions', 'error', at('extended.json')])).code).toBe(1);
    expect((await mgn(['validate', '--unknown-extensions', 'some', at('extended.json')])).err).toContain(
      'Use ignore, information',
    );
  });

  test('reads the standard input', () => {
    const run = (input: string): string =>
      execFileSync(process.execPath, ['src/cli.ts', 'validate', '-'], { cwd: root, input, encoding: 'utf8' });
    expect(run(patient({ name: [{ text: 'x' }] }))).toBe('valid -\n');
    expect(run('<Patient xmlns="http://hl7.org/fhir"><gender value="male"/></Patient>')).toBe('valid -\n');
  });

  test.each([
    ['JSON', 'deep.json', `${'{"url":"u","extension":['.repeat(3000)}{"url":"x"}${']}'.repeat(3000)}`],
    ['XML', 'deep.xml', `${'<extension url="u">'.repeat(3000)}${'</extension>'.repeat(3000)}`],
  ])('refuses 3,000 levels of %s', async (_, name, nested) => {
    const text = name.endsWith('xml')
      ? `<Patient xmlns="http://hl7.org/fhir">${nested}</Patient>`
      : `{"resourceType":"Patient","extension":[${nested}]}`;
    writeFileSync(at(name), text);
    const { code, out } = await mgn(['validate', at(name)]);
    expect([code, out]).toEqual([1, expect.stringContaining('nested-too-deep')]);
  });
});

describe('progress of a long run', () => {
  const written = (isTTY: boolean, counts: number[]): string => {
    let text = '';
    const out = { isTTY, write: (it: string) => (text += it) } as unknown as NodeJS.WriteStream;
    let now = 0;
    const progress = progressOn(out, 10, 'en', () => now);
    for (const valid of counts) {
      now = valid * 1_500;
      progress.show({ valid, invalid: 0, undecided: 0 });
    }
    progress.clear();
    return text;
  };

  test('starts when the run takes long, on a terminal as one line with rate and time left; a pipe gets nothing of it', () => {
    expect(written(true, [1, 2])).toBe('\r\x1b[K2 of 10, 0.7/s, 12 s left\r\x1b[K');
    expect(written(false, [1, 2, 3])).toBe('');
    expect(written(true, [1])).toBe('');
  });
});
