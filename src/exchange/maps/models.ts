import referralForm from '../../../mappings/models/referral-form.json' with { type: 'json' };
import { canonicalBase } from '../../fhir/canonical.ts';
import type { Resource } from '../../fhir/resource.ts';
import {
  type CompiledMap,
  type CompileOptions,
  compileMap,
  type Hl7Message,
  type MapSource,
} from '../../mapping/index.ts';
import { type FormModel, formModelOf } from './form-model.ts';

/** The logical model of a form: among these definitions, or one of the network. */
export const networkModel = (source: string | undefined, definitions: readonly Resource[]): FormModel | undefined =>
  formModelOf(source, [...definitions, referralForm as unknown as Resource]);

const modelUrl = (name: string): string => `${canonicalBase}/StructureDefinition/${name}`;

/** The referral message and its response (HL7 v2.5, 11.4 and 11.3). */
const hl7Messages: readonly Hl7Message[] = [
  {
    url: modelUrl('hl7v2-ref-i12'),
    name: 'REF',
    title: 'Referral message REF^I12 of HL7 v2',
    segments: ['MSH', 'RF1', 'PRD', 'PID', 'NK1', 'DG1', 'AL1', 'NTE', 'OBR', 'OBX'],
  },
  {
    url: modelUrl('hl7v2-rri-i12'),
    name: 'RRI',
    title: 'Response to a referral, RRI^I12 of HL7 v2',
    segments: ['MSH', 'MSA', 'RF1', 'PRD', 'PID', 'DG1', 'OBX', 'NTE'],
  },
];

/**
 * Compiles a map that may use the shapes of this network that are not FHIR: the HL7 v2 messages and the JSON referral
 * form. `definitions` add to these, and replace one with the same url. Throws MapError.
 */
export const compileNetworkMap = (sources: readonly MapSource[], options: CompileOptions = {}): CompiledMap =>
  compileMap(sources, {
    ...options,
    definitions: [referralForm as unknown as Resource, ...(options.definitions ?? [])],
    hl7Messages: [...hl7Messages, ...(options.hl7Messages ?? [])],
  });
