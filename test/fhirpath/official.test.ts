import { describe, expect, test } from 'vitest';
import { disagreements, measureFhirPath, missedSemanticErrors } from '../conformance/fhirpath.ts';
import { isHere } from '../conformance/section.ts';

const present = isHere('fhirpath');
if (!present) console.warn('HL7 FHIRPath cases are not here: official.test.ts is skipped');

describe.skipIf(!present)('HL7 cases of FHIRPath', () => {
  const answers = measureFhirPath();

  test.each(answers.filter(({ it }) => !(it.name in disagreements)))(
    '$it.group $it.name: $it.expression',
    ({ told }) => {
      expect(told).toBeUndefined();
    },
  );

  test('each listed disagreement still exists', () => {
    const gone = Object.keys(disagreements).filter((name) => !answers.some(({ it, told }) => it.name === name && told));
    expect(gone).toEqual([]);
  });

  test('compiling with the type of the input finds every semantic error', () => {
    expect(missedSemanticErrors()).toEqual([]);
  });

  test('at least 98 % agree', () => {
    expect(answers.filter(({ told }) => !told).length / answers.length).toBeGreaterThanOrEqual(0.98);
  });
});
