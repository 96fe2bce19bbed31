import type { CodeableConcept, Extension, Task } from '@medplum/fhirtypes';
import { mgnExtension } from '../fhir/canonical.ts';
import { ownCode, ownConcept } from './concept.ts';

const url = mgnExtension('legal-basis');

/** The ground on which a Task discloses (grondslag), as its sender recorded it. */
export const legalBasisConceptOf = ({ extension = [] }: Task): CodeableConcept | undefined =>
  extension.find((it) => it.url === url)?.valueCodeableConcept;

/**
 * Its code in CodeSystem mgn-legal-basis. The one reading of it: a coding of another system may precede ours, and
 * disclosure, withdrawal and receipts must not differ about the ground of one Task.
 */
export const legalBasisOf = (task: Task | undefined): string | undefined =>
  task && ownCode(legalBasisConceptOf(task), 'legal-basis');

export const legalBasisExtension = (valueCodeableConcept: CodeableConcept): Extension => ({
  url,
  valueCodeableConcept,
});

export const legalBasis = (code: string): Extension => legalBasisExtension(ownConcept('legal-basis', code));
