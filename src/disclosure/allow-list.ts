import type { Elements } from '../fhir/resource.ts';

/** The permitted form of an element; undefined when it is not permitted. */
export type ElementFilter = (value: unknown) => unknown;

/** Filters by element name. An element without a filter is not disclosed. */
export type AllowList = { readonly [element: string]: ElementFilter };

/** Reduces a resource or element to its allow-list; undefined when nothing remains. */
export function reduce(value: unknown, allowed: AllowList): Elements | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const elements = value as Elements;
  const passed = Object.entries(allowed).flatMap(([name, filter]) => {
    const element = Object.hasOwn(elements, name) ? filter(elements[name]) : undefined;
    return element === undefined ? [] : [[name, element] as const];
  });
  return passed.length ? Object.fromEntries(passed) : undefined;
}

/** Free text, unchanged. Use only for elements whose text the recipient may read. */
export const freeText: ElementFilter = (value) => (typeof value === 'string' ? value : undefined);

/** A FHIR code; its form excludes free text. */
export const code: ElementFilter = (value) =>
  typeof value === 'string' && /^[a-z]+(-[a-z]+)*$/.test(value) ? value : undefined;

export const dateTime: ElementFilter = (value) =>
  typeof value === 'string' && /^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)?)?$/.test(value) ? value : undefined;

export const element =
  (allowed: AllowList): ElementFilter =>
  (value) =>
    reduce(value, allowed);

export const list =
  (pass: ElementFilter): ElementFilter =>
  (value) => {
    const passed = (Array.isArray(value) ? value : []).map(pass).filter((it) => it !== undefined);
    return passed.length ? passed : undefined;
  };

export const oneOf =
  (...values: readonly string[]): ElementFilter =>
  (value) =>
    values.includes(value as string) ? value : undefined;

/** Codes of these systems, without display and text, which could contain anything. */
export const codesOf = (...systems: readonly string[]): ElementFilter =>
  element({
    coding: list((it) => {
      const coding = reduce(it, { system: oneOf(...systems), code });
      return coding && Object.keys(coding).length === 2 ? coding : undefined;
    }),
  });
