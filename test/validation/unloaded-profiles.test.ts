import { describe, expect, test } from 'vitest';
import { openValidator, type Report } from '../../src/validation/index.ts';
import { profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const codes = ({ issues }: Report) =>
  issues.flatMap(({ severity, rule, constraint }) => (constraint === 'dom-6' ? [] : [`${severity} ${rule}`]));

describe('a profile that is not loaded leaves a resource undecided', () => {
  const named = { resourceType: 'Patient', meta: { profile: ['urn:none'] } };
  const bundled = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ fullUrl: 'urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c11', resource: named }],
  };
  const onType = validator.with([
    profileOf('Patient', [{ path: 'Patient.name', type: [{ code: 'HumanName', profile: ['urn:none'] }] }]),
  ]);

  test.each([
    ['in meta.profile', () => validator.validate(named)],
    ['in meta.profile of an entry', () => validator.validate(bundled)],
    [
      'with a version that is not loaded',
      () => validator.validate({ ...named, meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bmi|9'] } }),
    ],
    [
      'of the type of an element',
      () => onType.validate({ resourceType: 'Patient', name: [{ text: 'x' }] }, { profiles: [profileUrl] }),
    ],
  ])('%s', (_, validate) => {
    const report = validate();
    expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'warning profile-not-loaded']);
  });

  test('unless it is waived by name, or by the policy of the caller', async () => {
    const waiving = (await openValidator({ waive: { 'urn:none': 'regio Voorbeeld' } })).validate(named);
    expect([waiving.verdict, ...codes(waiving)]).toEqual(['valid', 'information profile-waived']);
    const lenient = (await openValidator({ unloadedProfiles: 'information' })).validate(named);
    expect([lenient.verdict, ...codes(lenient)]).toEqual(['valid', 'information profile-not-loaded']);
  });

  test('an invalid resource stays invalid, and a requested profile must be loaded', () => {
    expect(validator.validate({ ...named, gender: 'x' }).verdict).toBe('invalid');
    expect(validator.validate({ resourceType: 'Patient' }, { profiles: ['urn:none'] }).verdict).toBe('invalid');
  });
});

test('a link in a narrative that leads nowhere warns: R4 has no rule about it', async () => {
  const div = '<div xmlns="http://www.w3.org/1999/xhtml"><a href="#none">x</a></div>';
  const linked = { resourceType: 'Patient', text: { status: 'generated', div } };
  expect(codes(validator.validate(linked))).toEqual(['warning narrative-link-broken']);
  const strict = await openValidator({ narrativeLinks: 'error' });
  expect(codes(strict.validate(linked))).toEqual(['error narrative-link-broken']);
});
