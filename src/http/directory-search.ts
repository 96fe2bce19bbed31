import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import {
  type DirectoryCriterion,
  type DirectoryParameter,
  directoryEntries,
  directoryParameters,
  meetsCriteria,
  ownResources,
  ownSource,
} from '../directory/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { directoryEntry, versioned } from './directory.ts';
import { included, maximumIncluded, type RequestedInclusions, requestedInclusions } from './inclusions.ts';
import { preferencesOf } from './prefer.ts';
import type { ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';
import { type ByReader, searchEntry } from './search.ts';
import { resultParameters } from './search-request.ts';
import { formParameters, formRequested, inForm, type RequestedForm } from './subset.ts';

const pageSize = { usual: 100, largest: 1_000 } as const;

type DirectoryQuery = RequestedForm & {
  readonly criteria: readonly DirectoryCriterion[];
  readonly count: number;
  readonly cursor: string;
  readonly hasTotal: boolean;
  /** The parameters that had effect, for the self link. */
  readonly used: URLSearchParams;
  readonly isLess: boolean;
} & RequestedInclusions;

/**
 * Find Matching Care Services (https://profiles.ihe.net/ITI/mCSD/ITI-90.html), also the initial load of a replica:
 * pages in the order of ids.
 */
export async function searchDirectory(
  gateway: Gateway,
  context: Context,
  type: string,
  reader: ByReader,
): Promise<ReadOutcome> {
  const query = directoryQueryOf(context, type, directoryParameters);
  if (!query.ok) return { kind: 'refused', issues: query.issues };
  const { criteria, count, cursor, used, hasTotal, isLess } = query.value;
  const { network, living } = gateway;
  const matching = ownResources(network, type).flatMap((resource) => {
    const version = living.version(`${type}/${resource.id}`);
    return version && meetsCriteria({ resource, at: version.at }, criteria) ? [{ resource, version }] : [];
  });
  const remaining = matching.filter(({ resource }) => (resource.id ?? '') > cursor);
  const page = remaining.slice(0, count);
  const base = network.settings.baseUrl;
  const matches = page.map(({ resource, version }) => versioned(resource, version) as Resource & { id: string });
  const related = await included(gateway, reader, matches, query.value);
  const warnings = [
    ...(isLess ? [issue('search-parameter-ignored', { used: [...new Set(used.keys())].join(', ') || '-' })] : []),
    ...(related.isComplete ? [] : [issue('search-include-truncated', { limit: maximumIncluded })]),
  ];
  const next = count > 0 && remaining.length > page.length ? page.at(-1)?.resource.id : undefined;
  const entry: BundleEntry[] = [
    ...matches.map((it) => searchEntry(base, inForm(it, query.value), 'match')),
    ...related.resources.map((it) => searchEntry(base, it, 'include')),
    ...(warnings.length ? [{ resource: operationOutcome(warnings), search: { mode: 'outcome' as const } }] : []),
  ];
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(hasTotal ? { total: matching.length } : {}),
    link: links(base, type, used, next),
    entry,
  };
  const references = related.resources.map((it) => `${it.resourceType}/${it.id}`);
  return { kind: 'shown', response: reply(context, bundle, 200), references };
}

/**
 * Request Care Services Updates (https://profiles.ihe.net/ITI/mCSD/ITI-91.html): changes and deletions since `_since`,
 * the newest first.
 */
export async function directoryUpdates(gateway: Gateway, context: Context, type: string): Promise<ReadOutcome> {
  const parameters = new URL(context.req.url).searchParams;
  const query = directoryQueryOf(context, type, []);
  if (!query.ok) return { kind: 'refused', issues: query.issues };
  const since = parameters.get('_since');
  if (since !== null && Number.isNaN(Date.parse(since)))
    return { kind: 'refused', issues: [issue('search-value-malformed', { parameter: '_since' })] };
  const entries = await directoryEntries(gateway.store, {
    type,
    source: ownSource,
    ...(since === null ? {} : { since: new Date(since) }),
  });
  const before = query.value.cursor === '' ? Number.POSITIVE_INFINITY : Number(query.value.cursor);
  const remaining = entries.filter(({ seq }) => seq < before).reverse();
  const page = remaining.slice(0, query.value.count);
  const base = gateway.network.settings.baseUrl;
  const next = remaining.length > page.length ? String(page.at(-1)?.seq) : undefined;
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'history',
    total: entries.length,
    link: links(base, `${type}/_history`, query.value.used, next),
    entry: page.map((it) => directoryEntry(base, it, query.value)),
  };
  return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
}

function directoryQueryOf(
  context: Context,
  type: string,
  offered: readonly DirectoryParameter[],
): Result<DirectoryQuery> {
  const parameters = new URL(context.req.url).searchParams;
  const isLenient = preferencesOf(context).handling === 'lenient';
  const isHistory = offered.length === 0;
  const criteria: DirectoryCriterion[] = [];
  const used = new URLSearchParams();
  let isLess = false;
  const ignore = (unsupported: Issue): Issue | undefined => {
    isLess = true;
    return isLenient ? undefined : unsupported;
  };
  for (const [name, value] of parameters) {
    if (name === '_cursor' || (!isHistory && (name === '_include' || name === '_revinclude'))) continue;
    if (isHistory ? historyParameters.has(name) : resultParameters.has(name)) {
      const refused = name === '_sort' && value !== '_id' && ignore(issue('search-sort-unsupported', sortOf(type)));
      if (refused) return failure(refused);
      if (name !== '_sort' || value === '_id') used.append(name, value);
      continue;
    }
    const parameter = offered.find((it) => it === name);
    if (!parameter) {
      const plain = offered.find((it) => name.startsWith(`${it}:`));
      if (plain) return failure(issue('search-modifier-unsupported', { parameter: plain, offered: plain }));
      const refused = ignore(
        issue('search-parameter-unknown', { type, offered: offered.join(', ') || '_since, _count' }),
      );
      if (refused) return failure(refused);
      continue;
    }
    if (value === '') return failure(issue('search-value-malformed', { parameter }));
    criteria.push({ name: parameter, values: value.split(',') });
    used.append(name, value);
  }
  const form = formRequested(parameters, type);
  if (!form.ok) return form;
  const inclusions = isHistory
    ? success({ include: [], revinclude: [] })
    : requestedInclusions(type, parameters, used, ignore);
  if (!inclusions.ok) return inclusions;
  const count = parameters.get('_count') ?? String(pageSize.usual);
  if (!/^\d{1,9}$/.test(count)) return failure(issue('search-value-malformed', { parameter: '_count' }));
  const cursor = parameters.get('_cursor') ?? '';
  if (isHistory && !/^\d{0,9}$/.test(cursor)) return failure(issue('search-value-malformed', { parameter: '_cursor' }));
  return success({
    ...form.value,
    ...inclusions.value,
    criteria,
    used,
    isLess,
    hasTotal: form.value.countOnly || parameters.get('_total') !== 'none',
    count: form.value.countOnly ? 0 : Math.min(Number(count), pageSize.largest),
    cursor,
  });
}

const historyParameters: ReadonlySet<string> = new Set(['_count', '_since', ...formParameters]);

const sortOf = (type: string) => ({ type, offered: '_id' });

function links(
  base: string,
  path: string,
  parameters: URLSearchParams,
  next: string | undefined,
): NonNullable<Bundle['link']> {
  const at = (query: URLSearchParams) => `${base}/${path}${query.size > 0 ? `?${query}` : ''}`;
  const following = new URLSearchParams(parameters);
  if (next !== undefined) following.set('_cursor', next);
  return [
    { relation: 'self', url: at(parameters) },
    ...(next === undefined ? [] : [{ relation: 'next', url: at(following) }]),
  ];
}
