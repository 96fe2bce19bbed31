import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

export type Format = 'application/fhir+json' | 'application/fhir+xml';

const formats: Readonly<Record<string, Format>> = {
  'application/fhir+json': 'application/fhir+json',
  'application/json': 'application/fhir+json',
  'text/json': 'application/fhir+json',
  json: 'application/fhir+json',
  'application/fhir+xml': 'application/fhir+xml',
  'application/xml': 'application/fhir+xml',
  'text/xml': 'application/fhir+xml',
  xml: 'application/fhir+xml',
  '*/*': 'application/fhir+json',
  'application/*': 'application/fhir+json',
};

type Asked = { readonly type: string; readonly quality: number; readonly version: string | undefined };

/**
 * The format of the answer (https://hl7.org/fhir/R4/http.html#mime-type): `_format` before Accept, JSON when neither
 * asks for anything. A fhirVersion other than 4.0 can't be given.
 */
export function negotiate(accept: string | undefined, format: string | undefined): Result<Format> {
  // A `+` in a query is a space; nobody means one in a media type.
  const asked = format ? [askedOf(format.replaceAll(' ', '+'))] : (accept ?? '').split(',').map(askedOf);
  const wanted = asked.filter(({ type, quality }) => type && quality > 0).sort((a, b) => b.quality - a.quality);
  if (!format && !accept?.trim()) return success('application/fhir+json');
  const found = wanted.find(({ type, version }) => type in formats && (!version || version.startsWith('4.0')));
  if (found) return success(formats[found.type]!);
  return failure(issue('not-acceptable', { supported: 'application/fhir+json or application/fhir+xml' }));
}

function askedOf(text: string): Asked {
  const [type = '', ...parameters] = text.split(';').map((it) => it.trim().toLowerCase());
  const values = new Map(parameters.map((it) => it.split('=').map((part) => part.trim()) as [string, string]));
  return { type, quality: Number(values.get('q') ?? 1) || 0, version: values.get('fhirversion') };
}
