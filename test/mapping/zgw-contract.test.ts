/** Output of the map for municipalities, validated against the published ZGW contracts. These are read in place: their licence is not ours. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { casesOf } from '../../src/cli/map-cases.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { isError } from '../../src/fhir/issue.ts';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';

const contracts = join(import.meta.dirname, '../../../shared/data/zgw');
const path = join(import.meta.dirname, '../../mappings/out/municipality-zgw/municipality-zgw.fml');
const map = compileFolder(readMapFolder(path));

type Made = {
  readonly zaak: object;
  readonly rollen: readonly { readonly betrokkeneType: string }[];
  readonly eigenschappen: readonly object[];
  readonly document?: { readonly tekst: string };
};
const made = casesOf(path).flatMap(({ name, input }) => {
  const { output, issues } = map.run(readInput(input), { seed: name });
  return issues?.some(isError) ? [] : [[name, output as Made] as const];
});

test('the output is limited to the request: no care codes, no reference to care data', () => {
  expect(made.map(([name]) => name)).toEqual(['minimal', 'rich', 'typical']);
  for (const [, output] of made) expect(JSON.stringify(output)).not.toMatch(/icpc|snomed|Condition|Encounter/i);
});

/** OpenAPI permits `nullable` next to a reference, JSON Schema does not; our output never contains null. */
const withType = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('nullable' in value) || 'type' in value) return value;
  const { nullable: __, ...rest } = value;
  return rest;
};

describe.skipIf(!existsSync(contracts))('by the published contracts (skipped without ../shared/data)', () => {
  const components = new Map<string, object>();
  const componentsOf = (file: string): object => {
    const known = components.get(file);
    if (known) return known;
    const text = JSON.stringify(parse(readFileSync(join(contracts, file), 'utf8')));
    const read = (JSON.parse(text, withType) as { components: object }).components;
    components.set(file, read);
    return read;
  };
  const compiled = new Map<string, ValidateFunction>();
  const compile = (file: string, schema: string): ValidateFunction => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    return ajv.compile({ $ref: `#/components/schemas/${schema}`, components: componentsOf(file) });
  };
  const errorsOf = (file: string, schema: string, value: unknown): unknown => {
    const validate = compiled.get(`${file}#${schema}`) ?? compile(file, schema);
    compiled.set(`${file}#${schema}`, validate);
    return validate(value) ? [] : validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
  // The receiver assigns the url of the zaak; the channel inserts it in the related resources.
  const zaak = 'https://zaken.zonnerveen.example/zaken/api/v1/zaken/0d6c2a6e-0000-4000-8000-000000000009';

  test.each(made)('the output of %s', (_, { zaak: own, rollen, eigenschappen, document }) => {
    expect(errorsOf('zaken.openapi.yaml', 'ZaakRequest', own)).toEqual([]);
    // betrokkeneType is the discriminator of RolRequest.
    for (const it of rollen)
      expect(errorsOf('zaken.openapi.yaml', `${it.betrokkeneType}_RolSerializerRequest`, { ...it, zaak })).toEqual([]);
    for (const it of eigenschappen)
      expect(errorsOf('zaken.openapi.yaml', 'ZaakEigenschapRequest', { ...it, zaak })).toEqual([]);
    if (!document) return;
    const { tekst, ...rest } = document;
    const bytes = Buffer.from(tekst);
    const sent = { ...rest, inhoud: bytes.toString('base64'), bestandsomvang: bytes.length };
    expect(errorsOf('documenten.openapi.yaml', 'EnkelvoudigInformatieObjectCreateLockRequest', sent)).toEqual([]);
  });

  test('the contracts refuse a zaak without its zaaktype', () => {
    const { zaaktype: _, ...own } = made[0]![1].zaak as { zaaktype?: string };
    expect(errorsOf('zaken.openapi.yaml', 'ZaakRequest', own)).not.toEqual([]);
  });
});
