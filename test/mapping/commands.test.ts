import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { registerMap } from '../../src/cli/map.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-map-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = `map "http://example.org/t" = "T"

uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Ours as target

group T(source src : Patient, target tgt : Ours) {
  src -> tgt: id, gender;
  src.name as it where (it.use = 'official') -> tgt.name = it "name";
}
`;
const path = join(folder, 'x/t.fml');
const input = join(folder, 'x/tests/typical/input.json');

beforeEach(() => {
  mkdirSync(join(folder, 'x/tests/typical'), { recursive: true });
  writeFileSync(path, text);
  writeFileSync(
    input,
    JSON.stringify({
      resourceType: 'Patient',
      id: 'a',
      gender: 'female',
      name: [{ use: 'official', text: 'Geheim' }],
      birthDate: '1990-01-01',
    }),
  );
  process.exitCode = 0;
});

/** The output of a command on both streams, and its exit code. */
async function mgn(...args: string[]): Promise<{ out: string; exit: number }> {
  let out = '';
  const write = (chunk: unknown): boolean => {
    out += String(chunk);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write),
    vi.spyOn(process.stderr, 'write').mockImplementation(write),
  ];
  const program = new Command('mgn');
  registerMap(program);
  await program.parseAsync(['map', ...args], { from: 'user' });
  for (const spy of spies) spy.mockRestore();
  const exit = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { out, exit };
}

test('check prints every error of a map with its place and exits with 1', async () => {
  expect(await mgn('check', folder)).toEqual({ out: expect.stringContaining('2 rules'), exit: 0 });
  writeFileSync(path, text.replace('gender', 'gendr').replace('it.use', 'it.usse'));
  const { out, exit } = await mgn('check', folder);
  expect(exit).toBe(1);
  expect(out).toMatch(
    /t\.fml:7:19 map-element-unknown .*Did you mean gender\?\n.*t\.fml:8:28 map-expression-invalid .*Did you mean use\?/,
  );
});

test('test --update writes the expected output, test reports differences, --coverage lists rules that never fired', async () => {
  expect((await mgn('test', folder, '--update')).exit).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'x/tests/typical/expected.json'), 'utf8'))).toMatchObject({
    gender: 'female',
  });
  expect(await mgn('test', folder, '--coverage')).toEqual({
    out: expect.stringContaining('2 of 2 rules fired'),
    exit: 0,
  });
  writeFileSync(path, text.replace('official', 'nickname'));
  const { out, exit } = await mgn('test', folder, '--coverage');
  expect([out, exit]).toEqual([
    expect.stringMatching(/0 of 1 cases as expected[\s\S]*never fired: .*t\.fml:8 \(T\.name\)/),
    1,
  ]);
});

test('run prints the output, or with --trace the origin of each element', async () => {
  expect((await mgn('run', path, input)).out).toContain('"gender": "female"');
  expect((await mgn('run', path, input, '--trace')).out).toMatch(
    /Patient\.gender.*t\.fml:7 \(T\.gender\)\tPatient\.gender/,
  );
});

test('explain prints the origin of an element, and the values that were not mapped', async () => {
  expect((await mgn('explain', path, input, 'Patient.name[0].text')).out).toMatch(
    /by {3}.*t\.fml:8 \(T\.name\)\n {2}from Patient\.name\[0\]\.text/,
  );
  expect((await mgn('explain', path, input)).out).toBe('not mapped:\n  Patient.birthDate\n');
  expect((await mgn('explain', path, input, 'Patient.active')).exit).toBe(1);
});

test('diff prints the places where two maps differ, never the values', async () => {
  const changed = join(folder, 'x/changed.fml');
  writeFileSync(
    changed,
    text
      .replace('tgt: id, gender', 'tgt: id, birthDate')
      .replace('tgt.name = it', 'tgt.name as n, n.text = append(it.text, "!")'),
  );
  const { out, exit } = await mgn('diff', path, changed, '--corpus', join(folder, 'x/tests'));
  rmSync(changed);
  expect(exit).toBe(1);
  expect(out).toMatch(
    /\+ Patient\.birthDate\n {2}- Patient\.gender\n {2}~ Patient\.name\[0\]\.text\n {2}- Patient\.name\[0\]\.use\n1 of 1 messages/,
  );
  expect(out).not.toMatch(/Geheim|1990/);
  expect((await mgn('diff', path, path, '--corpus', join(folder, 'x/tests'))).exit).toBe(0);
});

test('fmt writes the canonical layout; --check only reports', async () => {
  writeFileSync(path, text.replace('  src -> tgt', 'src   ->   tgt'));
  expect((await mgn('fmt', folder, '--check')).exit).toBe(1);
  expect((await mgn('fmt', folder)).exit).toBe(0);
  expect(readFileSync(path, 'utf8')).toContain('\n  src -> tgt: id, gender;\n');
  expect((await mgn('fmt', folder, '--check')).exit).toBe(0);
});
