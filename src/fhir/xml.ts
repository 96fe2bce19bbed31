import type { Issue } from './issue.ts';
import type { Limits } from './parse-error.ts';
import type { Resource } from './resource.ts';

/** Reads one FHIR resource in XML; throws a ParseError with everything that `readXml` has to say. */
export declare function parseXml(text: string, limits?: Partial<Limits>): Resource;

/**
 * Reads one FHIR resource in XML (https://hl7.org/fhir/R4/xml.html) into its JSON form, and tells what is wrong with
 * the XML as issues with line and column: elements out of order, repeated, unknown (kept as properties), ...
 * Throws a ParseError only on what can't be read at all.
 */
export declare function readXml(
  text: string,
  limits?: Partial<Limits>,
): { readonly resource: Resource; readonly issues: readonly Issue[] };

/** XML of a resource: elements in the order of their definition, decimals as they were written. */
export declare function writeXml(resource: Resource, options?: { readonly pretty?: boolean }): string;
