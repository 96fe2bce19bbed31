import type { Elements } from '../fhir/resource.ts';

/** What an element may pass as; undefined: it does not pass. */
export type Pass = (value: unknown) => unknown;

/** The elements that pass, by name. What is not in it does not exist for the recipient. */
export type AllowList = { readonly [element: string]: Pass };

/** A resource or element reduced to its allow-list; undefined when nothing of it is left. */
export function reduce(value: unknown, allowed: AllowList): Elements | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const given = value as Elements;
  const kept = Object.entries(allowed).flatMap(([element, pass]) => {
    const passed = Object.hasOwn(given, element) ? pass(given[element]) : undefined;
    return passed === undefined ? [] : [[element, passed] as const];
  });
  return kept.length ? Object.fromEntries(kept) : undefined;
}

/** Words as they are: only where words are what the recipient is meant to read. */
export const words: Pass = (value) => (typeof value === 'string' ? value : undefined);

/** A code of FHIR's own; its form leaves no room for words. */
export const code: Pass = (value) =>
  typeof value === 'string' && /^[a-z]+(-[a-z]+)*$/.test(value) ? value : undefined;

export const dateTime: Pass = (value) =>
  typeof value === 'string' && /^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)?)?$/.test(value) ? value : undefined;

export const element =
  (allowed: AllowList): Pass =>
  (value) =>
    reduce(value, allowed);

export const list =
  (pass: Pass): Pass =>
  (value) => {
    const kept = (Array.isArray(value) ? value : []).map(pass).filter((it) => it !== undefined);
    return kept.length ? kept : undefined;
  };

export const one =
  (...values: readonly string[]): Pass =>
  (value) =>
    values.includes(value as string) ? value : undefined;

/** Codes of these systems, without display or text: both are free to say anything. */
export const codesOf = (...systems: readonly string[]): Pass =>
  element({
    coding: list((it) => {
      const coding = reduce(it, { system: one(...systems), code });
      return coding && Object.keys(coding).length === 2 ? coding : undefined;
    }),
  });
