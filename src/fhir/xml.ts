import { isError } from './issue.ts';
import { defaultLimits, type Limits, ParseError, parseError } from './parse-error.ts';
import type { Resource } from './resource.ts';
import { type ReadXml, readFhirXml } from './xml-reader.ts';

export { writeXml } from './xml-writer.ts';

/**
 * Reads one FHIR resource in XML. Throws a ParseError with everything that `readXml` has to say when anything in it
 * is an error; what only warns is let go.
 */
export function parseXml(text: string, limits?: Partial<Limits>): Resource {
  const { resource, issues } = readXml(text, limits);
  const [first, ...others] = issues.filter(isError);
  if (first) throw new ParseError([first, ...others]);
  return resource;
}

/**
 * Reads one FHIR resource in XML (https://hl7.org/fhir/R4/xml.html) into its JSON form, and tells what is wrong with
 * its XML as issues with line and column: elements out of order, repeated, empty or unknown, attributes and texts that
 * have no place. Unknown elements stay as properties, repeated ones become arrays, wrong values stay texts:
 * the validator has its say about them as about JSON. Throws a ParseError on what can't be read at all: XML that is
 * not well-formed, DOCTYPE, entities, processing instructions, nesting over the limit, a root that is no R4 resource.
 */
export function readXml(text: string, limits?: Partial<Limits>): ReadXml {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (body.trim() === '') throw parseError('text-empty', {}, { line: 1, column: 1 });
  return readFhirXml(body, limits?.depth ?? defaultLimits.depth);
}
