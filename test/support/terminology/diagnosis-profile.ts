import type { Resource } from '../../../src/fhir/resource.ts';

export const snomed = 'http://snomed.info/sct';
export const diagnoses = 'http://example.org/ValueSet/diagnoses';
export const diagnosisProfile = 'http://example.org/StructureDefinition/condition-with-diagnosis';

/** A Condition whose code is bound to SNOMED CT: the loaded definitions cannot decide it. */
export const diagnosisDefinitions = [
  {
    resourceType: 'ValueSet',
    url: diagnoses,
    status: 'active',
    compose: { include: [{ system: snomed, filter: [{ property: 'concept', op: 'is-a', value: '74732009' }] }] },
  },
  {
    resourceType: 'StructureDefinition',
    url: diagnosisProfile,
    name: 'ConditionWithDiagnosis',
    status: 'active',
    kind: 'resource',
    abstract: false,
    type: 'Condition',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Condition',
    derivation: 'constraint',
    differential: {
      element: [
        { id: 'Condition', path: 'Condition' },
        { id: 'Condition.code', path: 'Condition.code', binding: { strength: 'required', valueSet: diagnoses } },
      ],
    },
  },
] as unknown as Resource[];
