import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { decode, mediaTypeOf } from '../exchange/reading/media-type.ts';
import { issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Criterion, Query, SearchResult, Store, StoredResource } from '../store/port.ts';
import { parametersOf } from '../store/search-parameters.ts';
import { readBody } from './body.ts';
import { searchable } from './interactions.ts';

const pageSize = { usual: 50, largest: 500 } as const;

/** Parameters that shape the answer instead of selecting resources. */
const resultParameters = new Set(['_count', '_sort', '_cursor', '_format', '_total']);

/**
 * Upper bounds of one search: every value is compared with every remaining resource, while all other requests wait. Ids
 * are looked up by index and do not count.
 */
const limits = { values: 100, dates: 8 } as const;

function isTooMuch(type: string, criteria: readonly Criterion[]): boolean {
  const count = (which: (name: string) => boolean) =>
    criteria.reduce((sum, { name, values }) => sum + (which(name) ? values.length : 0), 0);
  const isDate = (name: string) => name === '_lastUpdated' || parametersOf(type)[name]?.kind === 'date';
  return count((name) => name !== '_id') > limits.values || count(isDate) > limits.dates;
}

const totals: ReadonlySet<string> = new Set(['none', 'estimate', 'accurate']);

/** Bytes: enough for every criterion with the maximum number of values. */
const formBytes = 64 * 1024;

/** The parameters of a search by POST (https://hl7.org/fhir/R4/http.html#search). */
export async function formOf(context: Context): Promise<Result<URLSearchParams>> {
  const media = mediaTypeOf(context.req.header('content-type') ?? '');
  const body = await readBody(context, formBytes);
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return success(new URLSearchParams());
  if (media.type !== 'application/x-www-form-urlencoded')
    return failure(issue('media-type-unsupported', { supported: 'application/x-www-form-urlencoded' }));
  const text = decode(media, body.value);
  return text.ok ? success(new URLSearchParams(text.value)) : text;
}

/** Whether a search by GET would put a BSN in the logs of intermediaries. */
export const namesPerson = (parameters: URLSearchParams): boolean =>
  [...parameters.values()].some((value) => value.includes('NamingSystem/bsn'));

/** Parses a search (https://hl7.org/fhir/R4/search.html): repeated parameters are and-ed, commas or-ed. */
export function queryOf(type: string, parameters: URLSearchParams): Result<Query> {
  const criteria: Criterion[] = [];
  const offered = searchable(type);
  for (const [key, value] of parameters) {
    if (resultParameters.has(key)) continue;
    const [name = '', modifier, ...more] = key.split(':');
    if (!offered.includes(name) || more.length) return failure(unknownParameter(type));
    if (value === '') return failure(issue('search-value-malformed', { parameter: name }));
    criteria.push({ name, ...(modifier ? { modifier } : {}), values: splitValues(value) });
  }
  if (isTooMuch(type, criteria)) return failure(issue('search-too-costly', limits));
  const count = parameters.get('_count') ?? String(pageSize.usual);
  if (!/^\d{1,9}$/.test(count)) return failure(issue('search-value-malformed', { parameter: '_count' }));
  const total = parameters.get('_total') ?? 'accurate';
  if (!totals.has(total)) return failure(issue('search-value-malformed', { parameter: '_total' }));
  const sort = parameters.get('_sort') ?? '-_lastUpdated';
  if (sort !== '_lastUpdated' && sort !== '-_lastUpdated')
    return failure(issue('search-value-malformed', { parameter: '_sort' }));
  const cursor = parameters.get('_cursor');
  return success({
    criteria,
    sort,
    count: Math.min(Number(count), pageSize.largest),
    ...(cursor === null ? { total: total !== 'none' } : { cursor }),
  });
}

const unknownParameter = (type: string) =>
  issue('search-parameter-unknown', { type, offered: searchable(type).join(', ') });

/** Values are separated by commas; `\,` is a comma inside a value (https://hl7.org/fhir/R4/search.html#escaping). */
const splitValues = (text: string): string[] => text.split(/(?<!\\),/).map((it) => it.replaceAll('\\,', ','));

/** Searches with the rights of `reader`. Issues: `search-parameter-unknown`, `search-value-malformed`. */
export async function searchFor(
  store: Pick<Store, 'search'>,
  type: string,
  query: Query,
  reader: string,
): Promise<Result<Extract<SearchResult, { kind: 'found' }>>> {
  const found = await store.search(type, query, reader);
  switch (found.kind) {
    case 'found':
      return success(found);
    case 'unsupported':
      return failure(unknownParameter(type));
    case 'malformed':
      return failure(issue('search-value-malformed', { parameter: found.name }));
  }
}

/** `self` and `next` only where the criteria may be in an address: a search by POST has neither. */
export function searchset(
  base: string,
  { resources, total, next }: Extract<SearchResult, { kind: 'found' }>,
  address: URL | undefined,
): Bundle {
  const links = address ? linksOf(base, address, next) : [];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(total === undefined ? {} : { total }),
    ...(links.length ? { link: links } : {}),
    entry: resources.map((it) => ({ ...entryOf(base, it), search: { mode: 'match' } })),
  };
}

function linksOf(base: string, address: URL, next: string | undefined) {
  const at = (query: URLSearchParams) => `${base}${address.pathname.replace(/^\/fhir/, '')}?${query}`;
  const following = new URLSearchParams(address.searchParams);
  if (next) following.set('_cursor', next);
  return [
    { relation: 'self', url: at(address.searchParams) },
    ...(next ? [{ relation: 'next', url: at(following) }] : []),
  ];
}

/** Versions of one resource as a history Bundle (https://hl7.org/fhir/R4/http.html#history). */
export const historyBundle = (base: string, versions: readonly StoredResource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'history',
  total: versions.length,
  entry: versions.map((it) => ({
    ...entryOf(base, it),
    request: { method: it.version === 1 ? 'POST' : 'PUT', url: it.version === 1 ? it.type : `${it.type}/${it.id}` },
    response: {
      status: it.version === 1 ? '201' : '200',
      etag: `W/"${it.version}"`,
      lastModified: it.lastUpdated.toISOString(),
    },
  })),
});

const entryOf = (base: string, { type, id, text }: StoredResource): BundleEntry => ({
  fullUrl: `${base}/${type}/${id}`,
  resource: parseJson(text) as NonNullable<BundleEntry['resource']>,
});
