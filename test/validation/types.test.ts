import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { primitives } from '../../src/fhir/primitives.ts';
import { check } from '../support/validation/validate.ts';

const patient = (elements: object) => ({ resourceType: 'Patient', ...elements });
const observation = (elements: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...elements,
});

describe('types of R4', () => {
  test.each([
    ['an element that R4 does not have', patient({ nickname: 'x' }), ['Patient.nickname element-unknown']],
    ['a missing element', { resourceType: 'Observation', status: 'final' }, ['Observation.code min']],
    ['one value where a list is asked', patient({ name: { family: 'x' } }), ['Patient.name array-required']],
    ['a list where one value is asked', patient({ gender: ['male'] }), ['Patient.gender array-not-allowed']],
    ['an empty list', patient({ name: [] }), ['Patient.name array-empty']],
    ['an empty element', patient({ name: [{}] }), ['Patient.name[0] ele-1']],
    ['null', patient({ gender: null }), ['Patient.gender ele-1']],
    ['a string for an object', patient({ name: ['x'] }), ['Patient.name[0] json-type-mismatch']],
    ['a number for a string', patient({ name: [{ family: 1 }] }), ['Patient.name[0].family json-type-mismatch']],
    ['a day that does not exist', patient({ birthDate: '2026-02-29' }), ['Patient.birthDate format']],
    [
      'a moment without zone',
      observation({ effectiveDateTime: '2026-01-01T10:00:00' }),
      ['Observation.effective.ofType(dateTime) format'],
    ],
    [
      'two types of one choice',
      patient({ deceasedBoolean: true, deceasedDateTime: '2026' }),
      ['Patient.deceased.ofType(dateTime) choice-multiple-types'],
    ],
    ['a type that the choice has not', patient({ deceasedString: 'x' }), ['Patient.deceasedString element-unknown']],
    ['a code out of its required value set', patient({ gender: 'F' }), ['Patient.gender binding-required']],
    ['an id with a space', patient({ id: 'a b' }), ['Patient.id format']],
    ['an invariant', patient({ contact: [{ gender: 'male' }] }), ['Patient.contact[0] invariant']],
    [
      'a reference to a type that is not allowed',
      patient({ generalPractitioner: [{ reference: 'Patient/1' }] }),
      ['Patient.generalPractitioner[0] reference-target-type'],
    ],
    [
      'a reference that is none',
      patient({ managingOrganization: { reference: 'no reference' } }),
      ['Patient.managingOrganization reference-format'],
    ],
    [
      'text that is no XHTML',
      patient({ text: { status: 'generated', div: '<div>x</div>' } }),
      ['Patient.text.div narrative'],
    ],
    ['a type that R4 has not', { resourceType: 'Client' }, ['Client resource-type-unknown']],
    ['no resource', { name: 'x' }, ['Resource not-a-resource']],
  ])('%s', (_, resource, expected) => {
    expect(check(resource)).toEqual(expected);
  });

  test('a complete resource is valid', () => {
    expect(
      check(
        patient({
          id: 'a-1',
          meta: { lastUpdated: '2026-01-01T00:00:00Z' },
          text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>J. Proef</p></div>' },
          name: [
            {
              family: 'Proef',
              given: [null, 'Jo'],
              _given: [{ extension: [{ url: 'http://x.nl/e', valueBoolean: true }] }, null],
            },
          ],
          birthDate: '1990-02',
          _birthDate: { id: 'b' },
          deceasedBoolean: false,
          contact: [{ relationship: [{ text: 'buur' }], name: { text: 'x' } }],
        }),
      ),
    ).toEqual([]);
  });

  test('null in an array of primitives requires extensions at the same index', () => {
    expect(check(patient({ name: [{ given: [null, 'Jo'] }] }))).toEqual(['Patient.name[0].given[0] ele-1']);
  });
});

describe('contained resources and Bundles', () => {
  const organization = { resourceType: 'Organization', id: 'o', name: 'x' };
  const bundle = (...resources: object[]) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource, i) => ({ fullUrl: `urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c1${i}`, resource })),
  });

  test('a local reference must resolve to a contained resource', () => {
    const held = patient({ contained: [organization], managingOrganization: { reference: '#o' } });
    expect(check(held)).toEqual([]);
    expect(check({ ...held, managingOrganization: { reference: '#p' } })).toContain(
      'Patient.managingOrganization invariant',
    );
  });

  test('a contained resource is validated, and its type is checked as target of the reference', () => {
    const held = patient({ contained: [{ ...organization, name: 1 }], generalPractitioner: [{ reference: '#o' }] });
    expect(check(held)).toEqual(['Patient.contained[0].name json-type-mismatch']);
    const wrong = patient({
      contained: [{ resourceType: 'Device', id: 'o' }],
      managingOrganization: { reference: '#o' },
    });
    expect(check(wrong)).toEqual(['Patient.managingOrganization reference-target-type']);
  });

  test('resources of entries are validated, with their place', () => {
    expect(check(bundle(patient({ gender: 'x' })))).toEqual(['Bundle.entry[0].resource.gender binding-required']);
  });

  test('the target type of a reference is that of the entry', () => {
    const subject = { reference: 'urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c11' };
    expect(check(bundle(observation({ subject }), patient({ active: true })))).toEqual([]);
    expect(check(bundle(observation({ subject }), organization))).toEqual([
      'Bundle.entry[0].resource.subject reference-target-type',
    ]);
  });
});

describe('dates and times, read digit by digit, are those of the expressions of R4', () => {
  const day = '([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1])';
  const clock = '([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?';
  const zone = '(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))';
  const published = {
    date: `${day})?)?`,
    dateTime: `${day}(T${clock}${zone})?)?)?`,
    instant: `${day.replaceAll('(-(', '-(')}T${clock}${zone}`,
    time: clock,
  };
  const piece = fc.constantFrom(...'0123456789-+:.TZ \u0661é'.split(''), '');
  const start = fc.constantFrom(
    ...['2026-01-31', '2024-02-29', '2026-01', '2026', '0000', '2026-01-31T09:00:00+01:00', '2026-01-31T23:59:60.123Z'],
    ...['2026-01-31T09:00:00-13:59', '2026-01-31T09:00:00+14:00', '09:00:00', '23:59:60.1', '2026-01-31T+01:00', ''],
  );
  const changed = fc
    .tuple(start, fc.array(fc.tuple(fc.nat(30), piece, fc.nat(1)), { maxLength: 3 }))
    .map(([text, edits]) => edits.reduce((it, [at, by, cut]) => it.slice(0, at) + by + it.slice(at + cut), text));
  /** The expressions accept days that the month does not have. */
  const exists = (text: string): boolean => {
    const [, date] = /^(\d{4}-\d\d-\d\d)/.exec(text) ?? [];
    if (date === undefined) return true;
    const at = new Date(`${date}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
  };
  test.each(Object.entries(published))('%s', (type, expression) => {
    const form = new RegExp(`^(?:${expression})$`);
    const isValid = primitives[type]!.isValid as (value: string) => boolean;
    fc.assert(
      fc.property(changed, (text) => {
        expect(isValid(text), text).toBe(form.test(text) && (type === 'time' || exists(text)));
      }),
      { numRuns: 2_000 },
    );
  });
});
