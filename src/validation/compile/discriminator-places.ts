/** Follows the path of a discriminator through a definition, to the constraint that identifies the slice. */
import { childOf, type Node } from '../../definitions/element-tree.ts';
import { typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { anyIn, codingsOf } from '../run/codings.ts';
import { choiceValue } from '../values/choice-value.ts';
import { equals, matchesPattern } from '../values/equal.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { baseOfChild } from './base-of-child.ts';
import type { Step } from './discriminator-path.ts';
import { anyOf, childrenOf, type Ternary } from './discriminator-values.ts';
import { structureOf, treeOfProfile, treeOfType } from './element-trees.ts';
import type { ElementValue, ProfileCompilation } from './profile-compilation.ts';
import { typeCodesOf } from './type-codes.ts';

/** A node of the definition on the path, with the types that its value may have. */
export type DefinitionPlace = {
  readonly node: Node;
  readonly base: Node | undefined;
  readonly types: readonly string[];
  /** The part of a fixed value or pattern of an ancestor that applies here. */
  readonly implied?: unknown;
};

/** The url of an extension slice is fixed in the profile of its type. */
export function extensionUrl({ context }: ProfileCompilation, { node }: DefinitionPlace): string | undefined {
  const own = childOf(node, 'url');
  if (own && choiceValue(own.element, 'fixed')) return undefined;
  const profile = node.element.type?.find(({ code }) => code === 'Extension')?.profile?.[0];
  if (profile === undefined) return undefined;
  const definition = structureOf(context, profile);
  const fixed = definition && childOf(treeOfProfile(context, definition), 'url')?.element.fixedUri;
  return fixed ?? profile.split('|')[0];
}

/**
 * Follows the path through the definition, into the types and profiles of elements where it leaves the slice. A sliced
 * element on the path has several places: the element first, then its slices.
 */
export function placesAlong(
  compiling: ProfileCompilation,
  start: DefinitionPlace,
  steps: readonly Step[],
): DefinitionPlace[] {
  let places: DefinitionPlace[] = [start];
  for (const step of steps) {
    places = places.flatMap((place) => {
      if (step.kind === 'element') return withSlices(childPlace(compiling, place, step.name));
      if (step.kind === 'extension') return extensionPlace(compiling, place, step.url) ?? [];
      if (step.kind === 'ofType') return { ...place, types: [step.type] };
      return place.node.element.type?.some((it) => it.targetProfile) ? targetPlaces(compiling, place) : [];
    });
  }
  return places;
}

const withSlices = (place: DefinitionPlace | undefined): DefinitionPlace[] =>
  place ? [place, ...place.node.slices.flatMap((node) => withSlices({ ...place, node }))] : [];

/** The places after resolve(): the roots of the target profiles. */
function targetPlaces({ context }: ProfileCompilation, { node }: DefinitionPlace): DefinitionPlace[] {
  const targets = node.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  return targets.flatMap((url) => {
    const definition = structureOf(context, url);
    if (!definition) return [];
    return { node: treeOfProfile(context, definition), base: undefined, types: [definition.type ?? ''] };
  });
}

function childPlace(compiling: ProfileCompilation, place: DefinitionPlace, name: string): DefinitionPlace | undefined {
  const { node, base, types } = place;
  const { context } = compiling;
  const childBase = baseOfChild(context, base, types, name);
  const owner = childBase?.element.path?.replace(/\.[^.]*$/, '') ?? '';
  const implied = impliedBelow(place, name);
  const typed = (it: Node): DefinitionPlace => ({
    node: it,
    base: childBase,
    types: typeCodesOf(childBase ?? it, owner),
    ...(implied === undefined ? {} : { implied }),
  });
  const own = childOf(node, name);
  if (own) return typed(own);
  for (const profile of node.element.type?.flatMap((it) => it.profile ?? []) ?? []) {
    const definition = structureOf(context, profile);
    const found = definition && childOf(treeOfProfile(context, definition), name);
    if (found) return typed(found);
  }
  return childBase && typed(childBase);
}

function impliedBelow({ node, implied }: DefinitionPlace, name: string): unknown {
  const whole = implied ?? (choiceValue(node.element, 'fixed') ?? choiceValue(node.element, 'pattern'))?.value;
  return isObject(whole) ? whole[name] : undefined;
}

function extensionPlace(
  compiling: ProfileCompilation,
  { node }: DefinitionPlace,
  url: string,
): DefinitionPlace | undefined {
  const extension = childOf(node, 'extension');
  const found = extension?.slices.find(
    (it) => extensionUrl(compiling, { node: it, base: undefined, types: [] }) === url,
  );
  const base = treeOfType(compiling.context, 'Extension');
  return found && { node: found, base, types: ['Extension'] };
}

type Requirement = { readonly description: string; readonly test: (found: ElementValue, run: Run) => Ternary };

/** The constraint that identifies a value: fixed value, pattern, required binding, or those of its children. */
export function requirementOf(
  compiling: ProfileCompilation,
  { node, base, types, implied }: DefinitionPlace,
  depth = 0,
): Requirement | undefined {
  const { element } = node;
  const fixed = choiceValue(element, 'fixed');
  if (fixed)
    return { description: `= ${JSON.stringify(fixed.value)}`, test: ({ value }) => equals(value, fixed.value) };
  const pattern = choiceValue(element, 'pattern');
  if (pattern)
    return {
      description: `matches ${JSON.stringify(pattern.value)}`,
      test: ({ value }) => matchesPattern(value, pattern.value),
    };
  if (implied !== undefined) {
    const all = Array.isArray(implied) ? implied : [implied];
    return {
      description: `matches ${JSON.stringify(implied)}`,
      test: ({ value }) => all.some((it) => matchesPattern(value, it)),
    };
  }
  const nested = depth < 8 ? nestedRequirement(compiling, { node, base, types }, depth) : undefined;
  if (nested) return nested;
  const { strength, valueSet } = element.binding ?? {};
  if (strength === 'required' && valueSet) {
    return {
      description: `in ${valueSet}`,
      test: ({ value }, run) => {
        const set = run.context.terminology.valueSet(valueSet);
        const codings = codingsOf(value);
        return codings.length === 0 ? false : set && anyIn(set, codings);
      },
    };
  }
  for (const profile of element.type?.flatMap((it) => it.profile ?? []) ?? []) {
    if (typeOfUrl(profile) && typeModel(typeOfUrl(profile)!)) continue;
    const definition = structureOf(compiling.context, profile);
    const found =
      definition &&
      requirementOf(
        compiling,
        { node: treeOfProfile(compiling.context, definition), base: undefined, types },
        depth + 1,
      );
    if (found) return found;
  }
  return undefined;
}

function nestedRequirement(
  compiling: ProfileCompilation,
  { node, base, types }: DefinitionPlace,
  depth: number,
): Requirement | undefined {
  const parts = [...node.children, ...node.children.flatMap((it) => it.slices)]
    .filter(
      (child) =>
        (child.element.min ?? 0) > 0 || choiceValue(child.element, 'fixed') || choiceValue(child.element, 'pattern'),
    )
    .flatMap((child) => {
      const place = { node: child, base: baseOfChild(compiling.context, base, types, child.name), types: [] };
      const required = requirementOf(compiling, place, depth + 1);
      return required ? [{ name: child.name.replace('[x]', ''), required }] : [];
    });
  if (parts.length === 0) return undefined;
  return {
    description: parts.map(({ name, required }) => `${name} ${required.description}`).join(' and '),
    test: ({ value }, run) => {
      let answer: Ternary = true;
      for (const { name, required } of parts) {
        const it = anyOf(isObject(value) ? childrenOf(value, name) : [], (one) => required.test(one, run));
        if (it === false) return false;
        if (it === undefined) answer = undefined;
      }
      return answer;
    },
  };
}
