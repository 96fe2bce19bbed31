import type { Facts } from '../facts/facts.ts';
import { listOf, type TestedFact, type When } from './routes-file.ts';

/** Name of the fact in records and as %variable, where it differs from the name of its condition. */
export const factOf = (name: TestedFact): keyof Facts => (name === 'diagnosis-group' ? 'diagnosisGroup' : name);

/** The value of a condition that matches an unknown fact. */
const absent: Partial<Record<TestedFact, string>> = { language: 'unknown', age: 'unknown', 'diagnosis-group': 'none' };

export type FactValue = string | number | boolean | null;

type ExpectedValue = NonNullable<When[TestedFact]>;
type Ages = { readonly from?: number; readonly below?: number };
type Not = { readonly not: string | readonly string[] };

const isObject = (wanted: ExpectedValue): wanted is ExpectedValue & object =>
  typeof wanted === 'object' && !Array.isArray(wanted);
const isNot = (wanted: ExpectedValue): wanted is ExpectedValue & Not => isObject(wanted) && 'not' in wanted;

/** Whether a condition on one fact holds. */
export function holds(name: TestedFact, wanted: ExpectedValue, value: FactValue): boolean {
  if (value === null) return !isObject(wanted) && listOf<unknown>(wanted).includes(absent[name]);
  if (isNot(wanted)) return !listOf(wanted.not).includes(String(value));
  if (isObject(wanted)) {
    const { from = 0, below = Infinity } = wanted as Ages;
    return typeof value === 'number' && from <= value && value < below;
  }
  return listOf<unknown>(wanted).some((it) => String(it) === String(value));
}

/** A condition as shown in records: `owner: none | network`, `age: >= 18 & < 65`, `language: not nl`. */
export function describeCondition(name: TestedFact, wanted: ExpectedValue): string {
  if (isNot(wanted)) return `${name}: not ${listOf(wanted.not).join(' | not ')}`;
  if (isObject(wanted)) {
    const { from, below } = wanted as Ages;
    const parts = [...(from === undefined ? [] : [`>= ${from}`]), ...(below === undefined ? [] : [`< ${below}`])];
    return `${name}: ${parts.join(' & ')}`;
  }
  return `${name}: ${listOf<unknown>(wanted).map(String).join(' | ')}`;
}

const domains: Readonly<Partial<Record<TestedFact, readonly string[]>>> = {
  source: ['gateway-profile', 'mapped'],
  owner: ['none', 'network', 'referrer', 'service', 'organization', 'unknown'],
  residence: ['inside', 'outside', 'unknown'],
  referrer: ['known', 'person', 'unknown'],
  urgent: ['true', 'false'],
  complaint: ['psychological', 'other', 'none'],
  echelon: ['general-practice', 'basic', 'specialist', 'social', 'none'],
};

/** Every value of a fact that these conditions distinguish: for an open list, the values named and one other. */
export function domainOf(name: TestedFact, conditions: readonly When[]): readonly FactValue[] {
  const known = domains[name];
  if (known) return known;
  const wanted = conditions.flatMap((it) => (it[name] === undefined ? [] : [it[name]]));
  if (name === 'age') {
    const ends = wanted.flatMap((it) => (typeof it === 'object' ? Object.values(it) : []).map(Number));
    return [null, ...new Set([0, ...ends])];
  }
  const named = wanted
    .flatMap((it) => listOf<unknown>(isNot(it) ? it.not : it).map(String))
    .filter((it) => it !== absent[name]);
  return [null, 'another', ...new Set(named)];
}
