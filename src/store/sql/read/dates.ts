import type { Prefix } from '../../search-parameters.ts';
import type { DateTerm } from '../../search-terms.ts';
import type { Fragment } from './fragment.ts';

/** Compares the range [low, high] of a resource with that of the query, by prefix. */
const compare: Readonly<Record<Prefix, (low: string, high: string) => string>> = {
  eq: (low, high) => `(${low} >= :low and ${high} <= :high)`,
  ne: (low, high) => `not (${low} >= :low and ${high} <= :high)`,
  gt: (_, high) => `${high} > :high`,
  lt: (low) => `${low} < :low`,
  ge: (_, high) => `${high} >= :low`,
  le: (low) => `${low} <= :high`,
  sa: (low) => `${low} > :high`,
  eb: (_, high) => `${high} < :low`,
  ap: (low, high) => `(${low} <= :high and ${high} >= :low)`,
};

/** Whether the range in two columns matches. One that is null matches no prefix. */
export function during(term: DateTerm, low: string, high: string): Fragment {
  const values: number[] = [];
  const sql = compare[term.prefix](low, high).replace(/:(low|high)/g, (_, end: 'low' | 'high') => {
    values.push(term[end]);
    return '?';
  });
  return { sql, values };
}
