import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Node } from '../../definitions/element-tree.ts';
import { typesOf } from './type-codes.ts';

const maxOf = (element: ElementDefinition): number =>
  element.max === '*' || element.max === undefined ? Number.POSITIVE_INFINITY : Number(element.max);

/** Only when it is narrower than what R4 asks, which is checked already. */
export function cardinality(
  element: ElementDefinition,
  base: ElementDefinition,
): { min: number; max: number } | undefined {
  const [min, max] = [element.min ?? 0, maxOf(element)];
  return min > (base.min ?? 0) || max < maxOf(base) ? { min, max } : undefined;
}

/** The types that a profile leaves of a choice; undefined when it leaves all. */
export function allowedTypes(child: Node, base: Node, owner: string): ReadonlySet<string> | undefined {
  if (!base.name.endsWith('[x]') || !child.element.type) return undefined;
  const [all, left] = [typesOf(base, owner), typesOf({ ...child, children: [] }, owner)];
  return left.length < all.length ? new Set(left) : undefined;
}
