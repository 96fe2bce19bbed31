export const coreUrl = 'http://hl7.org/fhir/StructureDefinition/';

/** The type of R4 that a canonical in the namespace of FHIR names. */
export const typeOfUrl = (url: string): string | undefined =>
  url.startsWith(coreUrl) ? url.slice(coreUrl.length).split('|')[0] : undefined;
