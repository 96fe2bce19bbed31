import { isError } from './issue.ts';
import { defaultLimits, type Limits, ParseError, parseError } from './parse-error.ts';
import type { Resource } from './resource.ts';
import { type ReadXml, readFhirXml } from './xml-reader.ts';

export { writeXml } from './xml-writer.ts';

/**
 * Reads one FHIR resource in XML. Throws a ParseError with all errors of `readXml`; warnings are ignored.
 */
export function parseXml(text: string, limits?: Partial<Limits>): Resource {
  const { resource, issues } = readXml(text, limits);
  const [first, ...others] = issues.filter(isError);
  if (first) throw new ParseError([first, ...others]);
  return resource;
}

/**
 * Reads one FHIR resource in XML (https://hl7.org/fhir/R4/xml.html) into its JSON form. Issues have line and column:
 * elements out of order, repeated, empty or unknown; unexpected attributes and text. Unknown elements become
 * properties, repeated ones arrays, invalid values strings, so that the validator reports them as in JSON. Throws a
 * ParseError on XML that is not well-formed, DOCTYPE, entities, processing instructions, nesting over the limit, or a
 * root that is not an R4 resource.
 */
export function readXml(text: string, limits?: Partial<Limits>): ReadXml {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (body.trim() === '') throw parseError('text-empty', {}, { line: 1, column: 1 });
  return readFhirXml(body, limits?.depth ?? defaultLimits.depth);
}
