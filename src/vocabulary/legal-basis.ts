import type { CodeableConcept, Extension, Task } from '@medplum/fhirtypes';
import { mgnExtension } from '../fhir/canonical.ts';
import { ownCode, ownConcept } from './concept.ts';

const url = mgnExtension('legal-basis');

/** Legal basis (grondslag) of a Task, as recorded by its sender. */
export const legalBasisConceptOf = ({ extension = [] }: Task): CodeableConcept | undefined =>
  extension.find((it) => it.url === url)?.valueCodeableConcept;

/**
 * Its code in CodeSystem mgn-legal-basis. All code reads it here, because a coding of another system may come first,
 * and disclosure, withdrawal and receipts must agree on the legal basis of a Task.
 */
export const legalBasisOf = (task: Task | undefined): string | undefined =>
  task && ownCode(legalBasisConceptOf(task), 'legal-basis');

export const legalBasisExtension = (valueCodeableConcept: CodeableConcept): Extension => ({
  url,
  valueCodeableConcept,
});

export const legalBasis = (code: string): Extension => legalBasisExtension(ownConcept('legal-basis', code));
