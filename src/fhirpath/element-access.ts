import { decimalText, hasDecimalTexts } from '../fhir/decimal.ts';
import { type ElementModel, type TypeModel, typeModel, upperFirst } from '../fhir/model.ts';
import type { Elements } from '../fhir/resource.ts';
import { isPolymorphic, type PrimitiveKind, primitiveKind, type TypeName } from './types.ts';
import { TypedNode } from './value.ts';

/** Reads one element of a JSON object: all its items into `out`. */
export type Read = (object: Elements, out: unknown[]) => void;

const asObject = (value: unknown): Elements | undefined =>
  typeof value === 'object' && value !== null ? (value as Elements) : undefined;

/** One item of a primitive: the JSON value, or a node when it has an id, an extension, or digits to preserve. */
export function primitiveItem(type: TypeName, value: unknown, extras: unknown, text?: string): unknown {
  const more = asObject(extras);
  if (!more && text === undefined) return value ?? undefined;
  return new TypedNode(type, value ?? undefined, more, text);
}

/** The digits of a decimal, when they differ from those that JavaScript prints. */
export function keptText(object: object, key: string | number): string | undefined {
  if (!hasDecimalTexts(object)) return undefined;
  const text = decimalText(object, key);
  return text === String((object as Record<string | number, unknown>)[key]) ? undefined : text;
}

/** Reads the property `name` and its `_name`, of a known type; items aren't boxed. */
export function readProperty(name: string, type: TypeName): Read {
  if (primitiveKind(type)) return readPrimitive(name, type);
  return (object, out) => {
    const value = object[name];
    if (Array.isArray(value)) {
      for (const item of value) if (item !== null && item !== undefined) out.push(item);
    } else if (value !== undefined && value !== null) out.push(value);
  };
}

function readPrimitive(name: string, type: TypeName): Read {
  const beside = `_${name}`;
  const decimal = type === 'decimal';
  return (object, out) => {
    const [value, extras] = [object[name], object[beside]];
    if (!Array.isArray(value) && !Array.isArray(extras)) {
      const item = primitiveItem(type, value, extras, decimal ? keptText(object, name) : undefined);
      if (item !== undefined) out.push(item);
      return;
    }
    const [values, all] = [Array.isArray(value) ? value : [], Array.isArray(extras) ? extras : []];
    for (let at = 0; at < Math.max(values.length, all.length); at += 1) {
      const item = primitiveItem(type, values[at], all[at], decimal ? keptText(values, at) : undefined);
      if (item !== undefined) out.push(item);
    }
  };
}

/** Reads like `read`, with items that carry their own type. */
function boxing(read: Read, type: TypeName): Read {
  return (object, out) => {
    const from = out.length;
    read(object, out);
    for (let at = from; at < out.length; at += 1) {
      const item = out[at];
      if (!(item instanceof TypedNode)) out[at] = new TypedNode(type, item);
    }
  };
}

/** The same for an element of any kind, its items boxed unless they are resources. */
export function readElement(element: ElementModel): Read {
  if (element.choice) return readChoice(element);
  return readBoxed(element.name, element.types[0] as TypeName);
}

export const readBoxed = (property: string, type: TypeName): Read => {
  const read = readProperty(property, type);
  return isPolymorphic(type) ? read : boxing(read, type);
};

/** `value[x]`: the property that is present. For a small choice it probes each one, for a large one it scans the object's keys. */
function readChoice({ name, types }: ElementModel): Read {
  const reads = new Map(types.map((type) => [name + upperFirst(type), readBoxed(name + upperFirst(type), type)]));
  if (types.length <= 4) {
    const all = [...reads].map(([property, read]) => ({ property, beside: `_${property}`, read }));
    return (object, out) => {
      for (const { property, beside, read } of all)
        if (object[property] !== undefined || object[beside] !== undefined) read(object, out);
    };
  }
  return (object, out) => {
    for (const key in object) {
      if (key.startsWith(name)) reads.get(key)?.(object, out);
      else if (key.startsWith('_') && object[key.slice(1)] === undefined) reads.get(key.slice(1))?.(object, out);
    }
  };
}

/** Readers of a type, cached by element name and by JSON property. */
type Access = { readonly elements: Map<string, Read | null>; readonly properties: Map<string, Read | null> };
const accesses = new WeakMap<TypeModel, Access>();

function accessOf(model: TypeModel): Access {
  const known = accesses.get(model);
  if (known) return known;
  const access = { elements: new Map(), properties: new Map() };
  accesses.set(model, access);
  return access;
}

/** The reader of element `name` of a type; undefined when the type does not have it. */
export function readerOf(type: TypeName, name: string): Read | undefined {
  const model = typeModel(type);
  if (!model || isPolymorphic(type)) return readUntyped(name);
  const { elements } = accessOf(model);
  let read = elements.get(name);
  if (read === undefined) {
    const element = model.kind === 'primitive-type' ? undefined : model.elements.get(name);
    read = element ? readElement(element) : null;
    elements.set(name, read);
  }
  return read ?? undefined;
}

/** The reader of a JSON property (`valueString`, `_given`) of a type; undefined when the type does not have it. */
export function propertyReader(model: TypeModel, key: string): Read | undefined {
  const { properties } = accessOf(model);
  const read = properties.get(key);
  if (read !== undefined) return read ?? undefined;
  const name = key.startsWith('_') ? key.slice(1) : key;
  const type = key === 'resourceType' && model.kind === 'resource' ? undefined : model.properties.get(name)?.type;
  const plain = type === undefined ? null : readBoxed(name, type);
  // `_given` is read together with `given`, and separately only where `given` is absent
  const made: Read | null =
    plain && name !== key
      ? (object, out) => {
          if (object[name] === undefined) plain(object, out);
        }
      : plain;
  // unknown keys come from messages: caching them would let the cache grow without bound
  if (made) properties.set(key, made);
  return made ?? undefined;
}

/**
 * Reader for JSON of unknown type: the property itself, or the property that is `name` followed by a type. Primitives
 * become System values.
 */
export function readUntyped(name: string): Read {
  const plain = readProperty(name, '');
  return (object, out) => {
    if (Object.hasOwn(object, name)) return plain(object, out);
    for (const key of Object.keys(object)) {
      const type = key.startsWith(name) ? choiceType(key.slice(name.length)) : undefined;
      if (type) return readBoxed(key, type)(object, out);
    }
  };
}

/** Reads an element of a logical model with its type; a value whose JSON type is another one is read as it is. */
export function readDeclared(name: string, type: TypeName): Read {
  const kind = primitiveKind(type);
  const json = kind === undefined ? 'object' : (jsonTypes[kind] ?? 'string');
  const read = readProperty(name, type);
  return (object, out) => {
    if (!Object.hasOwn(object, name) && !Object.hasOwn(object, `_${name}`)) return;
    const from = out.length;
    read(object, out);
    for (let at = from; at < out.length; at += 1) {
      const item = out[at];
      if (typeof item === json && !(item instanceof TypedNode) && !Array.isArray(item))
        out[at] = new TypedNode(type, item);
    }
  };
}

const jsonTypes: Readonly<Partial<Record<PrimitiveKind, string>>> = {
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
};

/** `Quantity` of `valueQuantity`, `string` of `valueString`. */
export function choiceType(suffix: string): TypeName | undefined {
  if (!/^[A-Z]/.test(suffix)) return undefined;
  if (typeModel(suffix)) return suffix;
  const primitive = suffix.charAt(0).toLowerCase() + suffix.slice(1);
  return primitiveKind(primitive) ? primitive : undefined;
}
