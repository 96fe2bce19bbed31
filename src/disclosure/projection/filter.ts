import type { Elements, Resource } from '../../fhir/resource.ts';

/** What the Consents permit, as data for conditions; everything is denied unless stated. */
export type Permissions = {
  /** Decides on a life domain as `system|code`. */
  readonly lifeDomain?: (lifeDomain: string) => boolean;
  readonly contactData?: boolean;
  readonly bsn?: boolean;
  /** Whether the life domains of a Goal permit it. */
  readonly goals?: (goal: Elements) => boolean;
  /** Whether the life domains of an activity permit it. */
  readonly activities?: (activity: Elements) => boolean;
  /** The content of a conversation may be disclosed: within care, and the person does not object. */
  readonly content?: boolean;
};

export type FilterContext = { readonly permissions: Permissions; readonly resource: Elements | Resource };

/** The permitted form of a value; undefined when it is withheld. */
export type Filter = (value: unknown, context: FilterContext) => unknown;

export const isElements = (value: unknown): value is Elements =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type Part = readonly [property: string, filter: Filter];

/** An object of these parts only, in this order; undefined when none remains. */
export const partsOf =
  (parts: readonly Part[]): Filter =>
  (value, context) => {
    if (!isElements(value)) return undefined;
    let passed: Record<string, unknown> | undefined;
    for (const [name, filter] of parts) {
      const part = Object.hasOwn(value, name) ? filter(value[name], context) : undefined;
      if (part === undefined) continue;
      passed ??= {};
      passed[name] = part;
    }
    return passed;
  };

/** Each item that passes; undefined when none does. */
export const listOf =
  (filter: Filter): Filter =>
  (value, context) => {
    if (!Array.isArray(value)) return undefined;
    const passed = value.map((it) => filter(it, context)).filter((it) => it !== undefined);
    return passed.length > 0 ? passed : undefined;
  };

/** The first of several forms that passes. */
export const firstOf = (filters: readonly Filter[]): Filter => {
  const [only, ...others] = filters;
  if (only && others.length === 0) return only;
  return (value, context) => {
    for (const filter of filters) {
      const passed = filter(value, context);
      if (passed !== undefined) return passed;
    }
    return undefined;
  };
};

export const whole: Filter = (value) => value;
