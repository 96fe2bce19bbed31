import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { canonicalBase } from '../../fhir/canonical.ts';
import { dataTypes, segments } from './segments.ts';

/** What a map says to read REF^I12: `uses "https://.../StructureDefinition/hl7v2-ref-i12" alias REF as source`. */
export const referralMessage = `${canonicalBase}/StructureDefinition/hl7v2-ref-i12`;

/** The logical model of a parsed REF^I12 (HL7 v2.5, 11.4), made from the table of its segments. */
export function hl7Model(): StructureDefinition {
  const elements: ElementDefinition[] = [{ path: 'REF' }];
  for (const [name, { repeats, fields }] of Object.entries(segments)) {
    elements.push(element(`REF.${name}`, repeats, 'BackboneElement'));
    for (const [field, type] of Object.values(fields)) addField(elements, `REF.${name}.${field}`, type);
  }
  return {
    resourceType: 'StructureDefinition',
    url: referralMessage,
    name: 'REF',
    title: 'Referral message REF^I12 of HL7 v2',
    status: 'active',
    kind: 'logical',
    abstract: false,
    type: referralMessage,
    derivation: 'specialization',
    snapshot: { element: elements },
  } as StructureDefinition;
}

const element = (path: string, repeats: boolean, code: string): ElementDefinition =>
  ({ path, max: repeats ? '*' : '1', type: [{ code }] }) as ElementDefinition;

function addField(elements: ElementDefinition[], path: string, written: string): void {
  const [type, repeats] = [written.replace('*', ''), written.endsWith('*')];
  const components = dataTypes[type];
  elements.push(element(path, repeats, components ? 'BackboneElement' : 'string'));
  for (const component of components ?? []) {
    const [name = '', inner = 'ST'] = component.split(':');
    addField(elements, `${path}.${name}`, inner);
  }
}
