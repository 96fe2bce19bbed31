import type { ElementDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { openValidator } from '../../src/validation/index.ts';
import { errors, profileOf, profileUrl, validator } from '../support/validation/validate.ts';

describe('a limit of a date given as a duration is relative to the current time', async () => {
  const at = await openValidator({ clock: () => new Date('2026-06-15T12:00:00Z') });
  const over = (more: object, path = 'Patient.birthDate', base = at) => {
    const own = base.with([profileOf('Patient', [{ path, ...more } as ElementDefinition])]);
    return (resource: object) => own.validate({ resourceType: 'Patient', ...resource }, { profiles: [profileUrl] });
  };
  const ucum = 'http://unitsofmeasure.org';

  test.each([
    [
      'minimum in years',
      { minValueDuration: { value: 18, system: ucum, code: 'a' } },
      '2008-06-15',
      '2008-06-14',
      'min-value',
    ],
    [
      'minimum in days',
      { minValueDuration: { value: 3, system: ucum, code: 'd' } },
      '2026-06-12',
      '2026-06-11',
      'min-value',
    ],
    [
      'maximum in months',
      { maxValueDuration: { value: 1, system: ucum, code: 'mo' } },
      '2026-07-15',
      '2026-07-16',
      'max-value',
    ],
    [
      'maximum of nothing',
      { maxValueQuantity: { value: 0, system: ucum, code: 'd' } },
      '2026-06-15',
      '2026-06-16',
      'max-value',
    ],
  ])('%s', (_, more, right, wrong, rule) => {
    expect(errors(over(more)({ birthDate: right }))).toEqual([]);
    expect(errors(over(more)({ birthDate: wrong }))).toEqual([`Patient.birthDate ${rule}`]);
  });

  test('also of a dateTime', () => {
    const check = over(
      { type: [{ code: 'dateTime' }], maxValueDuration: { value: 1, system: ucum, code: 'h' } },
      'Patient.deceased[x]',
    );
    expect(errors(check({ deceasedDateTime: '2026-06-15T12:30:00Z' }))).toEqual([]);
    expect(errors(check({ deceasedDateTime: '2026-06-15T13:30:00Z' }))).toEqual([
      'Patient.deceased.ofType(dateTime) max-value',
    ]);
  });

  test('without a clock, or a unit of time, it is undecided', () => {
    const days = { minValueDuration: { value: 3, system: ucum, code: 'd' } };
    expect(over(days, 'Patient.birthDate', validator)({ birthDate: '2026' }).verdict).toBe('undecided');
    const grams = { minValueDuration: { value: 3, system: ucum, code: 'g' } };
    expect(over(grams)({ birthDate: '2026' }).verdict).toBe('undecided');
  });
});

describe('a MeasureReport against its Measure', () => {
  const code = (name: string) => ({ coding: [{ system: 'urn:mgn:measure', code: name }] });
  const measure = (more: object = {}) =>
    ({
      resourceType: 'Measure',
      url: 'urn:measure',
      status: 'active',
      group: [
        { code: code('g'), population: [{ code: code('a') }, { code: code('b') }], stratifier: [{ code: code('s') }] },
      ],
      ...more,
    }) as unknown as Resource;
  const reported = (group: object, more: object = {}) => ({
    resourceType: 'MeasureReport',
    status: 'complete',
    type: 'summary',
    measure: 'urn:measure',
    period: { start: '2026-01-01', end: '2026-12-31' },
    group: [{ code: code('g'), ...group }],
    ...more,
  });
  const both = [
    { code: code('a'), count: 1 },
    { code: code('b'), count: 2 },
  ];
  const found = (report: object, own = measure()) => errors(validator.with([own]).validate(report));

  test.each([
    ['the populations of the Measure', reported({ population: both, stratifier: [{ code: [code('s')] }] }), []],
    ['a population too few', reported({ population: both.slice(1) }), ['MeasureReport.group[0] measure-mismatch']],
    [
      'a population that the Measure lacks',
      reported({ population: [...both, { code: code('c') }] }),
      ['MeasureReport.group[0].population[2] measure-mismatch'],
    ],
    [
      'a population twice',
      reported({ population: [...both, both[0]] }),
      ['MeasureReport.group[0].population[2] measure-mismatch'],
    ],
    [
      'a stratifier that the Measure lacks',
      reported({ population: both, stratifier: [{ code: [code('t')] }] }),
      ['MeasureReport.group[0].stratifier[0] measure-mismatch'],
    ],
    [
      'a group that the Measure lacks',
      reported({ code: code('h') }),
      ['MeasureReport.group[0] measure-mismatch', 'MeasureReport measure-mismatch'],
    ],
    ['too few while it is pending', reported({ population: both.slice(1) }, { status: 'pending' }), []],
  ])('%s', (_, report, expected) => {
    expect(found(report)).toEqual(expected);
  });

  test('a cohort has no score', () => {
    const cohort = measure({ scoring: { coding: [{ code: 'cohort' }] } });
    expect(found(reported({ population: both, measureScore: { value: 1 } }), cohort)).toEqual([
      'MeasureReport.group[0] measure-mismatch',
    ]);
  });

  test('is not checked without it', () => {
    const { verdict, issues } = validator.validate(reported({}));
    expect([verdict, issues.map(({ rule }) => rule)]).toEqual([
      'valid',
      expect.arrayContaining(['measure-not-loaded']),
    ]);
  });
});
