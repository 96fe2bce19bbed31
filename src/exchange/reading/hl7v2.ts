import { issue } from '../../fhir/issue.ts';
import { ParseError } from '../../fhir/parse-error.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { type Hl7Part, type ReadHl7Message, readHl7Message } from '../../mapping/index.ts';
import { mediaTypeOf } from './media-type.ts';

const hl7Types: ReadonlySet<string> = new Set([
  'x-application/hl7-v2+er7',
  'application/hl7-v2+er7',
  'application/hl7-v2',
]);

/**
 * HL7 v2 in ER7 over HTTP, by its content type
 * (https://hapifhir.github.io/hapi-hl7v2/hapi-hl7overhttp/specification.html).
 */
export const isHl7 = (contentType: string | undefined): boolean => hl7Types.has(mediaTypeOf(contentType ?? '').type);

/**
 * Parses a message. The charset of the content type takes precedence over MSH-18: an intermediary may have re-encoded
 * the text. Issues: `hl7-field-missing`, `charset-unsupported`, and those of the parser.
 */
export function readHl7(contentType: string, body: Uint8Array): Result<ReadHl7Message> {
  const charset = mediaTypeOf(contentType).parameters.get('charset');
  try {
    const read = charset
      ? readHl7Message(new TextDecoder(charset, { fatal: true }).decode(body), charset)
      : readHl7Message(body);
    return (read.message.MSH as Hl7Part).messageControlId
      ? success(read)
      : failure(issue('hl7-field-missing', { field: 'MSH-10' }, { expression: 'MSH.messageControlId' }));
  } catch (error) {
    if (error instanceof ParseError) return failure(...error.issues);
    // TextDecoder throws these for an unknown label, and for bytes that are not in the charset.
    if (error instanceof RangeError || error instanceof TypeError) return failure(issue('charset-unsupported', {}));
    throw error;
  }
}

/**
 * MSH of a message whose other segments may be malformed, or in a character set that the gateway does not read: all that
 * an acknowledgement needs.
 */
export function headOf(contentType: string, body: Uint8Array): Hl7Part | undefined {
  const end = body.findIndex((byte, at) => (byte === 0x0d || byte === 0x0a) && at > 0 && body[at - 1] !== 0x0b);
  const head = end < 0 ? body : body.subarray(0, end);
  const read = readHl7(contentType, head);
  // The ids that it repeats are ASCII in practice.
  const isOwnCharset = !mediaTypeOf(contentType).parameters.get('charset');
  const readable = read.ok || !isOwnCharset ? read : readHl7('application/hl7-v2; charset=iso-8859-1', head);
  return readable.ok ? (readable.value.message.MSH as Hl7Part) : undefined;
}
