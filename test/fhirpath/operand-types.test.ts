import { describe, expect, test } from 'vitest';
import { compile, FhirPathSyntaxError } from '../../src/fhirpath/index.ts';

const kindOf = (expression: string): string => {
  try {
    compile(expression, { type: 'Patient' });
    return 'compiles';
  } catch (error) {
    return error instanceof FhirPathSyntaxError ? error.kind : 'other';
  }
};

describe('types that an operator or criterion can never take are found when the expression is compiled', () => {
  test.each([
    '@1974-12-25 + 7',
    'birthDate + 7',
    "birthDate - 'x'",
    'active + 1',
    "1 + 'a'",
    'contact.period.start - true',
    'iif(1 | 2 | 3, true, false)',
    'iif(name.given, 1, 2)',
    'iif(@2020 | @2021, 1, 2)',
  ])('%s', (expression) => {
    expect(kindOf(expression)).toBe('semantic');
  });

  test.each([
    'birthDate + 7 days',
    "name.first().family + 'x'",
    '1 + 1.5',
    "4 'kg' - 1 'kg'",
    'iif(name.exists(), 1, 2)',
    'iif(active, 1, 2)',
    'iif(birthDate, 1, 2)',
    'extension.value + 1',
  ])('%s compiles', (expression) => {
    expect(kindOf(expression)).toBe('compiles');
  });
});
