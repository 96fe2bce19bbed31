import { nameOf } from './comparison.ts';
import { type Compiled, type One, oneOf } from './compiled.ts';
import { FhirPathEvaluationError } from './error.ts';
import { jsKind, type TypeName } from './types.ts';
import { rawOf, systemValue } from './value.ts';
import { Decimal } from './values/decimal.ts';
import { Quantity } from './values/quantity.ts';
import { Temporal, textOf } from './values/temporal.ts';

/** toString() of a System value (https://hl7.org/fhirpath/N1/#tostring-string); undefined for a value without a text form. */
export function toText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
  }
  if (value instanceof Temporal) return textOf(value);
  return value instanceof Decimal || value instanceof Quantity ? String(value) : undefined;
}

/** The text of a primitive; throws for a complex element. */
export function textValue(item: unknown, type: TypeName | undefined, what: string): string | undefined {
  const raw = rawOf(item);
  if (typeof raw === 'string') return raw;
  const value = systemValue(item, type);
  const text = toText(value);
  if (text === undefined && value !== undefined)
    throw new FhirPathEvaluationError(`${what} takes a string, not ${nameOf(value)}`);
  return text;
}

/**
 * The single string of an input or argument; throws when it is of another type. Accepts every FHIR primitive with a text
 * form, dates included.
 */
export function stringOf(it: Compiled, what: string): (...of: Parameters<One>) => string | undefined {
  const one = oneOf(it, what);
  const convert = (item: unknown): string | undefined => {
    const raw = rawOf(item);
    if (typeof raw === 'string' || raw === undefined) return raw;
    throw new FhirPathEvaluationError(`${what} takes a string, not ${nameOf(systemValue(item, it.type))}`);
  };
  if (jsKind(it.type) !== 'string') return (self, scope) => convert(one(self, scope));
  return (self, scope) => {
    const item = one(self, scope);
    return typeof item === 'string' || item === undefined ? item : convert(item);
  };
}

/** The single Integer of an argument. */
export function integerOf(it: Compiled, what: string): (...of: Parameters<One>) => number | undefined {
  const one = oneOf(it, what);
  return (self, scope) => {
    const item = one(self, scope);
    const value = item === undefined ? undefined : systemValue(item, it.type);
    if (typeof value === 'number' || value === undefined) return value;
    throw new FhirPathEvaluationError(`${what} takes an Integer, not ${nameOf(value)}`);
  };
}
