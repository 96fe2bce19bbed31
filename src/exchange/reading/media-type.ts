import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';

/** A parsed content type: media type in lower case, and its parameters. */
export type MediaType = { readonly type: string; readonly parameters: ReadonlyMap<string, string> };

/** Parses a content type (https://www.rfc-editor.org/rfc/rfc9110#name-content-type): values in lower case, unquoted. */
export function mediaTypeOf(contentType: string): MediaType {
  const [type = '', ...parameters] = contentType.split(';').map((it) => it.trim());
  return { type: type.toLowerCase(), parameters: new Map(parameters.map(parameterOf)) };
}

function parameterOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  const [name, value] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  return [
    name.trim().toLowerCase(),
    value
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  ];
}

/** R4 is version 4.0, also without a version (https://hl7.org/fhir/R4/http.html#version-parameter). */
export const isR4 = (version: string | undefined): boolean => version === undefined || /^4\.0(\.\d+)?$/.test(version);

/** FHIR requires UTF-8 (https://hl7.org/fhir/R4/http.html#mime-type). Issue: `charset-unsupported`. */
export function decode({ parameters }: MediaType, body: Uint8Array): Result<string> {
  if (!['utf-8', 'utf8', 'us-ascii'].includes(parameters.get('charset') ?? 'utf-8'))
    return failure(issue('charset-unsupported', {}));
  try {
    return success(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return failure(issue('charset-unsupported', {}));
  }
}

export const fhirJson = 'application/fhir+json';
