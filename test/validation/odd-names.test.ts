/** Names of the language in the place of names of FHIR: they are texts as any other, and the validator never throws. */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
const within = (...definitions: object[]) => validator.with(definitions as never[]);
const verdict = (own: typeof validator, resource: object) => own.validate(resource, { profiles: [] }).verdict;
const observation = (more: object) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...more });

describe.each(names)('%s', (name) => {
  test('as the type, linkId and condition of an item', () => {
    const own = within({
      resourceType: 'Questionnaire',
      url: 'urn:q',
      status: 'active',
      item: [
        { linkId: name, type: name },
        { linkId: 'b', type: 'string', enableWhen: [{ question: name, operator: 'exists', answerBoolean: true }] },
      ],
    });
    const answers = (linkIds: string[]) => ({
      resourceType: 'QuestionnaireResponse',
      status: 'completed',
      questionnaire: 'urn:q',
      item: linkIds.map((linkId) => ({ linkId, answer: [{ valueString: 'x' }] })),
    });
    expect(verdict(own, answers([name, 'b']))).toBe('valid');
    expect(verdict(own, answers(['b']))).toBe('invalid');
  });

  test('as the url of an extension', () => {
    const own = within({
      ...profileOf('Extension', [{ path: 'Extension.url', fixedUri: name }], name),
      kind: 'complex-type',
      context: [{ type: 'element', expression: 'Patient' }],
    });
    const extension = [{ url: name, valueString: 'x' }];
    expect(verdict(own, { resourceType: 'Patient', extension })).toBe('valid');
    expect(verdict(own, observation({ extension }))).toBe('invalid');
  });

  test('as a code, and as a property by which a value set selects it', () => {
    const own = within(
      {
        resourceType: 'CodeSystem',
        url: 'urn:cs',
        status: 'active',
        content: 'complete',
        property: [{ code: name, type: 'string' }],
        concept: [{ code: name, property: [{ code: name, valueString: name }] }, { code: 'other' }],
      },
      {
        resourceType: 'ValueSet',
        url: 'urn:vs',
        status: 'active',
        compose: { include: [{ system: 'urn:cs', filter: [{ property: name, op: '=', value: name }] }] },
      },
      profileOf('Observation', [{ path: 'Observation.code', binding: { strength: 'required', valueSet: 'urn:vs' } }]),
    );
    const coded = (code: string) =>
      own.validate(observation({ code: { coding: [{ system: 'urn:cs', code }] } }), { profiles: [profileUrl] }).verdict;
    expect([coded(name), coded('other')]).toEqual(['valid', 'invalid']);
  });

  test('as a slice, and as the key of a rule', () => {
    const elements: ElementDefinition[] = [
      { path: 'Patient', constraint: [{ key: name, severity: 'error', human: 'x', expression: 'active.exists()' }] },
      { path: 'Patient.name', slicing: { discriminator: [{ type: 'value', path: 'use' }], rules: 'open' } },
      { id: `Patient.name:${name}`, path: 'Patient.name', sliceName: name, min: 1 },
      { id: `Patient.name:${name}.use`, path: 'Patient.name.use', fixedCode: 'official', min: 1 },
    ];
    const own = within(profileOf('Patient', elements));
    const checked = (more: object) =>
      own.validate({ resourceType: 'Patient', ...more }, { profiles: [profileUrl] }).verdict;
    expect(checked({ active: true, name: [{ use: 'official', text: 'x' }] })).toBe('valid');
    expect(checked({ active: true, name: [{ use: 'usual', text: 'x' }] })).toBe('invalid');
    expect(checked({ name: [{ use: 'official', text: 'x' }] })).toBe('invalid');
  });

  test('as a property, a type and a reference', () => {
    expect(verdict(validator, JSON.parse(`{"resourceType":"Patient","${name}":"x"}`))).toBe('invalid');
    expect(verdict(validator, { resourceType: name })).toBe('invalid');
    expect(verdict(validator, observation({ subject: { reference: `${name}/1` } }))).toBe('invalid');
  });
});
