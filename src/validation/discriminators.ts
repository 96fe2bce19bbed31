/**
 * What tells a slice from the others (https://hl7.org/fhir/R4/profiling.html#discriminator). A matcher answers true,
 * false, or undefined when it depends on what is not here: a value set, a resource elsewhere.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { childOf, type Node } from '../definitions/element-tree.ts';
import { isA, typeModel } from '../fhir/model.ts';
import { choiceOf } from './builders.ts';
import { anyIn, codingsOf } from './codes.ts';
import { parseDiscriminatorPath, type Step } from './discriminator-path.ts';
import { equals, holds, isObject, type Obj } from './equal.ts';
import { type Target, targetOf } from './frames.ts';
import { ProfileError, structureOf, treeOfProfile, treeOfType, typeOfUrl } from './knowledge.ts';
import { baseOfChild, type Compiling, type Found } from './profile.ts';
import { conforms } from './resource.ts';
import type { Run } from './run.ts';
import { typesOf } from './type-plan.ts';

export type Answer = boolean | undefined;
export type Matcher = { readonly says: string; readonly test: (found: Found, run: Run) => Answer };

type Discriminator = NonNullable<NonNullable<ElementDefinition['slicing']>['discriminator']>[number];
/** A node of the definition on the way of a path, with the types that its value may have. */
type Place = {
  readonly node: Node;
  readonly base: Node | undefined;
  readonly types: readonly string[];
  /** What a fixed value or pattern higher up says about this place. */
  readonly implied?: unknown;
};
type Reached = Found & { readonly target?: Target };

/** All discriminators of the slicing together. */
export function discriminatorsOf(
  compiling: Compiling,
  sliced: Node,
  slice: Node,
  base: Node,
  types: readonly string[],
): Matcher {
  const told = sliced.element.slicing?.discriminator ?? implied(sliced);
  const place: Place = { node: slice, base, types };
  if (told.length === 0)
    throw new ProfileError(compiling.profile, slice.element.id ?? '', 'its slicing has no discriminator');
  const matchers = told.flatMap((it) => usable(compiling, it, place, told.length > 1) ?? []);
  if (matchers.length === 0) matcherOf(compiling, told[0]!, place);
  const [only] = matchers;
  if (matchers.length === 1 && only) return only;
  return {
    says: matchers.map(({ says }) => says).join(' and '),
    test: (found, run) => {
      let answer: Answer = true;
      for (const matcher of matchers) {
        const it = matcher.test(found, run);
        if (it === false) return false;
        if (it === undefined) answer = undefined;
      }
      return answer;
    },
  };
}

/** Extensions are sliced by url and choices by type, also when the profile does not say so. */
function implied(sliced: Node): Discriminator[] {
  if (sliced.name === 'extension' || sliced.name === 'modifierExtension') return [{ type: 'value', path: 'url' }];
  return sliced.name.endsWith('[x]') ? [{ type: 'type', path: '$this' }] : [];
}

/** Of several discriminators one may leave a slice open; the others tell it then. */
function usable(compiling: Compiling, told: Discriminator, place: Place, several: boolean): Matcher | undefined {
  try {
    return matcherOf(compiling, told, place);
  } catch (error) {
    if (several && error instanceof ProfileError) return undefined;
    throw error;
  }
}

function matcherOf(compiling: Compiling, { type, path = '$this' }: Discriminator, start: Place): Matcher {
  const steps = parseDiscriminatorPath(path);
  const fail = (problem: string): never => {
    throw new ProfileError(compiling.profile, start.node.element.id ?? '', `discriminator ${type} ${path}: ${problem}`);
  };
  if (!steps) return fail('this path is not one of the restricted FHIRPath of discriminators');
  const url = type === 'value' && path === 'url' ? extensionUrl(compiling, start) : undefined;
  if (url !== undefined) return byUrl(path, url);
  const reach = (found: Found, run: Run): Reached[] => walk(steps, found, run);
  switch (type) {
    case 'value':
    case 'pattern': {
      const places = follow(compiling, start, steps);
      const asked = places.map((place) => requirement(compiling, place)).find((it) => it !== undefined);
      if (!asked) return fail('the slice fixes no value, pattern or required binding there');
      return {
        says: `${path} ${asked.says}`,
        test: (found, run) => along(steps, 0, found, run, asked.test),
      };
    }
    case 'exists': {
      const element = follow(compiling, start, steps)[0]?.node.element;
      const absent = element?.max === '0';
      if (!absent && (element?.min ?? 0) === 0) return fail('the slice neither asks nor forbids it');
      return {
        says: `${path} ${absent ? 'is absent' : 'exists'}`,
        test: (found, run) => reach(found, run).length > 0 !== absent,
      };
    }
    case 'type': {
      const place = follow(compiling, start, beforeResolve(steps))[0];
      if (!place) return fail('the slice does not say a type there');
      const names = resourceTypes(compiling, place, steps);
      return {
        says: `${path} is ${names.join(' or ')}`,
        test: (found, run) => typeAnswer(reach(found, run), names, steps),
      };
    }
    case 'profile': {
      const place = follow(compiling, start, beforeResolve(steps))[0];
      if (!place) return fail('the slice does not say a profile there');
      return profileMatcher(compiling, place, path, steps, fail);
    }
    default:
      return fail('this kind of discriminator is not known');
  }
}

/** Type and profile of what a reference leads to stand on the reference. */
const beforeResolve = (steps: readonly Step[]): readonly Step[] => {
  const at = steps.findIndex(({ kind }) => kind === 'resolve');
  return at < 0 ? steps : steps.slice(0, at);
};

const some = <T>(all: readonly T[], test: (it: T) => Answer): Answer => {
  let answer: Answer = false;
  for (const it of all) {
    const one = test(it);
    if (one) return true;
    if (one === undefined) answer = undefined;
  }
  return answer;
};

/** The url of an extension slice is fixed in the profile of its type. */
function extensionUrl({ knowledge }: Compiling, { node }: Place): string | undefined {
  const own = childOf(node, 'url');
  if (own && choiceOf(own.element, 'fixed')) return undefined;
  const profile = node.element.type?.find(({ code }) => code === 'Extension')?.profile?.[0];
  if (profile === undefined) return undefined;
  const definition = structureOf(knowledge, profile);
  const fixed = definition && childOf(treeOfProfile(knowledge, definition), 'url')?.element.fixedUri;
  return fixed ?? profile.split('|')[0];
}

const byUrl = (path: string, url: string): Matcher => ({
  says: `${path} = "${url}"`,
  test: ({ value }) => isObject(value) && value.url === url,
});

/**
 * Along the path through the definition, into the types and profiles of elements where it leaves the slice. An element
 * on the way that is sliced itself has more than one place; the element comes first, then its slices.
 */
function follow(compiling: Compiling, start: Place, steps: readonly Step[]): Place[] {
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
function targetPlaces({ knowledge }: Compiling, { node }: Place): Place[] {
  const targets = node.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  return targets.flatMap((url) => {
    const definition = structureOf(knowledge, url);
    if (!definition) return [];
    return { node: treeOfProfile(knowledge, definition), base: undefined, types: [definition.type ?? ''] };
  });
}

function childPlace(compiling: Compiling, place: Place, name: string): Place | undefined {
  const { node, base, types } = place;
  const { knowledge } = compiling;
  const childBase = baseOfChild(knowledge, base, types, name);
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
    const definition = structureOf(knowledge, profile);
    const found = definition && childOf(treeOfProfile(knowledge, definition), name);
    if (found) return typed(found);
  }
  return childBase && typed(childBase);
}

function impliedBelow({ node, implied }: Place, name: string): unknown {
  const whole = implied ?? (choiceOf(node.element, 'fixed') ?? choiceOf(node.element, 'pattern'))?.value;
  return isObject(whole) ? whole[name] : undefined;
}

function extensionPlace(compiling: Compiling, { node }: Place, url: string): Place | undefined {
  const extension = childOf(node, 'extension');
  const found = extension?.slices.find(
    (it) => extensionUrl(compiling, { node: it, base: undefined, types: [] }) === url,
  );
  const base = treeOfType(compiling.knowledge, 'Extension');
  return found && { node: found, base, types: ['Extension'] };
}

type Requirement = { readonly says: string; readonly test: (found: Found, run: Run) => Answer };

/** What a node asks of its value that can tell it from others: fixed, pattern, required binding, or that of its children. */
function requirement(compiling: Compiling, { node, base, types, implied }: Place, depth = 0): Requirement | undefined {
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
        const set = run.knowledge.terminology.valueSet(valueSet);
        const codings = codingsOf(value);
        return codings.length === 0 ? false : set && anyIn(set, codings);
      },
    };
  }
  for (const profile of element.type?.flatMap((it) => it.profile ?? []) ?? []) {
    if (typeOfUrl(profile) && typeModel(typeOfUrl(profile)!)) continue;
    const definition = structureOf(compiling.knowledge, profile);
    const found =
      definition &&
      requirement(
        compiling,
        { node: treeOfProfile(compiling.knowledge, definition), base: undefined, types },
        depth + 1,
      );
    if (found) return found;
  }
  return undefined;
}

function nestedRequirement(compiling: Compiling, { node, base, types }: Place, depth: number): Requirement | undefined {
  const parts = [...node.children, ...node.children.flatMap((it) => it.slices)]
    .filter(
      (child) => (child.element.min ?? 0) > 0 || choiceOf(child.element, 'fixed') || choiceOf(child.element, 'pattern'),
    )
    .flatMap((child) => {
      const place = { node: child, base: baseOfChild(compiling.knowledge, base, types, child.name), types: [] };
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

/** The values below an object by FHIR's element name; of a choice under whatever type it has. */
function childrenOf(holder: Obj, name: string): Found[] {
  const keys =
    name in holder || `_${name}` in holder ? [name] : Object.keys(holder).filter((key) => isChoice(key, name));
  return keys.flatMap((key) => {
    const value = holder[key];
    const type = key === name ? '' : typeNamed(key.slice(name.length));
    return Array.isArray(value)
      ? value.map((it) => ({ value: it, beside: undefined, type }))
      : [{ value, beside: holder[`_${key}`], type }];
  });
}

const isChoice = (key: string, name: string): boolean =>
  key.startsWith(name) && typeNamed(key.slice(name.length)) !== '';
const typeNamed = (suffix: string): string => {
  if (!/^[A-Z]/.test(suffix)) return '';
  const lower = suffix.charAt(0).toLowerCase() + suffix.slice(1);
  return typeModel(suffix) ? suffix : typeModel(lower) ? lower : '';
};

/** Whether a test holds for any value at the end of the path; elements only are followed without making lists. */
function along(steps: readonly Step[], at: number, found: Found, run: Run, test: Requirement['test']): Answer {
  const step = steps[at];
  if (step === undefined) return test(found, run);
  const { value } = found;
  if (step.kind !== 'element' || (isObject(value) && value[step.name] === undefined))
    return some(walk(steps.slice(at), found, run), (it) => test(it, run));
  if (!isObject(value)) return false;
  const below = value[step.name];
  if (!Array.isArray(below))
    return along(steps, at + 1, { value: below, beside: value[`_${step.name}`], type: '' }, run, test);
  let answer: Answer = false;
  for (const it of below) {
    const one = along(steps, at + 1, { value: it, beside: undefined, type: '' }, run, test);
    if (one) return true;
    if (one === undefined) answer = undefined;
  }
  return answer;
}

function walk(steps: readonly Step[], found: Found, run: Run): Reached[] {
  let all: Reached[] = [found];
  for (const step of steps) {
    all = all.flatMap((it): Reached[] => {
      if (step.kind === 'element') return isObject(it.value) ? childrenOf(it.value, step.name) : [];
      if (step.kind === 'ofType') return it.type === step.type || it.type === '' ? [it] : [];
      if (step.kind === 'extension') {
        const holder = isObject(it.value) ? it.value : isObject(it.beside) ? it.beside : {};
        return childrenOf(holder, 'extension').filter(({ value }) => isObject(value) && value.url === step.url);
      }
      return resolved(it, run);
    });
  }
  return all;
}

/** A reference without text leads nowhere; one to outside is kept with what its text tells. */
function resolved({ value }: Found, run: Run): Reached[] {
  if (!isObject(value)) return [];
  const text = value.reference;
  const told = typeof value.type === 'string' ? value.type : undefined;
  const target: Target =
    typeof text === 'string' ? targetOf(run, text) : { type: told, where: 'outside', form: 'invalid' };
  return [{ value: target.resource, beside: undefined, type: target.type ?? told ?? '', target }];
}

const resolves = (steps: readonly Step[]): boolean => steps.some(({ kind }) => kind === 'resolve');

function resourceTypes({ knowledge }: Compiling, { node, types }: Place, steps: readonly Step[]): string[] {
  if (!resolves(steps)) return node.element.type ? node.element.type.map(({ code }) => code ?? '') : [...types];
  const targets = node.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  return targets.map((url) => typeOfUrl(url) ?? structureOf(knowledge, url)?.type ?? url);
}

function typeAnswer(all: readonly Reached[], names: readonly string[], steps: readonly Step[]): Answer {
  return some(all, ({ value, type }) => {
    const resource = isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined;
    const own = resource ?? type;
    if (own === '') return resolves(steps) ? undefined : false;
    return names.some((name) => own === name || (typeModel(own) && isA(own, name)));
  });
}

function profileMatcher(
  { knowledge }: Compiling,
  { node }: Place,
  path: string,
  steps: readonly Step[],
  fail: (problem: string) => never,
): Matcher {
  const far = resolves(steps);
  const profiles = node.element.type?.flatMap((it) => (far ? it.targetProfile : it.profile) ?? []) ?? [];
  if (profiles.length === 0) return fail('the slice names no profile there');
  const types = new Map(profiles.map((url) => [url, typeOfUrl(url) ?? structureOf(knowledge, url)?.type]));
  const one = (it: Reached, url: string, run: Run): Answer => {
    if (far && it.type !== '' && types.get(url) && typeModel(it.type) && !isA(it.type, types.get(url)!)) return false;
    if (far && !it.target?.resource) return undefined;
    return conforms(run, it.value, url, it.target?.frame);
  };
  return {
    says: `${path} conforms to ${profiles.join(' or ')}`,
    test: (found, run) => some(walk(steps, found, run), (it) => some(profiles, (url) => one(it, url, run))),
  };
}
