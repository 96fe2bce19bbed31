import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { dateRange } from '../store/date-range.ts';
import type { StoredResource } from '../store/port.ts';
import { preferencesOf } from './prefer.ts';
import { formParameters, formRequested, inForm, type RequestedForm } from './subset.ts';

const pageSize = { usual: 100, largest: 1_000 } as const;

const parameters: readonly string[] = ['_since', '_count', '_cursor', ...formParameters];

type Version = { readonly version: number; readonly at: Date };

type HistoryRequest<V extends Version> = {
  readonly base: string;
  /** `Task/<id>` */
  readonly address: string;
  /** The newest first. */
  readonly versions: readonly V[];
  readonly entryOf: (version: V, form: RequestedForm) => BundleEntry;
};

/**
 * History of one resource, newest first, with `_since`, `_count` and pages (https://hl7.org/fhir/R4/http.html#history).
 * Issues: `search-parameter-unknown`, `search-value-malformed`.
 */
export function historyPage<V extends Version>(context: Context, request: HistoryRequest<V>): Result<Bundle> {
  const { base, address, versions, entryOf } = request;
  const sent = new URL(context.req.url).searchParams;
  const isLenient = preferencesOf(context).handling === 'lenient';
  const unknown = [...sent.keys()].filter((name) => !parameters.includes(name));
  if (unknown.length && !isLenient)
    return failure(issue('search-parameter-unknown', { type: '_history', offered: '_since, _count' }));
  const used = new URLSearchParams([...sent].filter(([name]) => parameters.includes(name) && name !== '_cursor'));
  const [since, count, cursor] = ['_since', '_count', '_cursor'].map((name) => sent.get(name));
  // a `+` in a query is decoded as a space, which an instant does not contain
  const from = since ? dateRange(since.replace(' ', '+'))?.low : Number.NEGATIVE_INFINITY;
  if (from === undefined) return failure(issue('search-value-malformed', { parameter: '_since' }));
  if (count && !/^\d{1,9}$/.test(count)) return failure(issue('search-value-malformed', { parameter: '_count' }));
  if (cursor && !/^\d{1,9}$/.test(cursor)) return failure(issue('search-value-malformed', { parameter: '_cursor' }));
  const form = formRequested(sent, address.split('/')[0] ?? '');
  if (!form.ok) return form;
  const matching = versions.filter(({ at }) => at.getTime() >= from);
  const remaining = cursor ? matching.filter(({ version }) => version < Number(cursor)) : matching;
  const isCount = form.value.countOnly;
  const page = remaining.slice(0, isCount ? 0 : Math.min(Number(count || pageSize.usual), pageSize.largest));
  const last = page.at(-1);
  const at = (query: URLSearchParams) => `${base}/${address}/_history${query.size > 0 ? `?${query}` : ''}`;
  const next = new URLSearchParams([...used, ['_cursor', String(last?.version)]]);
  return success({
    resourceType: 'Bundle',
    type: 'history',
    total: matching.length,
    link: [
      { relation: 'self', url: at(used) },
      ...(last && remaining.length > page.length ? [{ relation: 'next', url: at(next) }] : []),
    ],
    entry: page.map((it) => entryOf(it, form.value)),
  });
}

/** Entry of a stored version (https://hl7.org/fhir/R4/http.html#history). */
export const storedEntry =
  (base: string) =>
  ({ type, id, text, version, lastUpdated }: StoredResource, form: RequestedForm): BundleEntry => ({
    fullUrl: `${base}/${type}/${id}`,
    resource: inForm(parseJson(text), form) as NonNullable<BundleEntry['resource']>,
    request: { method: version === 1 ? 'POST' : 'PUT', url: version === 1 ? type : `${type}/${id}` },
    response: {
      status: version === 1 ? '201' : '200',
      etag: `W/"${version}"`,
      lastModified: lastUpdated.toISOString(),
    },
  });
