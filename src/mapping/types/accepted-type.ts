import type { PossibleTypes, Types } from './types.ts';
/** The type that a value of type `found` takes in an element of `allowed` types; false when it does not fit. */
export function acceptedType(
  allowed: PossibleTypes,
  found: string | undefined,
  types: Types,
): string | undefined | false {
  if (!allowed) return found;
  const only = allowed.length === 1 ? allowed[0] : undefined;
  if (found === undefined) return only !== undefined && only !== 'Resource' ? only : undefined;
  if (allowed.includes(found)) return found;
  const primitive = types.isPrimitive(found);
  if (only !== undefined) {
    if (types.isPrimitive(only)) return primitive ? only : false;
    if (primitive) return false;
    return types.isA(found, only) ? found : types.isA(only, found) || sameStructure(found, only, types) ? only : false;
  }
  if (!primitive) return allowed.find((type) => types.isA(found, type) || types.isA(type, found)) ?? false;
  // A choice without the exact type: the closest primitive that preserves the value.
  return (
    allowed.find((type) => types.isA(found, type) && types.isPrimitive(type)) ??
    allowed.find((type) => types.isPrimitive(type) && type === 'string') ??
    false
  );
}

/** Backbone elements of two definitions (`Bundle.entry`) have different names: compare their elements. */
export function sameStructure(found: string, allowed: string, types: Types): boolean {
  const [a, b] = [types.model(found), types.model(allowed)];
  if (a?.kind !== 'backbone' || b?.kind !== 'backbone') return false;
  return [...a.elements.keys()].every((name) => b.elements.has(name));
}
