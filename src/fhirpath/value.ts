import { decimalText } from '../fhir/decimal.ts';
import { isA } from '../fhir/model.ts';
import type { Elements } from '../fhir/resource.ts';
import { type PrimitiveKind, primitiveKind, type TypeName } from './types.ts';
import { Decimal, fromNumber, parseDecimal, toNumber } from './values/decimal.ts';
import { Quantity } from './values/quantity.ts';
import { parseDate, parseDateTime, parseTime, Temporal } from './values/temporal.ts';

/**
 * An element with its type, where the value alone does not determine it: a choice, a child of an element of unknown type, a
 * primitive that has an id or extensions. Otherwise a collection contains the JSON itself.
 */
export class TypedNode {
  readonly type: TypeName;
  readonly value: unknown;
  /** For a primitive: the JSON of its `_name`. */
  readonly extras: Elements | undefined;
  /** For a decimal: its text, where JavaScript would print it differently. */
  readonly text: string | undefined;
  constructor(type: TypeName, value: unknown, extras?: Elements, text?: string) {
    this.type = type;
    this.value = value;
    this.extras = extras;
    this.text = text;
  }
}

/** Result of type() (https://hl7.org/fhirpath/N1/#reflection). */
export class TypeInfo {
  readonly namespace: string;
  readonly name: string;
  constructor(namespace: string, name: string) {
    this.namespace = namespace;
    this.name = name;
  }
  toString(): string {
    return `${this.namespace}.${this.name}`;
  }
}

export const resourceTypeOf = (value: unknown): string | undefined => {
  const type = (value as { resourceType?: unknown } | null | undefined)?.resourceType;
  return typeof type === 'string' ? type : undefined;
};

/** The type of an item in a collection whose static type is `type`. */
export function typeOf(item: unknown, type?: TypeName): TypeName | undefined {
  if (item instanceof TypedNode) return item.type;
  if (type !== undefined) return type;
  switch (typeof item) {
    case 'string':
      return 'System.String';
    case 'boolean':
      return 'System.Boolean';
    case 'number':
      return Number.isInteger(item) ? 'System.Integer' : 'System.Decimal';
    case 'bigint':
      return 'System.Long';
  }
  if (item instanceof Decimal) return 'System.Decimal';
  if (item instanceof Temporal) return `System.${item.kind}`;
  if (item instanceof Quantity) return 'System.Quantity';
  return resourceTypeOf(item);
}

/** The JSON of an element, without its type. */
export const rawOf = (item: unknown): unknown => (item instanceof TypedNode ? item.value : item);

/**
 * The FHIRPath value of an item: a FHIR primitive becomes a string, boolean, number (Integer), Decimal or Temporal, a FHIR
 * Quantity a Quantity; other complex elements stay JSON. Undefined for a primitive or Quantity without value, or with a value
 * that does not match its type.
 */
export function systemValue(item: unknown, type?: TypeName): unknown {
  if (item instanceof TypedNode) return converted(item.value, item.type, item.text);
  if (type === undefined) {
    if (typeof item === 'number' && !Number.isInteger(item)) return fromNumber(item);
    return item;
  }
  return converted(item, type, undefined);
}

function converted(value: unknown, type: TypeName, text: string | undefined): unknown {
  if (value === undefined || value === null) return undefined;
  const kind = primitiveKind(type);
  if (kind) return primitiveValue(value, kind, text);
  if (typeof value === 'object' && isA(type, 'Quantity')) return toQuantity(value as Elements);
  return value;
}

export function primitiveValue(value: unknown, kind: PrimitiveKind, text?: string): unknown {
  switch (kind) {
    case 'string':
    case 'boolean':
      return value;
    case 'integer':
    case 'decimal':
      if (typeof value !== 'number') return undefined;
      if (kind === 'integer' && Number.isInteger(value)) return value;
      return text === undefined ? fromNumber(value) : parseDecimal(text);
    case 'date':
      return typeof value === 'string' ? parseDate(value) : undefined;
    case 'dateTime':
      return typeof value === 'string' ? parseDateTime(value) : undefined;
    case 'time':
      return typeof value === 'string' ? parseTime(value) : undefined;
  }
}

const ucumSystem = 'http://unitsofmeasure.org';
const calendarSystem = 'http://hl7.org/fhirpath/CodeSystem/calendar-units';

/** A FHIR Quantity as a System.Quantity; undefined without a value, or with a comparator, which denotes a range. */
export function toQuantity(quantity: Elements): Quantity | undefined {
  const text = decimalText(quantity, 'value');
  const value = text === undefined ? undefined : parseDecimal(text);
  if (!value || quantity.comparator !== undefined) return undefined;
  const { system, code, unit } = quantity;
  if (typeof code === 'string' && system === ucumSystem) {
    if (code === 'a' || code === 'mo') return new Quantity(value, code === 'a' ? 'year' : 'month', 'mapped');
    return new Quantity(value, code);
  }
  if (typeof code === 'string' && system === calendarSystem)
    return new Quantity(value, code.replace(/s$/, ''), 'calendar');
  const named = typeof code === 'string' ? code : typeof unit === 'string' ? unit : undefined;
  return named === undefined ? new Quantity(value, '1') : new Quantity(value, named, 'foreign');
}

/** The result for a caller: plain JS values; a primitive with extensions only is the JSON of these. */
export function plainValue(item: unknown): unknown {
  if (item instanceof TypedNode) return item.value === undefined || item.value === null ? item.extras : item.value;
  if (item instanceof Decimal) return toNumber(item);
  if (typeof item === 'bigint') return Number.isSafeInteger(Number(item)) ? Number(item) : item;
  return item;
}
