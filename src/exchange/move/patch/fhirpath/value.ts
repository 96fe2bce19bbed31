import type { ParametersParameter } from '@medplum/fhirtypes';
import { clone } from '../../../../fhir/clone.ts';
import { decimalText } from '../../../../fhir/decimal.ts';
import { type ElementModel, typeModel } from '../../../../fhir/model.ts';
import { elementOf, filledLists, type Item, itemsOf, type JsonObject, type Place, writeItems } from './place.ts';

export type TypedItem = { readonly type: string; readonly item: Item };

/**
 * Value of an element from a part of a FHIRPath Patch: its value[x], or nested parts named after the elements of a type
 * that value[x] does not support (Task.output, Extension). Undefined when the element does not accept it.
 */
export function valueFor(part: ParametersParameter, element: ElementModel): TypedItem | undefined {
  const keys = Object.keys(part).filter((key) => /^_?value[A-Z]/.test(key));
  const names = new Set(keys.map((key) => key.replace(/^_/, '')));
  const [name] = names;
  if (names.size > 1 || (name && part.part)) return undefined;
  if (!name) return built(part.part ?? [], element);
  const type = typeModel('Parameters.parameter')?.properties.get(name)?.type;
  if (!type || !element.types.includes(type)) return undefined;
  const { [name]: value, [`_${name}`]: extras } = part as unknown as JsonObject;
  const text = decimalText(part, name);
  return { type, item: { value: clone(value), extras: clone(extras), ...(text === undefined ? {} : { text }) } };
}

function built(parts: readonly ParametersParameter[], { types }: ElementModel): TypedItem | undefined {
  const [type = ''] = types;
  const kind = types.length === 1 ? typeModel(type)?.kind : undefined;
  if (parts.length === 0 || (kind !== 'backbone' && kind !== 'complex-type')) return undefined;
  const value: JsonObject = {};
  const within: Place = { type, item: { value, extras: undefined }, index: 0, depth: 0 };
  return parts.every((part) => addPart(within, value, part)) ? { type, item: { value, extras: undefined } } : undefined;
}

function addPart(within: Place, parent: JsonObject, part: ParametersParameter): boolean {
  const element = elementOf(within.type, part.name ?? '');
  const typedItem = element && valueFor(part, element);
  return typedItem ? append(within, parent, element, typedItem) : false;
}

/** Adds an item to an element; false when the element has a value and does not repeat. */
export function append(within: Place, parent: JsonObject, element: ElementModel, { type, item }: TypedItem): boolean {
  if (!element.array && filledLists(parent, within, element).length > 0) return false;
  const list = { parent, within, element, type };
  writeItems(list, [...itemsOf(list), item]);
  return true;
}
