import { forbiddenCharacter, mayHoldForbidden } from '../../fhir/characters.ts';
import { isError, issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { withLocalReferences } from '../../fhir/local-reference.ts';
import { locator } from '../../fhir/locate.ts';
import { type Limits, ParseError } from '../../fhir/parse-error.ts';
import type { Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { shapeIssues } from '../../fhir/shape.ts';
import { isSubsetted } from '../../fhir/subset.ts';
import { readXml } from '../../fhir/xml.ts';
import { countValues } from './count-values.ts';
import { decode, isR4, mediaTypeOf } from './media-type.ts';

type Read = (text: string, limits: Partial<Limits>) => ReturnType<typeof readXml>;

const json: Read = (text, limits) => ({ resource: parseJson(text, limits), issues: [] });

const readers: ReadonlyMap<string, Read> = new Map([
  ['application/fhir+json', json],
  ['application/json', json],
  ['text/json', json],
  ['application/fhir+xml', readXml],
  ['application/xml', readXml],
  ['text/xml', readXml],
]);

/** A resource with the text that it was parsed from. */
export type Parsed = { readonly resource: Resource; readonly text: string };

/**
 * Reads a resource in JSON or XML, with its text, so that findings can have line and column. Deviations of XML that can
 * still be read are reported as issues of a success: $validate reports them.
 */
export function read(contentType: string, body: Uint8Array, limits: Partial<Limits> = {}): Result<Parsed> {
  const media = mediaTypeOf(contentType);
  const reader = isR4(media.parameters.get('fhirversion')) ? readers.get(media.type) : undefined;
  if (!reader)
    return failure(
      issue('media-type-unsupported', { supported: 'application/fhir+json or application/fhir+xml, FHIR version 4.0' }),
    );
  const text = decode(media, body);
  if (!text.ok) return text;
  try {
    const { resource, issues } = reader(text.value, limits);
    // A value takes two characters at least, so a short text needs no counting.
    if (text.value.length > 2 * maximumValues && countValues(resource, maximumValues) > maximumValues)
      return failure(issue('too-many-values', { limit: maximumValues }));
    const forbidden = mayHoldForbidden(text.value) && forbiddenCharacter(resource, resource.resourceType, text.value);
    return forbidden ? failure(forbidden) : success({ resource, text: text.value }, issues);
  } catch (error) {
    if (error instanceof ParseError) return failure(...error.issues);
    throw error;
  }
}

/**
 * As `read`, for a message to accept: refuses XML that deviates from FHIR, and a resource of another shape than its base type.
 * The code behind it reads the resource by its TypeScript type.
 */
export function parse(contentType: string, body: Uint8Array, limits: Partial<Limits> = {}): Result<Parsed> {
  const found = read(contentType, body, limits);
  if (!found.ok) return found;
  if (found.issues.some(isError)) return failure(...found.issues);
  const { resource, text } = found.value;
  const misshapen = shapeIssues(resource);
  if (misshapen.length === 0) return found;
  const placeOf = locator(text);
  return failure(...misshapen.map((it) => ({ ...it, ...placeOf(it.expression ?? '') })));
}

/** What reading a write depends on: the settings of the network. */
export type WriteSettings = { readonly limits: Limits; readonly baseUrl: string };

/**
 * As `parse`, for a resource that its sender creates or changes here: references under the gateway's own base are relative,
 * as in what is stored. Issue: `subsetted-not-updatable`.
 */
export function parseWrite(
  { contentType, body }: { readonly contentType: string; readonly body: Uint8Array },
  { limits, baseUrl }: WriteSettings,
  before?: Resource,
): Result<Parsed> {
  const parsed = parse(contentType, body, limits);
  if (!parsed.ok) return parsed;
  const { resource, text } = parsed.value;
  if (isSubsetted(resource))
    return failure(issue('subsetted-not-updatable', {}, { expression: `${resource.resourceType}.meta.tag` }));
  return success({ resource: withLocalReferences(resource, baseUrl, before), text }, parsed.issues);
}

/**
 * Maximum number of elements and values in one message: a message is validated in one turn of the event loop, while all
 * others wait. A referral has a few hundred; a large letter is one long value.
 */
export const maximumValues = 50_000;
