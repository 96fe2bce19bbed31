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
 * Format of the answer (https://hl7.org/fhir/R4/http.html#mime-type): `_format` takes precedence over Accept; JSON
 * without either. Issue: `not-acceptable`, also for a fhirVersion other than 4.0.
 */
export function negotiate(accept: string | undefined, format: string | undefined): Result<Format> {
  // A `+` in a query is decoded as a space, which a media type does not contain.
  const preferences = format
    ? [preferenceOf(format.replaceAll(' ', '+'))]
    : (accept ?? '').split(',').map(preferenceOf);
  const accepted = preferences.filter(({ type, quality }) => type && quality > 0).sort((a, b) => b.quality - a.quality);
  if (!format && !accept?.trim()) return success('application/fhir+json');
  const refused = new Set(preferences.filter(({ quality }) => quality === 0).map(({ type }) => formats.get(type)));
  for (const { type, version } of accepted) {
    const supported = formats.get(type);
    if (!supported || !isR4(version)) continue;
    if (!refused.has(supported)) return success(supported);
    if (type.endsWith('*') && !refused.has(xml)) return success(xml);
  }
  return failure(issue('not-acceptable', { supported: 'application/fhir+json or application/fhir+xml' }));
}

function preferenceOf(text: string): Preference {
  const { type, parameters } = mediaTypeOf(text);
  const quality = Number(parameters.get('q') ?? 1) || 0;
  return { type, quality, version: parameters.get('fhirversion') };
}

/** Name under which a search by POST puts the `_format` of its form into the context. */
export const requestedFormat = 'requested format';

/** Negotiated format of the answer to this request. */
export const formatOf = (context: Context): Result<Format> =>
  negotiate(context.req.header('accept'), context.get(requestedFormat) ?? context.req.query('_format'));
