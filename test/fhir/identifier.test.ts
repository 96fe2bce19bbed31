import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agb,
  bsn,
  identifierSystems,
  isTestBsn,
  isUnusual,
  kvk,
  normaliseIdentifier,
  ura,
  uzi,
} from '../../src/fhir/identifier.ts';

describe('BSN', () => {
  test.each(['999900006', '999990019', '999999151', '999999990'])('%s passes the elfproef', (text) => {
    expect(bsn(text)).toBe(text);
    expect(isTestBsn(text)).toBe(true);
  });

  test.each(['999900007', '000000000', '99990000', '9999000060', ' 999900006', '9999.00.006', ''])(
    '%j is none',
    (text) => {
      expect(bsn(text)).toBeUndefined();
      expect(isTestBsn(text)).toBe(false);
    },
  );

  test('no single wrong digit passes', () => {
    const mistake = fc.tuple(fc.constantFrom('999900006', '999999151'), fc.nat(8), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(mistake, ([right, at, add]) => {
        const digits = [...right];
        digits[at] = String((Number(digits[at]) + add) % 10);
        expect(bsn(digits.join(''))).toBeUndefined();
      }),
    );
  });
});

test('an AGB-code has eight digits', () => {
  expect(agb('42420001')).toBe('42420001');
  expect(agb('4242000')).toBeUndefined();
});

test('URA, UZI and KvK: digits; another length than seen elsewhere is odd, not wrong', () => {
  for (const check of [ura, uzi, kvk]) {
    expect(check('00001234')).toBe('00001234');
    expect(check('123456789')).toBe('123456789');
    expect(check('12 34')).toBeUndefined();
  }
  expect(isUnusual({ system: identifierSystems.ura, value: '123456789' })).toBe(true);
  expect(isUnusual({ system: 'http://www.kvk.nl/', value: '50000535' })).toBe(false);
  expect(isUnusual({ system: 'https://gp.example/x', value: '?' })).toBe(false);
});

test.each([
  ['http://fhir.nl/fhir/NamingSystem/kvk', identifierSystems.kvk],
  ['http://www.kvk.nl/', identifierSystems.kvk],
  ['http://kvk.nl', identifierSystems.kvk],
  ['http://fhir.nl/fhir/NamingSystem/uzi', identifierSystems.uzi],
  ['http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', identifierSystems.uzi],
  ['urn:oid:2.16.528.1.1007.3.3', identifierSystems.ura],
  ['urn:oid:2.16.840.1.113883.2.4.6.3', identifierSystems.bsn],
  ['https://gp.example/patient', 'https://gp.example/patient'],
])('%s is emitted as %s', (system, expected) => {
  expect(normaliseIdentifier({ use: 'official', system, value: ' 123 ' })).toEqual({
    use: 'official',
    system: expected,
    value: '123',
  });
});
