import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { canonicalBase } from '../../fhir/canonical.ts';
import { dataTypes, segments } from './segments.ts';

/** The segments of REF^I12, and of its answer RRI^I12 that says what became of it (v2.5, 11.4 and 11.3). */
const messages = {
  REF: {
    title: 'Referral message REF^I12 of HL7 v2',
    segments: ['MSH', 'RF1', 'PRD', 'PID', 'NK1', 'DG1', 'OBX', 'NTE'],
  },
  RRI: {
    title: 'Answer to a referral, RRI^I12 of HL7 v2',
    segments: ['MSH', 'MSA', 'RF1', 'PRD', 'PID', 'DG1', 'OBX', 'NTE'],
  },
} as const;

/** `uses "https://.../StructureDefinition/hl7v2-ref-i12" alias REF as source`, `.../hl7v2-rri-i12" alias RRI as target`. */
const modelUrl = (name: keyof typeof messages): string =>
  `${canonicalBase}/StructureDefinition/hl7v2-${name.toLowerCase()}-i12`;

/** Whether a type is one of the models: what is made of it can be written as ER7. */
export const isHl7Model = (url: string | undefined): boolean => url === modelUrl('REF') || url === modelUrl('RRI');

/** The logical models of the messages, made from the table of segments. */
export const hl7Models = (): StructureDefinition[] => [modelOf('REF'), modelOf('RRI')];

function modelOf(name: keyof typeof messages): StructureDefinition {
  const elements: ElementDefinition[] = [{ path: name }];
  for (const segment of messages[name].segments) {
    const { repeats, fields } = segments[segment]!;
    elements.push(element(`${name}.${segment}`, repeats, 'BackboneElement'));
    for (const [field, type] of Object.values(fields)) addField(elements, `${name}.${segment}.${field}`, type);
  }
  return {
    resourceType: 'StructureDefinition',
    url: modelUrl(name),
    name,
    title: messages[name].title,
    status: 'active',
    kind: 'logical',
    abstract: false,
    type: modelUrl(name),
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
