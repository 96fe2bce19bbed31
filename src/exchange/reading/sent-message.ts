import { forbiddenCharacter } from '../../fhir/characters.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJsonObject } from '../../fhir/json.ts';
import { type Limits, ParseError } from '../../fhir/parse-error.ts';
import type { Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { countValues } from './count-values.ts';
import { removeEmptyValues } from './empty-values.ts';
import type { Received } from './envelope.ts';
import { isHl7, readHl7 } from './hl7v2.ts';
import { decode, mediaTypeOf } from './media-type.ts';
import { maximumValues, parse } from './parse.ts';

/** Formats other than FHIR, accepted at /intake/{name}: HL7 v2, and forms in JSON. */
export type OtherShape = 'hl7-v2' | 'json';

/** A message that is not FHIR, in the logical model that its map reads. */
export type Model = { readonly resourceType?: never };

/** A message as sent: parsed, with no form recognised yet. */
export type SentMessage =
  | { readonly shape: 'fhir'; readonly message: Resource; readonly text: string }
  | {
      readonly shape: OtherShape;
      readonly message: Model;
      readonly text: string;
      /** Paths of what is in the message and has no place in the model. */
      readonly unread?: readonly string[];
    };

/**
 * Parses FHIR at the FHIR base, and HL7 v2 or JSON, by the content type, at /intake/{name}. `form`: how places in the form
 * of that intake begin.
 */
export function parseMessage(
  { intake, contentType, body }: Pick<Received, 'intake' | 'contentType' | 'body'>,
  limits: Partial<Limits> = {},
  form: string | undefined = intake,
): Result<SentMessage> {
  if (intake === undefined) {
    const parsed = parse(contentType, body, limits);
    if (!parsed.ok) return parsed;
    const { resource, text } = parsed.value;
    return success({ shape: 'fhir', message: resource, text }, parsed.issues);
  }
  const sent = isHl7(contentType) ? hl7(contentType, body) : json(contentType, body, limits, form);
  if (!sent.ok) return sent;
  if (countValues(sent.value.message, maximumValues) > maximumValues)
    return failure(issue('too-many-values', { limit: maximumValues }));
  const { message, shape, text } = sent.value;
  const forbidden = forbiddenCharacter(message, shape === 'json' ? (form ?? intake) : 'message', text);
  return forbidden ? failure(forbidden) : sent;
}

function hl7(contentType: string, body: Uint8Array): Result<SentMessage> {
  if (countDelimiters(body) > maximumValues) return failure(issue('too-many-values', { limit: maximumValues }));
  const restriction = restrictionIn(body);
  if (restriction) return failure(issue('consent-value-unread', {}, { expression: restriction }));
  const read = readHl7(contentType, body);
  if (!read.ok) return read;
  const { message, unread, escapes, isGuessed } = read.value;
  const issues = [
    ...(isGuessed ? [issue('hl7-charset-assumed', {}, { expression: 'MSH.characterSet' })] : []),
    ...escapes.map((expression) => issue('hl7-escape-ignored', {}, { expression })),
  ];
  return success({ shape: 'hl7-v2', message: message as Model, text: '', unread }, issues);
}

/** A segment about consent (CON) or access (ARV), which no map reads: it could state that the person objects. */
const restrictionIn = (body: Uint8Array): string | undefined =>
  /[\r\n](CON|ARV)[^A-Za-z0-9]/.exec(Buffer.from(body).toString('latin1'))?.[1];

/** Each value of HL7 v2 ends in a delimiter or a segment end: counting them bounds the values before parsing. */
function countDelimiters(body: Uint8Array): number {
  const head = Buffer.from(body.buffer, body.byteOffset, body.byteLength).indexOf('MSH');
  const isDelimiter = new Uint8Array(256);
  for (const byte of [0x0a, 0x0d, ...body.subarray(head + 3, head + 8)]) isDelimiter[byte] = 1;
  let count = 0;
  for (let at = 0; at < body.length; at++) count += isDelimiter[body[at]!]!;
  return count;
}

function json(
  contentType: string,
  body: Uint8Array,
  limits: Partial<Limits>,
  form: string | undefined,
): Result<SentMessage> {
  const media = mediaTypeOf(contentType);
  if (media.type !== 'application/json' && media.type !== 'text/json')
    return failure(issue('media-type-unsupported', { supported: 'application/json or x-application/hl7-v2+er7' }));
  const text = decode(media, body);
  if (!text.ok) return text;
  try {
    const message = removeEmptyValues(parseJsonObject(text.value, limits, form)) as Model;
    return success({ shape: 'json', message, text: text.value });
  } catch (error) {
    if (error instanceof ParseError) return failure(...error.issues);
    throw error;
  }
}
