import type { Meta } from '@medplum/fhirtypes';
import { mgnNaming } from '../fhir/canonical.ts';

/**
 * Meta.source of a resource sent by a partner's system (https://hl7.org/fhir/R4/resource-definitions.html#Meta.source).
 */
export const sourceOfPartner = (partner: string): string => `${mgnNaming('partner')}#${partner}`;

/** Whether a partner's system sent the resource. */
export const isSentBy = ({ meta }: { readonly meta?: Meta }, partner: string): boolean =>
  meta?.source === sourceOfPartner(partner);
