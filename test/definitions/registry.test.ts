import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPackage } from '../../src/definitions/package.ts';
import { compareVersions, openDefinitions } from '../../src/definitions/registry.ts';
import { readTgz } from '../../src/definitions/tar.ts';
import { tgz } from './tgz.ts';

const url = 'https://mgn.example/fhir/CodeSystem/colours';
const colours = (version: string) => ({
  resourceType: 'CodeSystem',
  url,
  version,
  content: 'complete',
  status: 'active',
});

const folder = (): string => mkdtempSync(join(tmpdir(), 'mgn-package-'));

test('R4 core is always loaded, by canonical with and without version', () => {
  const definitions = openDefinitions();
  const patient = 'http://hl7.org/fhir/StructureDefinition/Patient';
  expect(definitions.find('StructureDefinition', patient)?.type).toBe('Patient');
  expect(definitions.find('StructureDefinition', `${patient}|4.0.1`)?.type).toBe('Patient');
  expect(definitions.find('StructureDefinition', `${patient}|5.0.0`)).toBeUndefined();
  expect(definitions.find('ValueSet', patient)).toBeUndefined();
});

test('a package is read from a folder, from a folder with package/, and from a .tgz', () => {
  const manifest = JSON.stringify({ name: 'colours', version: '1.0.0' });
  const text = JSON.stringify(colours('1.0.0'));
  const [plain, npm, archive] = [folder(), folder(), join(folder(), 'colours.tgz')];
  writeFileSync(join(plain, 'package.json'), manifest);
  writeFileSync(join(plain, 'colours.json'), text);
  mkdirSync(join(npm, 'package'));
  writeFileSync(join(npm, 'package/package.json'), manifest);
  writeFileSync(join(npm, 'package/colours.json'), text);
  writeFileSync(archive, tgz({ 'package/package.json': manifest, 'package/colours.json': text }));
  for (const path of [plain, npm, archive]) {
    const { name, version, entries } = readPackage(path);
    expect({ name, version, urls: entries.map((it) => it.url) }).toEqual({
      name: 'colours',
      version: '1.0.0',
      urls: [url],
    });
  }
});

test('a path that is not a package throws an error that names it', () => {
  const path = join(folder(), 'no.tgz');
  writeFileSync(path, 'this is no gzip');
  expect(() => readPackage(path)).toThrow(path);
  expect(() => readPackage('/does/not/exist')).toThrow('no such package');
});

test('a truncated tar throws', () => {
  const header = Buffer.alloc(512);
  header.write('package/a.json');
  header.write('7777777', 124);
  expect(() => readTgz(gzipSync(header))).toThrow('the tar archive is truncated');
});

test('without version the newest definition is found; with one, exactly that', () => {
  const definitions = openDefinitions({ definitions: [colours('1.10.0'), colours('1.9.0'), colours('1.10.0-beta')] });
  expect(definitions.find('CodeSystem', url)?.version).toBe('1.10.0');
  expect(definitions.find('CodeSystem', `${url}|1.9.0`)?.version).toBe('1.9.0');
  expect([compareVersions('1.0.0', '1.0.0-beta') > 0, compareVersions('2.0', '10.0') < 0]).toEqual([true, true]);
});

test('an overlay hides definitions beneath it without changing them', () => {
  const below = openDefinitions();
  const above = below.with([colours('1.0.0')]);
  expect(above.find('CodeSystem', url)).toBeDefined();
  expect(below.find('CodeSystem', url)).toBeUndefined();
  expect(above.digest).not.toBe(below.digest);
  expect(openDefinitions().digest).toBe(below.digest);
});
