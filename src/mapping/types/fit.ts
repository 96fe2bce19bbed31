import type { Static, Types } from './types.ts';
/** The type under which a value of type `found` stands in an element of `allowed` types; false when it can't. */
export function typeIn(allowed: Static, found: string | undefined, types: Types): string | undefined | false {
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
  // A choice without the exact type: the nearest primitive that keeps the value.
  return (
    allowed.find((type) => types.isA(found, type) && types.isPrimitive(type)) ??
    allowed.find((type) => types.isPrimitive(type) && type === 'string') ??
    false
  );
}

/** Backbone elements of the same shape (`Bundle.entry` of two definitions) are known by their elements only. */
export function sameStructure(found: string, allowed: string, types: Types): boolean {
  const [a, b] = [types.model(found), types.model(allowed)];
  if (a?.kind !== 'backbone' || b?.kind !== 'backbone') return false;
  return [...a.elements.keys()].every((name) => b.elements.has(name));
}
