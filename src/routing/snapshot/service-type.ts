import { mgnCodeSystem } from '../../fhir/canonical.ts';

/** A code of mgn-service-type as the directory indexes it. */
export const serviceType = (code: string): string => `${mgnCodeSystem('service-type')}|${code}`;
