import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { tgz } from '../definitions/tgz.ts';
import { linesOfRefusals, measureGuides, tableOfGuides } from './guides.ts';
import { writeSection } from './section.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'mgn-guides-'));

const base = 'https://guide.example/StructureDefinition';

/** A profile on Patient: over the base, the elements named are required. */
const profile = (name: string, over: string, required: string) => ({
  resourceType: 'StructureDefinition',
  url: `${base}/${name}`,
  name,
  status: 'active',
  fhirVersion: '4.0.1',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: over,
  derivation: 'constraint',
  differential: { element: [{ id: `Patient.${required}`, path: `Patient.${required}`, min: 1 }] },
});

const patient = (content: object, named?: string) => ({
  resourceType: 'Patient',
  ...(named ? { meta: { profile: [`${base}/${named}`] } } : {}),
  ...content,
});

type Files = Readonly<Record<string, unknown>>;

const written = (files: Files): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([path, it]) => [`package/${path}`, typeof it === 'string' ? it : JSON.stringify(it)]),
  );

function unpacked(into: string, files: Files): void {
  for (const [path, text] of Object.entries(written(files))) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), text);
  }
}

const core = {
  'package.json': { name: 'core.example', version: '1.2.3', fhirVersions: ['4.0.1'] },
  'born.json': profile('born', 'http://hl7.org/fhir/StructureDefinition/Patient', 'birthDate'),
};

const guide = {
  'package.json': {
    name: 'guide.example',
    version: '2.0.0',
    fhirVersions: ['4.0.1'],
    dependencies: { 'hl7.fhir.r4.core': '4.0.1', 'core.example': '1.2.x' },
  },
  '.index.json': { files: [] },
  'named.json': profile('named', `${base}/born`, 'name'),
  'ImplementationGuide-guide.json': {
    resourceType: 'ImplementationGuide',
    url: 'https://guide.example/ImplementationGuide/guide',
    definition: { resource: [{ reference: { reference: 'Patient/stated' }, exampleCanonical: `${base}/named` }] },
  },
  'example/right.json': patient({ name: [{ text: 'A' }], birthDate: '2000-01-01' }, 'named'),
  'example/without-birth-date.json': patient({ name: [{ text: 'A' }] }, 'named'),
  'example/without-anything.xml': `<Patient xmlns="http://hl7.org/fhir"><meta><profile value="${base}/named"/></meta></Patient>`,
  'example/stated.json': patient({ id: 'stated', birthDate: '2000-01-01' }),
  'example/broken.json': '{ "resourceType": ',
  'example/other.json': patient({ birthDate: '2000-01-01' }, 'not-there'),
  'beside-the-definitions.json': patient({ gender: 'none' }),
};

const two = (): string => {
  const dir = folder();
  mkdirSync(join(dir, 'deeper'));
  writeFileSync(join(dir, 'deeper/package.tgz'), tgz(written(guide)));
  unpacked(join(dir, 'core'), core);
  return dir;
};

test('each example is judged by the profiles of its guide and of the packages beside it, from archives and folders', async () => {
  const measured = await measureGuides(two());
  expect(measured.withoutExamples).toEqual(['core.example#1.2.3']);
  expect(measured.skipped).toEqual([]);
  const [only, ...more] = measured.results;
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    guide: 'guide.example#2.0.0',
    verdicts: { valid: 1, invalid: 5, undecided: 1 },
    withProfile: 5,
    absent: [],
  });
  const refused = (file: string) => only!.refusals.filter((it) => it.file === file).map(({ cause }) => cause);
  expect(refused('example/without-birth-date.json')).toEqual(['min']);
  expect(refused('example/without-anything.xml')).toEqual(['min', 'min']);
  expect(refused('example/stated.json')).toEqual(['min']);
  expect(refused('example/broken.json')).toHaveLength(1);
  expect(refused('beside-the-definitions.json')).toEqual(['binding-required']);
});

test('the table counts a refused example once for each of its causes, and the lines show every refusal', async () => {
  const measured = await measureGuides(two());
  const table = tableOfGuides(measured);
  expect(table).toMatch(
    /^\| guide\.example#2\.0\.0 \| 7 \| 5 \| 1 \| 5 \| 1 \| min 3, binding-required 1, json-incomplete 1 /m,
  );
  expect(table).toMatch(/^\| all \| 7 \| 5 \| 1 \| 5 \| 1 \| /m);
  expect(table).toContain('Without examples: core.example#1.2.3.');
  expect(linesOfRefusals(measured)).toHaveLength(6);
});

test('a dependency of another version, or that is not there, is never replaced and is named', async () => {
  const dir = folder();
  unpacked(join(dir, 'guide'), guide);
  unpacked(join(dir, 'core'), { ...core, 'package.json': { ...core['package.json'], version: '1.3.0' } });
  const measured = await measureGuides(dir);
  expect(measured.results[0]?.absent).toEqual(['core.example#1.2.x']);
  expect(tableOfGuides(measured)).toContain(
    'Dependencies that were not in DIR: guide.example#2.0.0 needs core.example#1.2.x.',
  );
});

test('a package of another release, and one that cannot be read, are named with the reason and do not stop the others', async () => {
  const dir = two();
  unpacked(join(dir, 'r5'), {
    ...guide,
    'package.json': { name: 'r5.example', version: '1.0.0', fhirVersions: ['5.0.0'] },
  });
  writeFileSync(join(dir, 'cut.tgz'), tgz(written(guide)).subarray(0, 100));
  writeFileSync(join(dir, 'other.tgz'), tgz({ 'package/readme.md': 'no manifest' }));
  const { results, skipped } = await measureGuides(dir);
  expect(results).toHaveLength(1);
  expect(skipped).toEqual([
    expect.stringMatching(/^cut\.tgz: /),
    'other.tgz: it has no package/package.json',
    'r5.example#1.0.0: FHIR 5.0.0',
  ]);
});

test('the command measures what it can, names a file that cannot be read, and fails', () => {
  const dir = two();
  writeFileSync(join(dir, 'deeper/cut.tgz'), tgz(written(guide)).subarray(0, 100));
  writeFileSync(join(dir, 'none.tgz'), 'no archive');
  const page = join(folder(), 'conformance.md');
  writeFileSync(page, '<!-- begin guides -->\n<!-- end guides -->\n');
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'run.ts'), '--guides', dir, '--page', page],
    { encoding: 'utf8' },
  );
  expect(stdout).toContain('| guide.example#2.0.0 |');
  expect(readFileSync(page, 'utf8')).toContain('| guide.example#2.0.0 |');
  expect(stderr).toMatch(/^Not measured: deeper\/cut\.tgz: \S/m);
  expect(stderr).toMatch(/^Not measured: none\.tgz: \S/m);
  expect(status).toBe(1);
});

test('a folder without packages is refused by name', async () => {
  const dir = folder();
  await expect(measureGuides(dir)).rejects.toThrow(`${dir} has no FHIR package`);
  await expect(measureGuides(join(dir, 'absent'))).rejects.toThrow(`${join(dir, 'absent')} has no FHIR package`);
});

test('the section of the guides replaces its own section of the page only', async () => {
  const page = join(folder(), 'conformance.md');
  writeFileSync(
    page,
    '# Conformance\n\n<!-- begin guides -->\nas committed\n<!-- end guides -->\n\n<!-- begin x -->\nX\n<!-- end x -->\n',
  );
  writeSection('guides', tableOfGuides(await measureGuides(two())), page);
  const text = readFileSync(page, 'utf8');
  expect(text).not.toContain('as committed');
  expect(text).toContain('| guide.example#2.0.0 |');
  expect(text).toContain('<!-- end guides -->\n\n<!-- begin x -->\nX\n<!-- end x -->\n');
});

test('a folder that is not there, or has no package, is one sentence', () => {
  for (const missing of [join(folder(), 'gone'), folder()]) {
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), '--guides', missing], {
      encoding: 'utf8',
    });
    expect([status, stderr.trim().split('\n')]).toEqual([
      1,
      [expect.stringContaining(`${missing} has no FHIR package`)],
    ]);
  }
});
