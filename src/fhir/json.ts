import type { Limits } from './parse-error.ts';
import type { Resource } from './resource.ts';

/**
 * Reads one FHIR resource in JSON (https://hl7.org/fhir/R4/json.html). Throws a ParseError with line and column on
 * malformed JSON, a duplicate key, nesting over the limit, a root that is no object, no resourceType.
 * Numbers keep their digits (decimal.ts).
 */
export declare function parseJson(text: string, limits?: Partial<Limits>): Resource;

/** The same for JSON that is no resource, as an intake form: any object. */
export declare function parseJsonObject(text: string, limits?: Partial<Limits>): Record<string, unknown>;

/** JSON of a resource or any part of it; numbers as they were written. */
export declare function writeJson(value: unknown, options?: { readonly pretty?: boolean }): string;
