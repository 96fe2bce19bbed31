/** Follows the path of a discriminator through a definition, to the constraint that identifies the slice. */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { childOf, type Node } from '../../definitions/element-tree.ts';
import { decimalText } from '../../fhir/decimal.ts';
import { writeJson } from '../../fhir/json.ts';
import { typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { anyIn, codingsOf } from '../run/codings.ts';
import { type ChoiceValue, choiceValue, isSameWritten } from '../values/choice-value.ts';
import { equals, patternTest } from '../values/equal.ts';
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
  /** The parts of a fixed value or pattern of an ancestor that apply here: some value must match each of them. */
  readonly implied?: readonly Implied[];
};

type Implied = Pick<ChoiceValue, 'value' | 'written'>;

/** The url of an extension slice: fixed in the slice itself, or in the profile of its type. */
export function extensionUrl({ context }: ProfileCompilation, { node }: DefinitionPlace): string | undefined {
  const own = childOf(node, 'url');
  const fixedHere = own && (choiceValue(own.element, 'fixed') ?? choiceValue(own.element, 'pattern'))?.value;
  if (typeof fixedHere === 'string') return fixedHere;
  const profile = node.element.type?.find(({ code }) => code === 'Extension')?.profile?.[0];
  if (profile === undefined) return undefined;
  const definition = structureOf(context, profile);
  const fixed = definition && childOf(treeOfProfile(context, definition), 'url')?.element.fixedUri;
  return fixed ?? profile.split('|')[0];
}

/**
 * Follows the path through the definition, into the types and profiles of elements where it leaves the slice. Several
 * places may constrain the same value: the slice, the profile of its type, its base; those of the slice come first. A
 * sliced element on the path has itself several: the element first, then its slices.
 */
export function placesAlong(
  compiling: ProfileCompilation,
  start: DefinitionPlace,
  steps: readonly Step[],
): DefinitionPlace[] {
  let places: DefinitionPlace[] = [start];
  for (const step of steps) {
    places = places.flatMap((place) => {
      if (step.kind === 'element') return childPlaces(compiling, place, step.name).flatMap(withSlices);
      if (step.kind === 'extension') return extensionPlaces(compiling, place, step.url);
      if (step.kind === 'ofType') return { ...place, types: [step.type] };
      return place.node.element.type?.some((it) => it.targetProfile) ? targetPlaces(compiling, place) : [];
    });
  }
  return places;
}

const withSlices = (place: DefinitionPlace): DefinitionPlace[] => [
  place,
  ...place.node.slices.flatMap((node) => withSlices({ ...place, node })),
];

/** The roots of the profiles that the type of the element names. */
function typeProfilePlaces({ context }: ProfileCompilation, { node, types }: DefinitionPlace): DefinitionPlace[] {
  const profiles = node.element.type?.flatMap((it) => it.profile ?? []) ?? [];
  return profiles.flatMap((url) => {
    const definition = isTypeOfR4(url) ? undefined : structureOf(context, url);
    return definition ? { node: treeOfProfile(context, definition), base: undefined, types } : [];
  });
}

const isTypeOfR4 = (url: string): boolean => {
  const type = typeOfUrl(url);
  return type !== undefined && typeModel(type) !== undefined;
};

/** The places after resolve(): the roots of the target profiles. */
function targetPlaces({ context }: ProfileCompilation, { node }: DefinitionPlace): DefinitionPlace[] {
  const targets = node.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  return targets.flatMap((url) => {
    const definition = structureOf(context, url);
    if (!definition) return [];
    return { node: treeOfProfile(context, definition), base: undefined, types: [definition.type ?? ''] };
  });
}

/** Deeper chains of profiles on types are cyclic. */
const maxProfiles = 8;

function childPlaces(
  compiling: ProfileCompilation,
  place: DefinitionPlace,
  name: string,
  depth = 0,
): DefinitionPlace[] {
  const { node, base, types } = place;
  const childBase = baseOfChild(compiling.context, base, types, name);
  const owner = childBase?.element.path?.replace(/\.[^.]*$/, '') ?? '';
  const implied = impliedBelow(place, name);
  const typed = (it: Node): DefinitionPlace => ({
    node: it,
    base: childBase,
    types: typeCodesOf(childBase ?? it, owner),
    ...(implied ? { implied } : {}),
  });
  const own = childOf(node, name);
  const found = own ? [typed(own)] : [];
  if (depth < maxProfiles)
    for (const root of typeProfilePlaces(compiling, place))
      found.push(...childPlaces(compiling, root, name, depth + 1).filter((it) => it.node !== childBase));
  if (childBase) found.push(typed(childBase));
  return found;
}

function impliedBelow({ node, implied }: DefinitionPlace, name: string): readonly Implied[] | undefined {
  const own = choiceValue(node.element, 'fixed') ?? choiceValue(node.element, 'pattern');
  const whole = implied ?? (own === undefined ? [] : [own]);
  const below = whole.flatMap(({ value: it }): Implied[] => {
    if (!isObject(it)) return [];
    const parts = [it[name] ?? []].flat();
    return parts.map((value) => ({ value, written: decimalText(it, name) }));
  });
  return below.length > 0 ? below : undefined;
}

/** The slice of the extension with this url, in the element, in the profile of its type, or else its own definition. */
function extensionPlaces(compiling: ProfileCompilation, place: DefinitionPlace, url: string): DefinitionPlace[] {
  const base = treeOfType(compiling.context, 'Extension');
  const found = [place, ...typeProfilePlaces(compiling, place)].flatMap(({ node }) => {
    const slices = childOf(node, 'extension')?.slices ?? [];
    return slices.filter((it) => extensionUrl(compiling, { node: it, base: undefined, types: [] }) === url);
  });
  const places = found.map((node) => ({ node, base, types: ['Extension'] }));
  const definition = structureOf(compiling.context, url);
  return definition?.type === 'Extension'
    ? [...places, { node: treeOfProfile(compiling.context, definition), base, types: ['Extension'] }]
    : places;
}

export type Requirement = {
  readonly description: string;
  readonly test: (found: ElementValue, run: Run) => Ternary;
  /** A required binding: it identifies a slice only when nothing else does, since every value may satisfy it. */
  readonly binding?: true;
};

/** The constraints that identify a value, the first of: fixed value, pattern, those of its children, required binding. */
export function requirementsAt(compiling: ProfileCompilation, places: readonly DefinitionPlace[]): Requirement[] {
  const all = places.map((place) => requirementsOf(compiling, place, 0));
  return all.find((it) => it.some(({ binding }) => !binding)) ?? all.find((it) => it.length > 0) ?? [];
}

function requirementsOf(compiling: ProfileCompilation, place: DefinitionPlace, depth: number): Requirement[] {
  const { node, implied } = place;
  const fixed = choiceValue(node.element, 'fixed');
  if (fixed)
    return [
      {
        description: `= ${fixed.written ?? writeJson(fixed.value)}`,
        test: ({ value, written }) => equals(value, fixed.value) && isSameWritten(written, fixed.written),
      },
    ];
  const pattern = choiceValue(node.element, 'pattern');
  if (pattern) return [matching(pattern)];
  if (implied) return implied.map(matching);
  if (depth >= maxProfiles) return [];
  const nested = nestedRequirement(compiling, place, depth);
  if (nested && !nested.binding) return [nested];
  const ofProfiles = typeProfilePlaces(compiling, place).map((root) => requirementsOf(compiling, root, depth + 1));
  const bound = boundTo(node.element.binding);
  const weak = nested ? [nested] : bound ? [bound] : [];
  return ofProfiles.find((it) => it.some(({ binding }) => !binding)) ?? [...ofProfiles, weak].find(isFilled) ?? [];
}

const isFilled = (all: readonly unknown[]): boolean => all.length > 0;

function matching({ value: pattern, written: digits }: Implied): Requirement {
  const matches = patternTest(pattern);
  return {
    description: `matches ${digits ?? writeJson(pattern)}`,
    test: ({ value, written }) => matches(value) && isSameWritten(written, digits),
  };
}

function boundTo(binding: ElementDefinition['binding']): Requirement | undefined {
  const { strength, valueSet } = binding ?? {};
  if (strength !== 'required' || !valueSet) return undefined;
  return {
    binding: true,
    description: `in ${valueSet}`,
    test: ({ value }, run) => {
      const set = run.context.terminology.valueSet(valueSet);
      const codings = codingsOf(value);
      return codings.length === 0 ? false : set && anyIn(set, codings);
    },
  };
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
      const name = child.name.replace('[x]', '');
      return requirementsOf(compiling, place, depth + 1).map((required) => ({ name, required }));
    });
  if (parts.length === 0) return undefined;
  return {
    ...(parts.every(({ required }) => required.binding) ? { binding: true } : {}),
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
