import { copyDecimalText, decimalText } from '../../fhir/decimal.ts';
import type { FormField, FormModel } from './form-model.ts';

const textTypes: ReadonlySet<string> = new Set(['string', 'markdown', 'code', 'id']);

/** Whether a field takes text. */
export const isText = ({ type }: FormField): boolean => textTypes.has(type);

/**
 * A form in which a number, true or false in a text field is the text that its sender wrote: programs write house numbers and
 * codes as numbers. As a number 1.10 would become 1.1, a long one would lose digits, and 1e400 would become Infinity.
 */
export const textsAsWritten = ({ fields }: FormModel, form: object): object => objectAsWritten(fields, form as Values);

type Values = Readonly<Record<string, unknown>>;

/** The object itself, or a copy when any of its values changes. */
function objectAsWritten(fields: ReadonlyMap<string, FormField>, values: Values): Values {
  let copy: Record<string, unknown> | undefined;
  for (const [name, field] of fields) {
    const value = values[name];
    const written = valueAsWritten(field, value, values, name);
    if (written === value) continue;
    copy ??= copyOf(values, { ...values });
    copy[name] = written;
  }
  return copy ?? values;
}

function valueAsWritten(field: FormField, value: unknown, parent: object, key: string | number): unknown {
  if (typeof value === 'number') return isText(field) ? decimalText(parent, key) : value;
  if (typeof value === 'boolean') return isText(field) ? String(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return field.fields ? objectAsWritten(field.fields, value as Values) : value;
  let copy: unknown[] | undefined;
  for (const [at, item] of value.entries()) {
    const written = valueAsWritten(field, item, value, at);
    if (written === item) continue;
    copy ??= copyOf(value, [...value]);
    copy[at] = written;
  }
  return copy ?? value;
}

function copyOf<T extends object>(from: object, to: T): T {
  for (const key of Object.keys(from)) copyDecimalText(from, key, to, key);
  return to;
}
