import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';

/** Codes of a CodeableConcept in one of the network's own code systems. A coding of another system never counts. */
export const ownCodes = (concept: CodeableConcept | undefined, system: string): string[] =>
  (concept?.coding ?? []).flatMap((coding) =>
    coding.system === mgnCodeSystem(system) && coding.code ? [coding.code] : [],
  );

/** The first of those codes. */
export const ownCode = (concept: CodeableConcept | undefined, system: string): string | undefined =>
  ownCodes(concept, system)[0];

export const hasOwnCode = (concept: CodeableConcept | undefined, system: string, code: string): boolean =>
  ownCodes(concept, system).includes(code);

export const ownCoding = (system: string, code: string): Coding => ({ system: mgnCodeSystem(system), code });

export const ownConcept = (system: string, code: string): CodeableConcept => ({ coding: [ownCoding(system, code)] });
