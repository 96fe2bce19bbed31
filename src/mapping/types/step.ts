import { type ElementModel, typeNames } from '../../fhir/model.ts';
import type { PossibleTypes, Types } from './types.ts';

/** One step of a path: an element, for all types that its owner may have. */
export type Step = {
  readonly name: string;
  readonly types: PossibleTypes;
  /** Whether it repeats in at least one of the owner's types; undefined when the owner's type is unknown. */
  readonly array: boolean | undefined;
  /** `value[x]`: the type is part of the JSON property. */
  readonly choice: boolean;
  /** JSON property of an element that is not a choice. */
  readonly key: string;
  /** The owner is abstract: the element is that of the type that each value has. */
  readonly ofSubtype?: true;
};

export type UnknownElement = {
  readonly unknown: string;
  readonly candidates: readonly string[];
  readonly owner: string;
};

export const isUnknown = (step: Step | UnknownElement): step is UnknownElement => 'unknown' in step;

/** The same for an owner of abstract type, where a derived type has the element: the language reads it at run time. */
export function stepOfSubtype(owner: PossibleTypes, name: string, types: Types): Step | UnknownElement | undefined {
  if (!owner?.every(isAbstractResource)) return undefined;
  const concrete = typeNames().filter((it) => owner.some((type) => types.isA(it, type)) && !types.model(it)?.abstract);
  const step = stepTo(concrete, name, types);
  if (isUnknown(step)) return { ...step, owner: owner[0]! };
  return { ...step, array: undefined, choice: false, ofSubtype: true };
}

const isAbstractResource = (type: string): boolean => type === 'Resource' || type === 'DomainResource';

/** Finds element `name` in the types that its owner may have; `valueString` is `value` restricted to string. */
export function stepTo(owner: PossibleTypes, name: string, types: Types): Step | UnknownElement {
  // Properties that every JavaScript object inherits are not elements of a message.
  if (!owner && name in Object.prototype) return { unknown: name, candidates: [], owner: 'an element without a type' };
  if (!owner) return { name, types: undefined, array: undefined, choice: false, key: name };
  const found: { element: ElementModel; of: readonly string[] }[] = [];
  for (const type of owner) {
    const model = types.model(type);
    const property = model?.properties.get(name);
    const element = model?.elements.get(name);
    // The value of a primitive is the primitive itself; R4 declares a FHIRPath system type for it.
    if (model?.kind === 'primitive-type' && name === 'value' && element) found.push({ element, of: [type] });
    else if (element) found.push({ element, of: element.types });
    else if (property) found.push({ element: property.element, of: [property.type] });
  }
  const first = found[0];
  if (!first) {
    const candidates = owner.flatMap((type) => [...(types.model(type)?.elements.keys() ?? [])]);
    return { unknown: name, candidates, owner: owner[0] ?? '' };
  }
  const named = first.element.choice && first.element.name !== name;
  return {
    name: first.element.name,
    types: [...new Set(found.flatMap(({ of }) => of))],
    array: found.some(({ element }) => element.array),
    choice: first.element.choice && !named,
    key: name,
  };
}
