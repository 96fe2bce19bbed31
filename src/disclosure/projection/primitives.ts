import type { Filter } from './filter.ts';

/** A string of this form. */
export const matching =
  (form: RegExp): Filter =>
  (value) =>
    typeof value === 'string' && form.test(value) ? value : undefined;

/** The same, with an upper bound on its length checked first. */
export const limited =
  (length: number, form: RegExp): Filter =>
  (value) =>
    typeof value === 'string' && value.length <= length && form.test(value) ? value : undefined;

export const text: Filter = (value) => (typeof value === 'string' ? value : undefined);
/** A FHIR code; its form excludes free text. */
export const code: Filter = matching(/^[a-z]+(-[a-z]+)*$/);
export const dateTime: Filter = matching(/^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)?)?$/);
export const number: Filter = (value) => (typeof value === 'number' ? value : undefined);
/** An id of the gateway; excludes a number of a person under any system. */
export const uuid: Filter = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
export const versionNumber: Filter = matching(/^\d{1,10}$/);

export const startingWith =
  (start: string, form: RegExp): Filter =>
  (value) =>
    typeof value === 'string' && value.startsWith(start) && form.test(value) ? value : undefined;
