import { forbiddenCharacter } from '../../fhir/characters.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJsonObject } from '../../fhir/json.ts';
import { type Limits, ParseError } from '../../fhir/parse-error.ts';
import type { Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { countValues } from './count-values.ts';
import type { Received } from './envelope.ts';
import { isHl7, readHl7 } from './hl7v2.ts';
import { decode, mediaTypeOf } from './media-type.ts';
import { maximumValues, parse } from './parse.ts';

/** What is no FHIR comes in at /intake/{name}: HL7 v2, or JSON in the shape of a form. */
export type OtherShape = 'hl7-v2' | 'json';

/** A message of another shape, as its map reads it. */
export type Model = { readonly resourceType?: never };

/** A message as it was sent, read but not yet understood. */
export type Sent =
  | { readonly shape: 'fhir'; readonly message: Resource; readonly text: string }
  | { readonly shape: OtherShape; readonly message: Model; readonly text: string };

/** FHIR at the FHIR base; at /intake/{name} HL7 v2 or JSON, by the content type. */
export function parseMessage(
  { intake, contentType, body }: Pick<Received, 'intake' | 'contentType' | 'body'>,
  limits: Partial<Limits> = {},
): Result<Sent> {
  if (intake === undefined) {
    const parsed = parse(contentType, body, limits);
    if (!parsed.ok) return parsed;
    const { resource, text } = parsed.value;
    return success({ shape: 'fhir', message: resource, text }, parsed.issues);
  }
  const sent = isHl7(contentType) ? hl7(contentType, body) : json(contentType, body, limits);
  if (!sent.ok) return sent;
  if (countValues(sent.value.message, maximumValues) > maximumValues)
    return failure(issue('too-many-values', { limit: maximumValues }));
  const { message, shape, text } = sent.value;
  const forbidden = forbiddenCharacter(message, shape === 'json' ? intake : 'message', text);
  return forbidden ? failure(forbidden) : sent;
}

function hl7(contentType: string, body: Uint8Array): Result<Sent> {
  if (countMarks(body) > maximumValues) return failure(issue('too-many-values', { limit: maximumValues }));
  const read = readHl7(contentType, body);
  return read.ok ? success({ shape: 'hl7-v2', message: read.value as Model, text: '' }) : read;
}

/** Each value of HL7 v2 takes a mark or the end of a segment: what has too many of them is not worth reading. */
function countMarks(body: Uint8Array): number {
  const head = Buffer.from(body.buffer, body.byteOffset, body.byteLength).indexOf('MSH');
  const marks = new Set([0x0a, 0x0d, ...body.subarray(head + 3, head + 8)]);
  let count = 0;
  for (const byte of body) if (marks.has(byte)) count++;
  return count;
}

function json(contentType: string, body: Uint8Array, limits: Partial<Limits>): Result<Sent> {
  const media = mediaTypeOf(contentType);
  if (media.type !== 'application/json' && media.type !== 'text/json')
    return failure(issue('media-type-unsupported', { supported: 'application/json or x-application/hl7-v2+er7' }));
  const text = decode(media, body);
  if (!text.ok) return text;
  try {
    return success({ shape: 'json', message: parseJsonObject(text.value, limits) as Model, text: text.value });
  } catch (error) {
    if (error instanceof ParseError) return failure(...error.issues);
    throw error;
  }
}
