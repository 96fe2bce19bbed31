/** The end of a discriminator's path in the definition of a slice, and what is asked there that can tell it from others. */
import { childOf, type Node } from '../../definitions/element-tree.ts';
import { typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { anyIn, codingsOf } from '../run/codings.ts';
import { choiceOf } from '../values/choice-value.ts';
import { equals, holds } from '../values/equal.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { baseOfChild } from './base-of-child.ts';
import type { Step } from './discriminator-path.ts';
import { type Answer, childrenOf, some } from './discriminator-values.ts';
import { structureOf, treeOfProfile, treeOfType } from './element-trees.ts';
import type { Found, ProfileCompilation } from './profile-compilation.ts';
import { typesOf } from './type-codes.ts';

/** A node of the definition on the way of a path, with the types that its value may have. */
export type Place = {
  readonly node: Node;
  readonly base: Node | undefined;
  readonly types: readonly string[];
  /** What a fixed value or pattern higher up says about this place. */
  readonly implied?: unknown;
};

/** The url of an extension slice is fixed in the profile of its type. */
export function extensionUrl({ context }: ProfileCompilation, { node }: Place): string | undefined {
  const own = childOf(node, 'url');
  if (own && choiceOf(own.element, 'fixed')) return undefined;
  const profile = node.element.type?.find(({ code }) => code === 'Extension')?.profile?.[0];
  if (profile === undefined) return undefined;
  const definition = structureOf(context, profile);
  const fixed = definition && childOf(treeOfProfile(context, definition), 'url')?.element.fixedUri;
  return fixed ?? profile.split('|')[0];
}

/**
 * Along the path through the definition, into the types and profiles of elements where it leaves the slice. An element
 * on the way that is sliced itself has more than one place; the element comes first, then its slices.
 */
export function follow(compiling: ProfileCompilation, start: Place, steps: readonly Step[]): Place[] {
  let places: Place[] = [start];
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

const withSlices = (place: Place | undefined): Place[] =>
  place ? [place, ...place.node.slices.flatMap((node) => withSlices({ ...place, node }))] : [];

/** What resolve() leads to: the resources that the target profiles describe. */
function targetPlaces({ context }: ProfileCompilation, { node }: Place): Place[] {
  const targets = node.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  return targets.flatMap((url) => {
    const definition = structureOf(context, url);
    if (!definition) return [];
    return { node: treeOfProfile(context, definition), base: undefined, types: [definition.type ?? ''] };
  });
}

function childPlace(compiling: ProfileCompilation, place: Place, name: string): Place | undefined {
  const { node, base, types } = place;
  const { context } = compiling;
  const childBase = baseOfChild(context, base, types, name);
  const owner = childBase?.element.path?.replace(/\.[^.]*$/, '') ?? '';
  const implied = impliedBelow(place, name);
  const typed = (it: Node): Place => ({
    node: it,
    base: childBase,
    types: typesOf(childBase ?? it, owner),
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

function impliedBelow({ node, implied }: Place, name: string): unknown {
  const whole = implied ?? (choiceOf(node.element, 'fixed') ?? choiceOf(node.element, 'pattern'))?.value;
  return isObject(whole) ? whole[name] : undefined;
}

function extensionPlace(compiling: ProfileCompilation, { node }: Place, url: string): Place | undefined {
  const extension = childOf(node, 'extension');
  const found = extension?.slices.find(
    (it) => extensionUrl(compiling, { node: it, base: undefined, types: [] }) === url,
  );
  const base = treeOfType(compiling.context, 'Extension');
  return found && { node: found, base, types: ['Extension'] };
}

type Requirement = { readonly says: string; readonly test: (found: Found, run: Run) => Answer };

/** What a node asks of its value that can tell it from others: fixed, pattern, required binding, or that of its children. */
export function requirement(
  compiling: ProfileCompilation,
  { node, base, types, implied }: Place,
  depth = 0,
): Requirement | undefined {
  const { element } = node;
  const fixed = choiceOf(element, 'fixed');
  if (fixed) return { says: `= ${JSON.stringify(fixed.value)}`, test: ({ value }) => equals(value, fixed.value) };
  const pattern = choiceOf(element, 'pattern');
  if (pattern)
    return { says: `holds ${JSON.stringify(pattern.value)}`, test: ({ value }) => holds(value, pattern.value) };
  if (implied !== undefined) {
    const all = Array.isArray(implied) ? implied : [implied];
    return { says: `holds ${JSON.stringify(implied)}`, test: ({ value }) => all.some((it) => holds(value, it)) };
  }
  const nested = depth < 8 ? nestedRequirement(compiling, { node, base, types }, depth) : undefined;
  if (nested) return nested;
  const { strength, valueSet } = element.binding ?? {};
  if (strength === 'required' && valueSet) {
    return {
      says: `in ${valueSet}`,
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
      requirement(compiling, { node: treeOfProfile(compiling.context, definition), base: undefined, types }, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function nestedRequirement(
  compiling: ProfileCompilation,
  { node, base, types }: Place,
  depth: number,
): Requirement | undefined {
  const parts = [...node.children, ...node.children.flatMap((it) => it.slices)]
    .filter(
      (child) => (child.element.min ?? 0) > 0 || choiceOf(child.element, 'fixed') || choiceOf(child.element, 'pattern'),
    )
    .flatMap((child) => {
      const place = { node: child, base: baseOfChild(compiling.context, base, types, child.name), types: [] };
      const asked = requirement(compiling, place, depth + 1);
      return asked ? [{ name: child.name.replace('[x]', ''), asked }] : [];
    });
  if (parts.length === 0) return undefined;
  return {
    says: parts.map(({ name, asked }) => `${name} ${asked.says}`).join(' and '),
    test: ({ value }, run) => {
      let answer: Answer = true;
      for (const { name, asked } of parts) {
        const it = some(isObject(value) ? childrenOf(value, name) : [], (one) => asked.test(one, run));
        if (it === false) return false;
        if (it === undefined) answer = undefined;
      }
      return answer;
    },
  };
}
