/**
 * A criterion of a request, converted to terms that an adapter looks up in its index. Prefixes:
 * https://hl7.org/fhir/R4/search.html#prefix
 */
import { type DateRange, dateRange } from './date-range.ts';
import type { Criterion } from './port.ts';
import { absent, type HideValue, isIdentifier } from './search-index.ts';
import { type Prefix, parametersOf, prefixes, type SearchParameter } from './search-parameters.ts';

/** Absent `value` or `system` means any. `id`: the value of an identifier as it was sent, which may be the id of a resource. */
export type TokenTerm = { readonly value?: string; readonly system?: string; readonly id?: string };
export type DateTerm = DateRange & { readonly prefix: Prefix };

/** One criterion: any of its terms (with `not`, none of them). */
export type Terms =
  | { readonly kind: 'id'; readonly values: readonly string[] }
  | { readonly kind: 'updated'; readonly terms: readonly DateTerm[] }
  | { readonly kind: 'date'; readonly parameter: string; readonly terms: readonly DateTerm[] }
  | { readonly kind: 'token'; readonly parameter: string; readonly not: boolean; readonly terms: readonly TokenTerm[] }
  | { readonly kind: 'either'; readonly of: readonly Terms[] }
  /** A reference to a resource of a type that meets the inner terms. */
  | { readonly kind: 'through'; readonly parameter: string; readonly type: string; readonly inner: Terms }
  | Unreadable;

export type Unreadable =
  | { readonly kind: 'unsupported'; readonly name: string }
  | { readonly kind: 'malformed'; readonly name: string };

/** What terms depend on beside the criterion: `now` for the prefix `ap`. */
export type TermsContext = { readonly hide: HideValue; readonly now?: Date | undefined };

export function termsOf(type: string, criterion: Criterion, context: TermsContext): Terms {
  const { or = [], through, ...plain } = criterion;
  const own = through ? throughTerms(type, criterion.name, { ...through, context }) : plainTerms(type, plain, context);
  if (or.length === 0) return own;
  const of = [own, ...or.map((it) => termsOf(type, it, context))];
  return of.find(isUnreadable) ?? { kind: 'either', of };
}

export const isUnreadable = (it: Terms): it is Unreadable => it.kind === 'unsupported' || it.kind === 'malformed';

function throughTerms(
  type: string,
  parameter: string,
  through: NonNullable<Criterion['through']> & { readonly context: TermsContext },
): Terms {
  if (parametersOf(type)[parameter]?.kind !== 'reference') return { kind: 'unsupported', name: parameter };
  const inner = termsOf(through.type, through.criterion, through.context);
  return isUnreadable(inner) ? inner : { kind: 'through', parameter, type: through.type, inner };
}

function plainTerms(type: string, { name, modifier, values }: Criterion, { hide, now }: TermsContext): Terms {
  const unsupported = { kind: 'unsupported', name: modifier ? `${name}:${modifier}` : name } as const;
  if (name === '_id') return modifier ? unsupported : { kind: 'id', values };
  if (name === '_lastUpdated')
    return modifier ? unsupported : dateTerms({ name, values, now }, (terms) => ({ kind: 'updated', terms }));

  const parameters = parametersOf(type);
  const composed = modifier === 'identifier' ? `${name}:identifier` : name;
  const parameter = Object.hasOwn(parameters, composed) ? parameters[composed] : undefined;
  if (!parameter) return unsupported;
  if (modifier === 'missing') return missingTerms(name, values);
  const kind = parameter.kind;
  if (kind === 'statement') return unsupported;
  if (kind === 'date')
    return modifier ? unsupported : dateTerms({ name, values, now }, (terms) => ({ kind, parameter: name, terms }));
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

/** `true` or `false` (https://hl7.org/fhir/R4/search.html#modifiers). */
function missingTerms(name: string, values: readonly string[]): Terms {
  const [value, ...more] = values;
  if (more.length || (value !== 'true' && value !== 'false')) return { kind: 'malformed', name };
  return { kind: 'token', parameter: name, not: value === 'false', terms: [absent] };
}

type DateValues = { readonly name: string; readonly values: readonly string[]; readonly now: Date | undefined };

function dateTerms({ name, values, now }: DateValues, make: (terms: DateTerm[]) => Terms): Terms {
  const terms: DateTerm[] = [];
  for (const value of values) {
    const [, letters = '', text] = /^([a-z]{2})?(.*)$/s.exec(value) ?? [];
    const prefix = letters === '' ? 'eq' : prefixes.find((it) => it === letters);
    const range = dateRange(text);
    if (!range) return { kind: 'malformed', name };
    if (!prefix) return { kind: 'unsupported', name };
    if (prefix === 'ap' && !now) return { kind: 'unsupported', name };
    terms.push({ prefix, ...(prefix === 'ap' && now ? about(range, now) : range) });
  }
  return make(terms);
}

/** A range widened at both ends by a tenth of its distance from now, as the specification recommends for `ap`. */
function about({ low, high }: DateRange, now: Date): DateRange {
  const gap = Math.round(Math.max(Math.abs(now.getTime() - low), Math.abs(now.getTime() - high)) / 10);
  return { low: low - gap, high: high + gap };
}

/** `Type/id`, an absolute URL, or an id alone: then of any allowed type. */
const referenceTerms = (value: string, targets: readonly string[]): readonly TokenTerm[] =>
  value.includes('/') || value.includes(':') ? [{ value }] : targets.map((target) => ({ value: `${target}/${value}` }));

/** `code`, `system|code`, `|code` (without system) or `system|`. */
function tokenTerm(text: string, parameter: SearchParameter, hide: HideValue): TokenTerm {
  const [first = '', ...rest] = text.split(/(?<!\\)\|/).map((it) => it.replace(/\\([\\,$|])/g, '$1'));
  const value = rest.length ? rest.join('|') : first;
  const known = value === '' ? undefined : parameter.kind === 'token' && parameter.hidden ? hide(value) : value;
  const id = isIdentifier(parameter) ? { id: value } : {};
  if (!rest.length) return known === undefined ? {} : { value: known, ...id };
  if (known === undefined) return first === '' ? {} : { system: first };
  return { value: known, system: first, ...id };
}
