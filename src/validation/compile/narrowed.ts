import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Node } from '../../definitions/element-tree.ts';
import { typeModel } from '../../fhir/model.ts';
import { typeCodesOf } from './type-codes.ts';

const maxOf = (element: ElementDefinition): number =>
  element.max === '*' || element.max === undefined ? Number.POSITIVE_INFINITY : Number(element.max);

/** Undefined unless it is narrower than that of the base, which is checked already. */
export function narrowedCardinality(
  element: ElementDefinition,
  base: ElementDefinition,
): { min: number; max: number } | undefined {
  const [min, max] = [element.min ?? 0, maxOf(element)];
  return min > (base.min ?? 0) || max < maxOf(base) ? { min, max } : undefined;
}

/**
 * The resource types that a profile allows where R4 allows any resource (`Bundle.entry.resource`, `contained`);
 * undefined when it allows all.
 */
export function narrowedResourceTypes(
  element: ElementDefinition,
  base: ElementDefinition,
): readonly string[] | undefined {
  const [only] = base.type ?? [];
  if (base.type?.length !== 1 || !isAbstractResource(only?.code)) return undefined;
  const codes = (element.type ?? []).flatMap(({ code }) => code ?? []);
  return codes.length === 0 || codes.some(isAbstractResource) ? undefined : codes;
}

const isAbstractResource = (code: string | undefined): boolean => {
  const model = typeModel(code ?? '');
  return model?.kind === 'resource' && model.abstract;
};

/** The types of a choice that a profile still allows; undefined when it allows all. */
export function narrowedTypes(child: Node, base: Node, owner: string): ReadonlySet<string> | undefined {
  if (!base.name.endsWith('[x]') || !child.element.type) return undefined;
  const [all, left] = [typeCodesOf(base, owner), typeCodesOf({ ...child, children: [] }, owner)];
  return left.length < all.length ? new Set(left) : undefined;
}
