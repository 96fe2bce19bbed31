import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';
import { isHere, shared } from '../conformance/section.ts';
import { problemsOf } from '../support/mapping/problems.ts';

const folder = join(shared, 'field-cases/mapping');
const compile = (path: string) => compileFolder(readMapFolder(join(folder, path)));

/** What was reported from the field, where the reference data lies beside the repository; skipped elsewhere. */
describe.skipIf(!isHere('field-cases/mapping'))('maps of the field', () => {
  test('unknown elements in conditions over HL7 v2 do not compile', () => {
    const found = problemsOf(() => compile('13-fhirpath-unchecked-on-models/typo.fml'));
    expect(found.map(({ rule, line }) => [rule, line])).toEqual([
      ['map-expression-invalid', 7],
      ['map-expression-invalid', 8],
    ]);
  });

  test('a misspelled refusal does not compile', () => {
    const copy = mkdtempSync(join(tmpdir(), 'mgn-field-'));
    cpSync(join(import.meta.dirname, '../../mappings'), copy, { recursive: true });
    const path = join(copy, 'form/referral-form.fml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('referral-consent-missing', 'referral-consent-misssing'));
    expect(problemsOf(() => compileFolder(readMapFolder(path))).map(({ rule }) => rule)).toEqual([
      'map-finding-misspelled',
    ]);
    rmSync(copy, { recursive: true });
  });

  test('a declared alias keeps its meaning', () => {
    expect(compile('15-alias-overridden/map.fml').run({ text: 'x' }).output).toEqual({
      resourceType: 'Observation',
      code: { text: 'x' },
    });
  });

  test('memberOf() is decided', () => {
    const map = compile('18-memberof-never-holds/map.fml');
    expect(map.run({ resourceType: 'Patient', gender: 'male' }).output).toEqual({
      resourceType: 'Patient',
      active: true,
    });
    expect(map.run({ resourceType: 'Patient' }).output).toEqual({ resourceType: 'Patient' });
  });

  test('a bare target is read', () => {
    expect(compile('19-structuremap-json-bare-target/map.json').warnings).toEqual([]);
  });
});
