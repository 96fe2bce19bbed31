import type { Context } from 'hono';
import { isR4, mediaTypeOf } from '../exchange/reading/media-type.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

export type Format = 'application/fhir+json' | 'application/fhir+xml';

const json: Format = 'application/fhir+json';
const xml: Format = 'application/fhir+xml';

const formats: ReadonlyMap<string, Format> = new Map([
  ['application/fhir+json', json],
  ['application/json', json],
  ['text/json', json],
  ['json', json],
  ['application/fhir+xml', xml],
  ['application/xml', xml],
  ['text/xml', xml],
  ['xml', xml],
  ['*/*', json],
  ['application/*', json],
]);

type Preference = { readonly type: string; readonly quality: number; readonly version: string | undefined };

/**
 * The format of the answer (https://hl7.org/fhir/R4/http.html#mime-type): `_format` before Accept, JSON when neither
 * asks for anything. A fhirVersion other than 4.0 can't be given.
 */
export function negotiate(accept: string | undefined, format: string | undefined): Result<Format> {
  // A `+` in a query is a space; nobody means one in a media type.
  const asked = format ? [preferenceOf(format.replaceAll(' ', '+'))] : (accept ?? '').split(',').map(preferenceOf);
  const wanted = asked.filter(({ type, quality }) => type && quality > 0).sort((a, b) => b.quality - a.quality);
  if (!format && !accept?.trim()) return success('application/fhir+json');
  const refused = new Set(asked.filter(({ quality }) => quality === 0).map(({ type }) => formats.get(type)));
  for (const { type, version } of wanted) {
    const given = formats.get(type);
    if (!given || !isR4(version)) continue;
    if (!refused.has(given)) return success(given);
    if (type.endsWith('*') && !refused.has(xml)) return success(xml);
  }
  return failure(issue('not-acceptable', { supported: 'application/fhir+json or application/fhir+xml' }));
}

function preferenceOf(text: string): Preference {
  const { type, parameters } = mediaTypeOf(text);
  const quality = Number(parameters.get('q') ?? 1) || 0;
  return { type, quality, version: parameters.get('fhirversion') };
}

/** The format in which this request wants its answer. */
export const formatOf = (context: Context): Result<Format> =>
  negotiate(context.req.header('accept'), context.req.query('_format'));
