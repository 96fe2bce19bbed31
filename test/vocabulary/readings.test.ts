import type { Coding, Task } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { ownCodes } from '../../src/vocabulary/concept.ts';
import { legalBasisOf } from '../../src/vocabulary/legal-basis.ts';
import { verbOf } from '../../src/vocabulary/task-verb.ts';
import { isConsultation, useCaseOfOrder, useCaseOfTask } from '../../src/vocabulary/use-case.ts';

/** A fact of the network is read from its own code system, wherever its coding stands among others. */
const foreign: Coding = { system: 'https://ehr.example/codes', code: 'case-consultation' };
const task = (...coding: Coding[]): Task => ({
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  code: { coding },
});
const own = (system: string, code: string): Coding => ({ system: mgnCodeSystem(system), code });

test.each([[[foreign]], [[foreign, own('use-case', 'transfer')]], [[own('use-case', 'transfer'), foreign]]])(
  'a foreign coding is never the use case: %j',
  (coding) => {
    const expected = coding.length > 1 ? 'transfer' : undefined;
    expect(useCaseOfTask(task(...coding))).toBe(expected);
    expect(isConsultation(task(...coding))).toBe(false);
    const order = { resourceType: 'ServiceRequest' as const, subject: {}, category: [{ coding }] };
    expect(useCaseOfOrder(order as never)).toBe(expected);
  },
);

describe('the verb of a Task', () => {
  const fulfill = { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' };

  test('is read in the systems that define it, and without a system', () => {
    expect(verbOf(task(fulfill))).toBe('fulfill');
    expect(verbOf(task(own('task-code', 'request-fulfillment')))).toBe('request-fulfillment');
    expect(verbOf(task({ code: 'abort' }))).toBe('abort');
  });

  test('is not a code of another system', () => {
    expect(verbOf(task({ ...foreign, code: 'abort' }, own('use-case', 'transfer')))).toBeUndefined();
    expect(verbOf(task({ ...foreign, code: 'abort' }, fulfill))).toBe('fulfill');
  });
});

test('the legal basis is our code, in whatever place and extension order', () => {
  const basis = (...coding: Coding[]): Task => ({
    ...task(),
    extension: [
      { url: 'https://ehr.example/ground', valueCode: 'explicit-consent' },
      { url: mgnExtension('legal-basis'), valueCodeableConcept: { coding } },
    ],
  });
  expect(legalBasisOf(basis(foreign, own('legal-basis', 'explicit-consent')))).toBe('explicit-consent');
  expect(legalBasisOf(basis(foreign))).toBeUndefined();
  expect(legalBasisOf(undefined)).toBeUndefined();
});

test('codes without a code, or of a concept that is not there, are none', () => {
  expect(ownCodes({ coding: [{ system: mgnCodeSystem('use-case') }] }, 'use-case')).toEqual([]);
  expect(ownCodes(undefined, 'use-case')).toEqual([]);
});
