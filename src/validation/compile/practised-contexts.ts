/**
 * Contexts in which HL7 itself publishes extensions of R4 beyond those that their R4 definitions state. Later releases of
 * the definitions state most of them.
 */
const hl7 = 'http://hl7.org/fhir/StructureDefinition/';

const contexts: ReadonlyMap<string, readonly string[]> = new Map([
  [`${hl7}structuredefinition-fhir-type`, ['ElementDefinition.type']],
  [`${hl7}regex`, ['ElementDefinition.type']],
  [`${hl7}structuredefinition-normative-version`, ['MetadataResource', 'ElementDefinition']],
  [`${hl7}structuredefinition-standards-status`, ['MetadataResource', 'ElementDefinition']],
  [`${hl7}structuredefinition-fmm`, ['MetadataResource']],
  [`${hl7}structuredefinition-wg`, ['MetadataResource']],
  [`${hl7}valueset-concept-comments`, ['CodeSystem.concept']],
]);

/**
 * Resources in which an extension is used at any element: publishers put expectations at every part of a statement, and at
 * the comparators, modifiers and repetitions of a SearchParameter.
 */
const resources: ReadonlyMap<string, readonly string[]> = new Map([
  [`${hl7}capabilitystatement-expectation`, ['CapabilityStatement', 'SearchParameter']],
]);

export const practisedContexts = (url: string): readonly string[] => contexts.get(url) ?? [];

export const practisedResources = (url: string): readonly string[] => resources.get(url) ?? [];
