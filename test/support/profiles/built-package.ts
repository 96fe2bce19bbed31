import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem, NamingSystem, StructureDefinition, ValueSet } from '@medplum/fhirtypes';

export const packageDir = join(import.meta.dirname, '../../../profiles/package');

type Definition = CodeSystem | NamingSystem | StructureDefinition | ValueSet;
const all = readdirSync(packageDir)
  .filter((name) => name !== 'package.json')
  .map((name) => JSON.parse(readFileSync(join(packageDir, name), 'utf8')) as Definition);

const ofType = <T extends Definition['resourceType']>(type: T) =>
  all.filter((it): it is Extract<Definition, { resourceType: T }> => it.resourceType === type);

/** The built package, by type of definition. */
export const codeSystems: readonly CodeSystem[] = ofType('CodeSystem');
export const valueSets: readonly ValueSet[] = ofType('ValueSet');
export const namingSystems: readonly NamingSystem[] = ofType('NamingSystem');
export const structureDefinitions: readonly StructureDefinition[] = ofType('StructureDefinition');
export const profiles = structureDefinitions.filter(({ type }) => type !== 'Extension');
