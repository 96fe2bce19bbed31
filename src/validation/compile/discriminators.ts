/**
 * What tells a slice from the others (https://hl7.org/fhir/R4/profiling.html#discriminator). A matcher answers true,
 * false, or undefined when it depends on what is not here: a value set, a resource elsewhere.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Node } from '../../definitions/element-tree.ts';
import { isA, typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { conforms } from '../run/profile.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { parseDiscriminatorPath, type Step } from './discriminator-path.ts';
import { extensionUrl, follow, type Place, requirement } from './discriminator-places.ts';
import { type Answer, along, type Reached, some, walk } from './discriminator-values.ts';
import { structureOf } from './element-trees.ts';
import type { Found, ProfileCompilation } from './profile-compilation.ts';

export type Matcher = { readonly says: string; readonly test: (found: Found, run: Run) => Answer };

type Discriminator = NonNullable<NonNullable<ElementDefinition['slicing']>['discriminator']>[number];

/** All discriminators of the slicing together. */
export function discriminatorsOf(
  compiling: ProfileCompilation,
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
function usable(
  compiling: ProfileCompilation,
  told: Discriminator,
  place: Place,
  several: boolean,
): Matcher | undefined {
  try {
    return matcherOf(compiling, told, place);
  } catch (error) {
    if (several && error instanceof ProfileError) return undefined;
    throw error;
  }
}

function matcherOf(compiling: ProfileCompilation, { type, path = '$this' }: Discriminator, start: Place): Matcher {
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
        test: typeTest(names, steps),
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

const byUrl = (path: string, url: string): Matcher => ({
  says: `${path} = "${url}"`,
  test: ({ value }) => isObject(value) && value.url === url,
});

const resolves = (steps: readonly Step[]): boolean => steps.some(({ kind }) => kind === 'resolve');

function resourceTypes({ context }: ProfileCompilation, { node, types }: Place, steps: readonly Step[]): string[] {
  if (!resolves(steps)) return node.element.type ? node.element.type.map(({ code }) => code ?? '') : [...types];
  const targets = node.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  return targets.map((url) => typeOfUrl(url) ?? structureOf(context, url)?.type ?? url);
}

function typeTest(names: readonly string[], steps: readonly Step[]): Matcher['test'] {
  const untold = resolves(steps) ? undefined : false;
  const answers = new Map<string, boolean>();
  const one = ({ value, type }: Reached): Answer => {
    const resource = isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined;
    const own = resource ?? type;
    if (own === '') return untold;
    const known = answers.get(own);
    if (known !== undefined) return known;
    const model = typeModel(own);
    const answer = names.includes(own) || (model !== undefined && names.some((name) => isA(own, name)));
    // Names come from messages too; only those of R4 are remembered.
    if (model) answers.set(own, answer);
    return answer;
  };
  return (found, run) => along(steps, 0, found, run, one);
}

function profileMatcher(
  { context }: ProfileCompilation,
  { node }: Place,
  path: string,
  steps: readonly Step[],
  fail: (problem: string) => never,
): Matcher {
  const far = resolves(steps);
  const profiles = node.element.type?.flatMap((it) => (far ? it.targetProfile : it.profile) ?? []) ?? [];
  if (profiles.length === 0) return fail('the slice names no profile there');
  const types = new Map(profiles.map((url) => [url, typeOfUrl(url) ?? structureOf(context, url)?.type]));
  const one = (it: Reached, url: string, run: Run): Answer => {
    if (far && it.type !== '' && types.get(url) && typeModel(it.type) && !isA(it.type, types.get(url)!)) return false;
    if (far && !it.target?.resource) return undefined;
    return conforms(run, it.value, url, it.target?.frame);
  };
  return {
    says: `${path} conforms to ${profiles.join(' or ')}`,
    test: (found, run) => along(steps, 0, found, run, (it) => some(profiles, (url) => one(it, url, run))),
  };
}
