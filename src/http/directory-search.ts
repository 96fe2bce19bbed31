import type { Bundle } from '@medplum/fhirtypes';
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
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { directoryEntry, versioned } from './directory.ts';
import type { ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

const pageSize = { usual: 100, largest: 1_000 } as const;

type DirectoryQuery = {
  readonly criteria: readonly DirectoryCriterion[];
  readonly count: number;
  readonly cursor: string;
};

/**
 * Find Matching Care Services (https://profiles.ihe.net/ITI/mCSD/ITI-90.html), also the initial load of a replica:
 * pages in the order of ids.
 */
export function searchDirectory(
  gateway: Gateway,
  context: Context,
  type: string,
  parameters: URLSearchParams,
): ReadOutcome {
  const query = directoryQueryOf(type, parameters, directoryParameters);
  if (!query.ok) return { kind: 'refused', issues: query.issues };
  const { criteria, count, cursor } = query.value;
  const { network, living } = gateway;
  const matching = ownResources(network, type).flatMap((resource) => {
    const version = living.version(`${type}/${resource.id}`);
    return version && meetsCriteria({ resource, at: version.at }, criteria) ? [{ resource, version }] : [];
  });
  const remaining = matching.filter(({ resource }) => (resource.id ?? '') > cursor);
  const page = remaining.slice(0, count);
  const base = network.settings.baseUrl;
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    total: matching.length,
    link: links(base, type, parameters, remaining.length > page.length ? page.at(-1)?.resource.id : undefined),
    entry: page.map(({ resource, version }) => ({
      fullUrl: `${base}/${type}/${resource.id}`,
      resource: versioned(resource, version) as NonNullable<NonNullable<Bundle['entry']>[number]['resource']>,
      search: { mode: 'match' },
    })),
  };
  return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
}

/**
 * Request Care Services Updates (https://profiles.ihe.net/ITI/mCSD/ITI-91.html): changes and deletions since `_since`,
 * the newest first.
 */
export async function directoryUpdates(gateway: Gateway, context: Context, type: string): Promise<ReadOutcome> {
  const parameters = new URL(context.req.url).searchParams;
  const query = directoryQueryOf(type, parameters, []);
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
    link: links(base, `${type}/_history`, parameters, next),
    entry: page.map((it) => directoryEntry(base, it)),
  };
  return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
}

const resultParameters = new Set(['_count', '_cursor', '_format', '_since']);

function directoryQueryOf(
  type: string,
  parameters: URLSearchParams,
  offered: readonly DirectoryParameter[],
): Result<DirectoryQuery> {
  const criteria: DirectoryCriterion[] = [];
  for (const [name, value] of parameters) {
    if (resultParameters.has(name)) continue;
    const parameter = offered.find((it) => it === name);
    if (!parameter)
      return failure(issue('search-parameter-unknown', { type, offered: offered.join(', ') || '_since' }));
    if (value === '') return failure(issue('search-value-malformed', { parameter }));
    criteria.push({ name: parameter, values: value.split(',') });
  }
  const count = Number(parameters.get('_count') ?? pageSize.usual);
  if (!Number.isInteger(count) || count < 1) return failure(issue('search-value-malformed', { parameter: '_count' }));
  return success({ criteria, count: Math.min(count, pageSize.largest), cursor: parameters.get('_cursor') ?? '' });
}

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
