import type { Bundle, BundleEntry, BundleLink } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Caller } from '../access/index.ts';
import type { Reading } from '../exchange/memory/as-seen.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { decode, mediaTypeOf } from '../exchange/reading/media-type.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { SearchResult } from '../store/port.ts';
import { yieldToOthers } from '../turns.ts';
import { readBody } from './body.ts';
import { included, maximumIncluded } from './inclusions.ts';
import { interactions } from './interactions.ts';
import { formatOf, requestedFormat } from './media.ts';
import { mayNamePerson, openCursor, openSearch, pageMinutes, sealCursor, sealSearch } from './page-link.ts';
import { withParties } from './party-criteria.ts';
import { preferencesOf } from './prefer.ts';
import type { ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';
import { offeredWith, type SearchRequest, searchRequest } from './search-request.ts';
import { inForm } from './subset.ts';

/** Bytes: enough for every criterion with the maximum number of values. */
const formBytes = 64 * 1024;

/** The parameters of a search by POST (https://hl7.org/fhir/R4/http.html#search). */
async function formOf(context: Context): Promise<Result<URLSearchParams>> {
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
const namesPerson = (parameters: URLSearchParams): boolean =>
  [...parameters.values()].some((it) => it.includes('NamingSystem/bsn') || it.includes('2.16.840.1.113883.2.4.6.3'));

type Sent = { readonly parameters: URLSearchParams; readonly isSealed: boolean };

/**
 * The parameters of a search: of the address, of the form, and of a link to a page of an earlier search by POST. Issues:
 * `search-post-required`, `search-page-expired`, those of the form.
 */
async function sentParameters(
  gateway: Gateway,
  context: Context,
  type: string,
  { partner, by }: { readonly partner: string; readonly by: 'get' | 'post' },
): Promise<Result<Sent>> {
  const address = new URL(context.req.url).searchParams;
  const form = by === 'post' ? await formOf(context) : success(new URLSearchParams());
  if (!form.ok) return form;
  const parameters = new URLSearchParams([...address, ...form.value]);
  const format = acceptedFormat(context, form.value);
  if (!format.ok) return format;
  const sealed = parameters.get('_page');
  if (sealed !== null) {
    parameters.delete('_page');
    const key = gateway.store.keyFor('page');
    const opened = openSearch(key, sealed, { partner, type }, gateway.world.now());
    if (!opened) return failure(issue('search-page-expired', { minutes: pageMinutes }));
    const asBefore = acceptedFormat(context, opened);
    if (!asBefore.ok) return asBefore;
    return success({ parameters: new URLSearchParams([...opened, ...parameters]), isSealed: true });
  }
  const isRefused = by === 'get' && (interactions[type]?.search === 'post only' || namesPerson(parameters));
  return isRefused
    ? failure(issue('search-post-required', { type }))
    : success({ parameters, isSealed: by === 'post' });
}

/** `_format` in a form counts as it does in an address. Issue: `not-acceptable`. */
function acceptedFormat(context: Context, parameters: URLSearchParams): Result<unknown> {
  const format = parameters.get('_format');
  if (format === null) return success(undefined);
  context.set(requestedFormat, format);
  return formatOf(context);
}

/** Who reads, and the store as it sees it. */
export type ByReader = { readonly partner: Caller; readonly permitted: Reading };

/** FHIR search of the message store, by GET and by POST _search, with the rights of the partner. */
export async function searchStore(
  gateway: Gateway,
  context: Context,
  type: string,
  { partner, permitted, by }: ByReader & { readonly by: 'get' | 'post' },
): Promise<ReadOutcome> {
  const { network, world } = gateway;
  const sent = await sentParameters(gateway, context, type, { partner: partner.id, by });
  if (!sent.ok) return { kind: 'refused', issues: sent.issues };
  const request = searchRequest(type, sent.value.parameters, {
    base: network.settings.baseUrl,
    now: world.now(),
    handling: preferencesOf(context).handling,
    widen: (criterion) => withParties(network, type, criterion),
  });
  if (!request.ok) return { kind: 'refused', issues: request.issues };
  const found = await matchesOf(permitted, type, placed(gateway, type, request.value, partner.id), partner.id);
  if (!found.ok) return { kind: 'refused', issues: found.issues };
  const links = linksOf(gateway, type, {
    partner: partner.id,
    request: request.value,
    isSealed: sent.value.isSealed,
    next: found.value.next,
  });
  if (!links.ok) return { kind: 'refused', issues: links.issues };
  return page(gateway, context, { partner, permitted, request: request.value, found: found.value, links: links.value });
}

/** The request with the place in the store that its cursor names; another one is malformed there. */
function placed({ store }: Gateway, type: string, request: SearchRequest, partner: string): SearchRequest {
  const { cursor } = request.query;
  if (cursor === undefined) return request;
  const opened = openCursor(store.keyFor('cursor'), cursor, { partner, type }) ?? '-';
  return { ...request, query: { ...request.query, cursor: opened } };
}

type Found = Extract<SearchResult, { kind: 'found' }>;

async function matchesOf(
  permitted: Pick<Reading, 'search'>,
  type: string,
  { query }: SearchRequest,
  reader: string,
): Promise<Result<Found>> {
  const found = await permitted.search(type, query, reader);
  switch (found.kind) {
    case 'found':
      return success(found);
    case 'too-many':
      return failure(issue('search-sort-too-many', {}));
    case 'unsupported': {
      const parameter = found.name.replace(/:.*/, '');
      return failure(issue('search-modifier-unsupported', { parameter, offered: offeredWith(type, parameter) }));
    }
    case 'malformed':
      return failure(issue('search-value-malformed', { parameter: found.name }));
  }
}

type LinkContext = {
  readonly partner: string;
  readonly request: SearchRequest;
  readonly isSealed: boolean;
  readonly next: string | undefined;
};

/**
 * `self` with the parameters that had effect, and `next`, both for GET: client libraries follow links by GET only. What
 * came in the body of a search and may name a person is sealed. Issue: `search-too-costly`.
 */
function linksOf(gateway: Gateway, type: string, at: LinkContext): Result<readonly BundleLink[]> {
  const { request, next, partner } = at;
  const isSealed =
    at.isSealed &&
    (interactions[type]?.search === 'post only' ||
      [...request.used].some(([name, value]) => mayNamePerson(name, value)));
  const address = (parameters: URLSearchParams): string | undefined => {
    const path = `${gateway.network.settings.baseUrl}/${type}`;
    if (!isSealed) return parameters.size > 0 ? `${path}?${parameters}` : path;
    const sealed = sealSearch(gateway.store.keyFor('page'), { partner, type, parameters }, gateway.world.now());
    return sealed && `${path}?_page=${sealed}`;
  };
  const { cursor } = request.query;
  const self = address(new URLSearchParams([...request.used, ...(cursor === undefined ? [] : [['_cursor', cursor]])]));
  const place = next && sealCursor(gateway.store.keyFor('cursor'), next, { partner, type });
  const following = place && address(new URLSearchParams([...request.used, ['_cursor', place]]));
  if (self === undefined || (next && !following)) return failure(issue('search-too-costly', { values: 100, dates: 8 }));
  return success([{ relation: 'self', url: self }, ...(following ? [{ relation: 'next', url: following }] : [])]);
}

type Page = ByReader & {
  readonly request: SearchRequest;
  readonly found: Found;
  readonly links: readonly BundleLink[];
};

async function page(gateway: Gateway, context: Context, it: Page): Promise<ReadOutcome> {
  const { request, found, links } = it;
  const base = gateway.network.settings.baseUrl;
  const yieldIfDue = yieldToOthers();
  const matches: (Resource & { readonly id: string })[] = [];
  for (const { text } of found.resources) {
    matches.push(parseJson(text) as Resource & { readonly id: string });
    await yieldIfDue();
  }
  const related = await included(gateway, it, matches, request);
  const warnings: Issue[] = [
    ...(request.isLess ? [issue('search-parameter-ignored', { used: namesIn(request.used) })] : []),
    ...(related.isComplete ? [] : [issue('search-include-truncated', { limit: maximumIncluded })]),
  ];
  const entry = [
    ...matches.map((it) => searchEntry(base, inForm(it, request), 'match')),
    ...related.resources.map((it) => searchEntry(base, isSummary(request) ? inForm(it, request) : it, 'include')),
    ...(warnings.length ? [{ resource: operationOutcome(warnings), search: { mode: 'outcome' as const } }] : []),
  ];
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(found.total === undefined ? {} : { total: found.total }),
    link: [...links],
    entry,
  };
  return {
    kind: 'shown',
    response: reply(context, bundle, 200),
    references: [...matches, ...related.resources].map(({ resourceType, id }) => `${resourceType}/${id}`),
  };
}

/** `_elements` names elements of the type that is searched, `_summary` forms every resource. */
const isSummary = ({ subset }: SearchRequest): boolean => subset?.by === 'summary';

const namesIn = (parameters: URLSearchParams): string => [...new Set(parameters.keys())].join(', ') || '-';

export const searchEntry = (base: string, resource: Resource, mode: 'match' | 'include'): BundleEntry => ({
  fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
  resource: resource as NonNullable<BundleEntry['resource']>,
  search: { mode },
});
