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

/**
 * A concept in words, or in a code of another list, with a code of the network beside it. Unchanged where it has one, or
 * no words.
 */
export function codedByWords(concept: CodeableConcept, system: string, code: string): CodeableConcept {
  if (ownCodes(concept, system).length > 0) return concept;
  const words = concept.text?.trim() || concept.coding?.map((it) => it.display ?? it.code).find((it) => it);
  return words ? { ...concept, coding: [...(concept.coding ?? []), ownCoding(system, code)], text: words } : concept;
}
