import { MapError, type MapProblem } from '../../../src/mapping/index.ts';

/** The problems of a map that does not compile; none when it does. */
export function problemsOf(act: () => unknown): readonly MapProblem[] {
  try {
    act();
  } catch (error) {
    if (error instanceof MapError) return error.problems;
    throw error;
  }
  return [];
}

/** Declarations before the groups of a map of a test: five lines. */
export const heading = `/// url = 'http://example.org/StructureMap/t'
/// name = 'T'
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Bundle" alias Bundle as source
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target
`;
