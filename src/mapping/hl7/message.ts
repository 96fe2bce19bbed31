import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { allFields, dataTypes, segments } from './segments.ts';

/** An HL7 v2 message that maps read or write: a logical model of named segments and fields. */
export type Hl7Message = {
  /** Canonical of the model: `uses "<url>" alias REF as source`. */
  readonly url: string;
  readonly name: string;
  readonly title: string;
  /** Segments in the order of the message; each is a key of the segment table. */
  readonly segments: readonly string[];
};

/** The logical model of a message, built from the segment table. */
export function hl7Model({ url, name, title, segments: names }: Hl7Message): StructureDefinition {
  const elements: ElementDefinition[] = [{ path: name }];
  for (const segment of names) addSegment(elements, `${name}.${segment}`, segment);
  return {
    resourceType: 'StructureDefinition',
    url,
    name,
    title,
    status: 'active',
    kind: 'logical',
    abstract: false,
    type: url,
    derivation: 'specialization',
    snapshot: { element: elements },
  } as StructureDefinition;
}

const element = (path: string, repeats: boolean, code: string): ElementDefinition =>
  ({ path, max: repeats ? '*' : '1', type: [{ code }] }) as ElementDefinition;

function addSegment(elements: ElementDefinition[], path: string, name: string): void {
  const definition = segments[name]!;
  elements.push(element(path, definition.repeats, 'BackboneElement'));
  for (const [, [field, type]] of allFields(definition)) addField(elements, `${path}.${field}`, type);
  for (const inner of definition.contains ?? []) addSegment(elements, `${path}.${inner}`, inner);
}

function addField(elements: ElementDefinition[], path: string, notation: string): void {
  const [type, repeats] = [notation.replace('*', ''), notation.endsWith('*')];
  const components = dataTypes[type];
  elements.push(element(path, repeats, components ? 'BackboneElement' : 'string'));
  for (const component of components ?? []) {
    const [name = '', componentType = 'ST'] = component.split(':');
    addField(elements, `${path}.${name}`, componentType);
  }
}
