/**
 * A criterion of a request, converted to terms that an adapter looks up in its index. Prefixes:
 * https://hl7.org/fhir/R4/search.html#prefix
 */
import { type DateRange, dateRange } from './date-range.ts';
import type { Criterion } from './port.ts';
import type { HideValue } from './search-index.ts';
import { parametersOf, type SearchParameter } from './search-parameters.ts';

const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'] as const;
export type Prefix = (typeof prefixes)[number];

/** Absent `value` or `system` means any. */
export type TokenTerm = { readonly value?: string; readonly system?: string };
export type DateTerm = DateRange & { readonly prefix: Prefix };

/** One criterion: any of its terms (with `not`, none of them). */
export type Terms =
  | { readonly kind: 'id'; readonly values: readonly string[] }
  | { readonly kind: 'updated'; readonly terms: readonly DateTerm[] }
  | { readonly kind: 'date'; readonly parameter: string; readonly terms: readonly DateTerm[] }
  | { readonly kind: 'token'; readonly parameter: string; readonly not: boolean; readonly terms: readonly TokenTerm[] }
  | Unreadable;

export type Unreadable =
  | { readonly kind: 'unsupported'; readonly name: string }
  | { readonly kind: 'malformed'; readonly name: string };

export function termsOf(type: string, { name, modifier, values }: Criterion, hide: HideValue): Terms {
  const unsupported = { kind: 'unsupported', name: modifier ? `${name}:${modifier}` : name } as const;
  if (name === '_id') return modifier ? unsupported : { kind: 'id', values };
  if (name === '_lastUpdated')
    return modifier ? unsupported : dateTerms(name, values, (terms) => ({ kind: 'updated', terms }));

  const parameters = parametersOf(type);
  const composed = modifier === 'identifier' ? `${name}:identifier` : name;
  const parameter = Object.hasOwn(parameters, composed) ? parameters[composed] : undefined;
  if (!parameter) return unsupported;
  const kind = parameter.kind;
  if (kind === 'date')
    return modifier ? unsupported : dateTerms(name, values, (terms) => ({ kind, parameter: name, terms }));
  if (kind === 'reference') {
    if (modifier !== undefined && !parameter.targets.includes(modifier)) return unsupported;
    const terms = values.flatMap((value) => referenceTerms(value, modifier ? [modifier] : parameter.targets));
    return { kind: 'token', parameter: composed, not: false, terms };
  }
  if (modifier !== undefined && modifier !== 'identifier' && modifier !== 'not') return unsupported;
  const terms = values.map((value) => tokenTerm(value, parameter, hide));
  if (terms.some((it) => it.value === undefined && it.system === undefined)) return { kind: 'malformed', name };
  return { kind: 'token', parameter: composed, not: modifier === 'not', terms };
}

function dateTerms(name: string, values: readonly string[], make: (terms: DateTerm[]) => Terms): Terms {
  const terms: DateTerm[] = [];
  for (const value of values) {
    const [, letters = '', text] = /^([a-z]{2})?(.*)$/s.exec(value) ?? [];
    const prefix = letters === '' ? 'eq' : prefixes.find((it) => it === letters);
    const range = dateRange(text);
    if (!range) return { kind: 'malformed', name };
    if (!prefix) return { kind: 'unsupported', name };
    terms.push({ prefix, ...range });
  }
  return make(terms);
}

/** `Type/id`, an absolute URL, or an id alone: then of any allowed type. */
const referenceTerms = (value: string, targets: readonly string[]): readonly TokenTerm[] =>
  value.includes('/') || value.includes(':') ? [{ value }] : targets.map((target) => ({ value: `${target}/${value}` }));

/** `code`, `system|code`, `|code` (without system) or `system|`. */
function tokenTerm(text: string, parameter: SearchParameter, hide: HideValue): TokenTerm {
  const [first = '', ...rest] = text.split(/(?<!\\)\|/).map((it) => it.replace(/\\([\\,$|])/g, '$1'));
  const value = rest.length ? rest.join('|') : first;
  const known = value === '' ? undefined : parameter.kind === 'token' && parameter.hidden ? hide(value) : value;
  if (!rest.length) return known === undefined ? {} : { value: known };
  if (known === undefined) return first === '' ? {} : { system: first };
  return { value: known, system: first };
}
