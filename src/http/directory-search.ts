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
import type { Shown } from './reader.ts';
import { reply } from './reply.ts';

const pageSize = { usual: 100, largest: 1_000 } as const;

type Asked = { readonly criteria: readonly DirectoryCriterion[]; readonly count: number; readonly cursor: string };

/** Find Matching Care Services (IHE ITI-90), and the initial load of who replicates this directory: page by page, by id. */
export function searchDirectory(gateway: Gateway, context: Context, type: string, parameters: URLSearchParams): Shown {
  const asked = askedOf(type, parameters, directoryParameters);
  if (!asked.ok) return { kind: 'refused', issues: asked.issues };
  const { criteria, count, cursor } = asked.value;
  const { network, living } = gateway;
  const held = ownResources(network, type).flatMap((resource) => {
    const known = living.version(`${type}/${resource.id}`);
    return known && meetsCriteria({ resource, at: known.at }, criteria) ? [{ resource, known }] : [];
  });
  const from = held.filter(({ resource }) => (resource.id ?? '') > cursor);
  const page = from.slice(0, count);
  const base = network.settings.baseUrl;
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    total: held.length,
    link: links(base, type, parameters, from.length > page.length ? page.at(-1)?.resource.id : undefined),
    entry: page.map(({ resource, known }) => ({
      fullUrl: `${base}/${type}/${resource.id}`,
      resource: versioned(resource, known) as NonNullable<NonNullable<Bundle['entry']>[number]['resource']>,
      search: { mode: 'match' },
    })),
  };
  return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
}

/** Request Care Services Updates (IHE ITI-91): what changed since, deletions among it, newest first. */
export async function directoryUpdates(gateway: Gateway, context: Context, type: string): Promise<Shown> {
  const parameters = new URL(context.req.url).searchParams;
  const asked = askedOf(type, parameters, []);
  if (!asked.ok) return { kind: 'refused', issues: asked.issues };
  const since = parameters.get('_since');
  if (since !== null && Number.isNaN(Date.parse(since)))
    return { kind: 'refused', issues: [issue('search-value-malformed', { parameter: '_since' })] };
  const entries = await directoryEntries(gateway.store, {
    type,
    source: ownSource,
    ...(since === null ? {} : { since: new Date(since) }),
  });
  const before = asked.value.cursor === '' ? Number.POSITIVE_INFINITY : Number(asked.value.cursor);
  const from = entries.filter(({ seq }) => seq < before).reverse();
  const page = from.slice(0, asked.value.count);
  const base = gateway.network.settings.baseUrl;
  const next = from.length > page.length ? String(page.at(-1)?.seq) : undefined;
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'history',
    total: entries.length,
    link: links(base, `${type}/_history`, parameters, next),
    entry: page.map((it) => directoryEntry(base, it)),
  };
  return { kind: 'shown', response: reply(context, bundle, 200), references: [] };
}

const shaping = new Set(['_count', '_cursor', '_format', '_since']);

function askedOf(type: string, parameters: URLSearchParams, offered: readonly DirectoryParameter[]): Result<Asked> {
  const criteria: DirectoryCriterion[] = [];
  for (const [name, value] of parameters) {
    if (shaping.has(name)) continue;
    const known = offered.find((it) => it === name);
    if (!known) return failure(issue('search-parameter-unknown', { type, offered: offered.join(', ') || '_since' }));
    if (value === '') return failure(issue('search-value-malformed', { parameter: known }));
    criteria.push({ name: known, values: value.split(',') });
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
