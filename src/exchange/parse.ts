import { issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { type Limits, ParseError } from '../fhir/parse-error.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readXml } from '../fhir/xml.ts';

type Read = (text: string, limits: Partial<Limits>) => ReturnType<typeof readXml>;

const json: Read = (text, limits) => ({ resource: parseJson(text, limits), issues: [] });

const readers: Readonly<Record<string, Read>> = {
  'application/fhir+json': json,
  'application/json': json,
  'application/fhir+xml': readXml,
  'application/xml': readXml,
  'text/xml': readXml,
};

export type Parsed = { readonly resource: Resource; readonly text: string };

/** The media type without its parameters, in lower case. */
export const mediaType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

/** UTF-8 only, as FHIR asks (https://hl7.org/fhir/R4/http.html#mime-type). */
export function decode(contentType: string, body: Uint8Array): Result<string> {
  const charset = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (!['utf-8', 'utf8', 'us-ascii'].includes(charset)) return failure(issue('charset-unsupported', {}));
  try {
    return success(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return failure(issue('charset-unsupported', {}));
  }
}

/** A resource of a body in JSON or XML; its text goes along so that findings can name line and column. */
export function parse(contentType: string, body: Uint8Array, limits: Partial<Limits> = {}): Result<Parsed> {
  const read = readers[mediaType(contentType)];
  if (!read)
    return failure(issue('media-type-unsupported', { supported: 'application/fhir+json or application/fhir+xml' }));
  const text = decode(contentType, body);
  if (!text.ok) return text;
  try {
    const { resource, issues } = read(text.value, limits);
    return success({ resource, text: text.value }, issues);
  } catch (error) {
    if (error instanceof ParseError) return failure(...error.issues);
    throw error;
  }
}
