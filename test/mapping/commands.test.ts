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

test('check of a folder prints a mistake once, though every map of the folder is read with the others', async () => {
  const other = join(folder, 'x/u.fml');
  writeFileSync(other, text.replace('/t" = "T"', '/u" = "U"').replaceAll('T(', 'U('));
  writeFileSync(path, text.replace('id, gender;', 'id, gender'));
  const { out, exit } = await mgn('check', folder);
  expect(exit).toBe(1);
  expect(out.match(/t\.fml:\d+:\d+/g), out).toHaveLength(1);
  writeFileSync(path, text.replace('gender', 'gendr'));
  expect((await mgn('check', folder)).out.match(/map-element-unknown/g)).toHaveLength(1);
  rmSync(other);
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

test('check prints warnings and exits with 0; --strict makes them errors', async () => {
  writeFileSync(
    path,
    text.replace('-> tgt.name = it', "-> tgt.language = 'nl'").replace("(it.use = 'official')", '(true)'),
  );
  const lenient = await mgn('check', path);
  expect(lenient.out).toMatch(/^warning .*t\.fml:8:3 map-variable-unused \(group T, rule name\): /);
  expect(lenient.exit).toBe(0);
  const strict = await mgn('check', path, '--strict');
  expect(strict.out).toMatch(/t\.fml:8:3 map-variable-unused \(group T, rule name\): /);
  expect(strict.out).not.toContain('warning');
  expect(strict.exit).toBe(1);
});

test('models are read from JSON and XML, beside the map or from --models; messages beside it are not', async () => {
  const other = join(folder, 'y');
  const models = join(folder, 'of-another');
  for (const it of [join(other, 'models'), join(models, 'inner')]) mkdirSync(it, { recursive: true });
  const model = (name: string, type: string) =>
    `<?xml version="1.0"?>\n<!-- a model -->\n<StructureDefinition xmlns="http://hl7.org/fhir"><url value="http://example.org/${name}"/><name value="${name}"/><status value="draft"/><kind value="logical"/><abstract value="false"/><type value="${name}"/><derivation value="specialization"/><differential><element><path value="${name}"/></element><element><path value="${name}.part"/><max value="1"/><type><code value="${type}"/></type></element></differential></StructureDefinition>`;
  writeFileSync(join(other, 'models/in.xml'), model('In', 'string'));
  writeFileSync(join(models, 'inner/out.xml'), model('Out', 'string'));
  writeFileSync(join(other, 'message.xml'), '<Patient xmlns="http://hl7.org/fhir"><id value="x"/><unknown/></Patient>');
  writeFileSync(join(other, 'broken.json'), '{ "no": ');
  const map = join(other, 'm.fml');
  writeFileSync(
    map,
    `map "http://example.org/m" = "M"\nuses "http://example.org/In" alias In as source\nuses "http://example.org/Out" alias Out as target\ngroup M(source src : In, target tgt : Out) { src.part as p -> tgt.part = p "p"; }\n`,
  );
  expect((await mgn('check', map)).out).toMatch(/m\.fml:3:6 map-model-unknown: .*http:\/\/example\.org\/Out/);
  const sent = join(other, 'sent.json');
  writeFileSync(sent, '{ "part": "a" }');
  const run = await mgn('run', map, sent, '--models', models);
  expect([JSON.parse(run.out), run.exit]).toEqual([{ part: 'a' }, 0]);
});

test('run names what no rule of the map of a form read, in XML and JSON, with the name that was meant', async () => {
  const url = 'http://example.org/StructureDefinition/Kaart';
  const element = (path: string, code: string) => ({ path, max: '1', type: [{ code }] });
  mkdirSync(join(folder, 'form/models'), { recursive: true });
  writeFileSync(
    join(folder, 'form/models/kaart.json'),
    JSON.stringify({
      resourceType: 'StructureDefinition',
      url,
      name: 'Kaart',
      status: 'active',
      kind: 'logical',
      abstract: false,
      type: url,
      derivation: 'specialization',
      extension: [
        { url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-namespace', valueUri: 'urn:example:kaart' },
      ],
      snapshot: { element: [{ path: 'Kaart' }, element('Kaart.naam', 'string'), element('Kaart.telefoon', 'string')] },
    }),
  );
  writeFileSync(
    join(folder, 'form/kaart.fml'),
    `map "http://example.org/kaart" = "Kaart"
uses "${url}" alias Kaart as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
group main(source src : Kaart, target tgt : Patient) { src.naam as n -> tgt.name as t, t.text = n "naam"; }
`,
  );
  const [xml, json] = [join(folder, 'form/in.xml'), join(folder, 'form/in.json')];
  writeFileSync(xml, '<Kaart xmlns="urn:example:kaart"><naam>A</naam><telefon>1</telefon></Kaart>');
  writeFileSync(json, '{"naam":"A","telefon":"1"}');
  for (const file of [xml, json]) {
    const { out, exit } = await mgn('run', join(folder, 'form/kaart.fml'), file);
    expect([exit, out]).toEqual([0, expect.stringContaining('"text": "A"')]);
    expect(out).toMatch(/warning form-value-ignored Kaart\.telefon: .*Check its name: telefoon\./);
  }
});
