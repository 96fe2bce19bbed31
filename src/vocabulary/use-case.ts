import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { hasOwnCode, ownCode, ownCodes } from './concept.ts';

/**
 * Use case of a Coordination Task (CodeSystem mgn-use-case: registration, transfer, social-request, case-consultation).
 */
export const useCaseOfTask = ({ code }: Task): string | undefined => ownCode(code, 'use-case');

/** Use case of an order: the first in its categories. */
export const useCaseOfOrder = ({ category = [] }: ServiceRequest): string | undefined =>
  category.flatMap((it) => ownCodes(it, 'use-case'))[0];

/** Whether a Task belongs to a case consultation (casusoverleg): it concerns an order without carrying it out. */
export const isConsultation = ({ code }: Task): boolean => hasOwnCode(code, 'use-case', 'case-consultation');
