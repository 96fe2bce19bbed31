import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { type Collection, collectionParameters } from './interactions.ts';
import { preferencesOf } from './prefer.ts';
import { searchEntry } from './search.ts';
import { resultParameters } from './search-request.ts';
import { formRequested, inForm } from './subset.ts';

type Listed = Resource & { readonly id: string };

const pageSize = { usual: 500, largest: 1_000 } as const;

/**
 * Search of a collection of the gateway, by the parameters of `collectionParameters`, paged in the order given. Repeated
 * parameters are and-ed, commas or-ed. Issues: those of a search.
 */
export function collectionPage(
  context: Context,
  base: string,
  type: Collection,
  resources: readonly Listed[],
): Result<Bundle> {
  const parameters = new URL(context.req.url).searchParams;
  const isLenient = preferencesOf(context).handling === 'lenient';
  const offered = collectionParameters(type);
  const used = new URLSearchParams();
  let found = resources;
  let isLess = false;
  for (const [key, value] of parameters) {
    if (key === '_cursor') continue;
    if (resultParameters.has(key) && key !== '_sort') {
      used.append(key, value);
      continue;
    }
    const [name = '', ...modifiers] = key.split(':');
    const parameter = Object.hasOwn(offered, name) ? offered[name] : undefined;
    if (!parameter) {
      if (!isLenient)
        return failure(issue('search-parameter-unknown', { type, offered: Object.keys(offered).join(', ') }));
      isLess = true;
      continue;
    }
    if (modifiers.length) return failure(issue('search-modifier-unsupported', { parameter: name, offered: name }));
    const values = value.split(/(?<!\\),/).map((it) => it.replaceAll('\\,', ','));
    if (values.includes('')) return failure(issue('search-value-malformed', { parameter: name }));
    found = found.filter((it) => values.some((value) => parameter.matches(parameter.valueOf(it), value)));
    used.append(key, value);
  }
  const form = formRequested(parameters, type);
  if (!form.ok) return form;
  const [count, cursor] = [parameters.get('_count') ?? String(pageSize.usual), parameters.get('_cursor') ?? '0'];
  if (!/^\d{1,9}$/.test(count)) return failure(issue('search-value-malformed', { parameter: '_count' }));
  if (!/^\d{1,9}$/.test(cursor)) return failure(issue('search-value-malformed', { parameter: '_cursor' }));
  const start = Number(cursor);
  const end = form.value.countOnly ? start : start + Math.min(Number(count), pageSize.largest);
  const page = found.slice(start, end);
  const names = [...new Set(used.keys())].join(', ') || '-';
  const outcome = isLess ? operationOutcome([issue('search-parameter-ignored', { used: names })]) : undefined;
  const entry: BundleEntry[] = [
    ...page.map((it) => searchEntry(base, inForm(it, form.value), 'match')),
    ...(outcome ? [{ resource: outcome, search: { mode: 'outcome' as const } }] : []),
  ];
  const at = (query: URLSearchParams) => `${base}/${type}${query.size > 0 ? `?${query}` : ''}`;
  const hasNext = page.length > 0 && end < found.length;
  return success({
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    link: [
      { relation: 'self', url: at(used) },
      ...(hasNext ? [{ relation: 'next', url: at(new URLSearchParams([...used, ['_cursor', String(end)]])) }] : []),
    ],
    entry,
  });
}
