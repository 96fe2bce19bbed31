import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { hasOwnCode, ownCode, ownCodes } from './concept.ts';

/** What a Coordination Task is for (CodeSystem mgn-use-case: registration, transfer, social-request, case-consultation). */
export const useCaseOfTask = ({ code }: Task): string | undefined => ownCode(code, 'use-case');

/** What an order is for: the first use case in its categories. */
export const useCaseOfOrder = ({ category = [] }: ServiceRequest): string | undefined =>
  category.flatMap((it) => ownCodes(it, 'use-case'))[0];

/** A case consultation (casusoverleg) is about an order, or prepared for one, without carrying it out. */
export const isConsultation = ({ code }: Task): boolean => hasOwnCode(code, 'use-case', 'case-consultation');
