import { typeModel } from '../fhir/model.ts';
import type { Elements } from '../fhir/resource.ts';
import { choiceType, propertyReader, readBoxed, readProperty } from './element-access.ts';
import { isPolymorphic, primitiveKind, type TypeName } from './types.ts';
import { resourceTypeOf, TypedNode } from './value.ts';

/**
 * The child elements of an item, in the order of the JSON, each with its own type. Linear in the size of the item;
 * properties that the type does not have are skipped.
 */
export function childrenOf(item: unknown, type: TypeName | undefined, out: unknown[]): void {
  if (item instanceof TypedNode) {
    if (item.extras) children(item.extras, 'Extension', out);
    if (!primitiveKind(item.type)) childrenOf(item.value, item.type, out);
  } else if (typeof item === 'object' && item !== null) children(item as Elements, type ?? resourceTypeOf(item), out);
}

function children(object: Elements, type: TypeName | undefined, out: unknown[]): void {
  const model = type === undefined || isPolymorphic(type) ? undefined : typeModel(type);
  if (model) for (const key in object) propertyReader(model, key)?.(object, out);
  else if (isJson(object)) untypedChildren(object, out);
}

function untypedChildren(object: Elements, out: unknown[]): void {
  for (const key in object) {
    const name = key.startsWith('_') ? key.slice(1) : key;
    if (key === 'resourceType' || (name !== key && object[name] !== undefined)) continue;
    const type = guess(name);
    (type === '' ? readProperty(name, '') : readBoxed(name, type))(object, out);
  }
}

/** JSON, as opposed to one of FHIRPath's own values. */
function isJson(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}

/** The type of JSON outside any model: that in the name of a choice property, otherwise unknown. */
function guess(property: string): TypeName {
  for (let at = 1; at < property.length; at += 1) {
    const type = choiceType(property.slice(at));
    if (type) return type;
  }
  return property === 'extension' || property === 'modifierExtension' ? 'Extension' : '';
}

/** All elements below an item. Linear: every element is visited once; deep input is bounded by the parser's depth limit. */
export function descendantsOf(item: unknown, type: TypeName | undefined, out: unknown[]): void {
  const from = out.length;
  childrenOf(item, type, out);
  for (let at = from; at < out.length; at += 1) childrenOf(out[at], undefined, out);
}
