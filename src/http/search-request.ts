import { type Issue, issue } from '../fhir/issue.ts';
import { localReference, withoutVersion } from '../fhir/local-reference.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Criterion, Query } from '../store/port.ts';
import { modifiersOf, parametersOf, prefixes, sortableBy } from '../store/search-parameters.ts';
import { type RequestedInclusions, requestedInclusions } from './inclusions.ts';
import { searchable } from './interactions.ts';
import type { Preferences } from './prefer.ts';
import { formParameters, formRequested, type RequestedForm } from './subset.ts';

const pageSize = { usual: 50, largest: 500 } as const;

/** Parameters of paging and order. `_contained` has no effect: a contained resource is never a result of its own. */
const pageParameters: readonly string[] = ['_count', '_sort', '_cursor', '_total'];
const withoutEffect: readonly string[] = ['_contained', '_containedType'];

/** Parameters that shape an answer instead of selecting resources. */
export const resultParameters: ReadonlySet<string> = new Set([...formParameters, ...pageParameters, ...withoutEffect]);

/**
 * Upper bounds of one search: every value is compared with every remaining resource, while all other requests wait. Ids
 * are looked up by index and do not count.
 */
const limits = { values: 100, dates: 8 } as const;

const totals: ReadonlySet<string> = new Set(['none', 'estimate', 'accurate']);

export type SearchRequest = RequestedForm &
  RequestedInclusions & {
    readonly query: Query;
    /** The parameters that had effect, for the self link. */
    readonly used: URLSearchParams;
    /** Whether a parameter was ignored, which only a lenient search does. */
    readonly isLess: boolean;
  };

export type SearchContext = {
  readonly base: string;
  readonly now: Date;
  readonly handling: Preferences['handling'];
  /** What a criterion selects beside the element itself. */
  readonly widen: (criterion: Criterion) => Criterion;
};

/**
 * Parses a search (https://hl7.org/fhir/R4/search.html): repeated parameters are and-ed, commas or-ed. What is not supported
 * is refused, or, with `Prefer: handling=lenient`, ignored. A modifier is never ignored: the opposite might be found.
 */
export function searchRequest(
  type: string,
  parameters: URLSearchParams,
  context: SearchContext,
): Result<SearchRequest> {
  const criteria: Criterion[] = [];
  const used = new URLSearchParams();
  let isLess = false;
  const ignore = (unsupported: Issue): Issue | undefined => {
    isLess = true;
    return context.handling === 'lenient' ? undefined : unsupported;
  };
  for (const [key, value] of parameters) {
    if (key === '_include' || key === '_revinclude' || resultParameters.has(key)) continue;
    const unsupported = unsupportedKey(type, key);
    if (unsupported) {
      const refused = ignore(unsupported);
      if (refused) return failure(refused);
      continue;
    }
    const [name = '', modifier] = key.split(':');
    if (modifier !== undefined && !modifiersOf(type, name).includes(modifier))
      return failure(unknownModifier(type, name));
    if (value === '') return failure(issue('search-value-malformed', { parameter: name }));
    const values = splitValues(value).map((it) => searchedValue(type, name, it, context.base));
    criteria.push(context.widen({ name, ...(modifier ? { modifier } : {}), values }));
    used.append(key, value);
  }
  if (isTooMuch(type, criteria)) return failure(issue('search-too-costly', limits));

  const inclusions = requestedInclusions(type, parameters, used, ignore);
  if (!inclusions.ok) return inclusions;
  const form = formRequested(parameters, type);
  if (!form.ok) return form;
  const page = pageOf(type, parameters, ignore);
  if (!page.ok) return page;
  const { sort, count, total, cursor } = page.value;
  for (const [key, value] of parameters) {
    if (!resultParameters.has(key) || withoutEffect.includes(key) || key === '_cursor') continue;
    if (key !== '_sort' || sort === value) used.append(key, value);
  }
  const query = {
    criteria,
    sort,
    now: context.now,
    count: form.value.countOnly ? 0 : count,
    ...(cursor === undefined ? { total: total !== 'none' || form.value.countOnly } : { cursor }),
  };
  return success({ ...form.value, ...inclusions.value, query, used, isLess });
}

function unsupportedKey(type: string, key: string): Issue | undefined {
  const [name = '', ...more] = key.split(':');
  const isChained = more.some((it) => it.includes('.'));
  if (searchable(type).includes(name) && more.length <= 1 && !isChained) return undefined;
  return issue('search-parameter-unknown', { type, offered: searchable(type).join(', ') });
}

const unknownModifier = (type: string, name: string): Issue =>
  issue('search-modifier-unsupported', { parameter: name, offered: offeredWith(type, name) });

/** Modifiers and prefixes of a parameter, for a finding. */
export const offeredWith = (type: string, name: string): string => {
  const isDate = name === '_lastUpdated' || parametersOf(type)[name]?.kind === 'date';
  const offered = [...modifiersOf(type, name).map((it) => `:${it}`), ...(isDate ? prefixes : [])];
  return offered.join(', ') || name;
};

/** A reference under the own base is one of the gateway, in whatever version. */
function searchedValue(type: string, name: string, text: string, base: string): string {
  if (parametersOf(type)[name]?.kind !== 'reference') return text;
  const local = localReference(text, base);
  return /^[A-Za-z]+:/.test(local) ? local : withoutVersion(local.replace(/(?<!\/)\/+$/, ''));
}

function isTooMuch(type: string, criteria: readonly Criterion[]): boolean {
  const count = (which: (name: string) => boolean) =>
    criteria.reduce((sum, { name, values }) => sum + (which(name) ? values.length : 0), 0);
  const isDate = (name: string) => name === '_lastUpdated' || parametersOf(type)[name]?.kind === 'date';
  return count((name) => name !== '_id') > limits.values || count(isDate) > limits.dates;
}

function pageOf(type: string, parameters: URLSearchParams, ignore: (unsupported: Issue) => Issue | undefined) {
  const count = parameters.get('_count') ?? String(pageSize.usual);
  if (!/^\d{1,9}$/.test(count)) return failure(issue('search-value-malformed', { parameter: '_count' }));
  const total = parameters.get('_total') ?? 'accurate';
  if (!totals.has(total)) return failure(issue('search-value-malformed', { parameter: '_total' }));
  const newest = '-_lastUpdated';
  let sort = parameters.get('_sort') ?? newest;
  if (!sortableBy(type).includes(sort.replace(/^-/, ''))) {
    const refused = ignore(issue('search-sort-unsupported', { type, offered: sortableBy(type).join(', ') }));
    if (refused) return failure(refused);
    sort = newest;
  }
  const cursor = parameters.get('_cursor') ?? undefined;
  return success({ sort, total, cursor, count: Math.min(Number(count), pageSize.largest) });
}

/** Values are separated by commas; `\,` is a comma inside a value (https://hl7.org/fhir/R4/search.html#escaping). */
const splitValues = (text: string): string[] => text.split(/(?<!\\),/).map((it) => it.replaceAll('\\,', ','));
