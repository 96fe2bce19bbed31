/**
 * Discriminators (https://hl7.org/fhir/R4/profiling.html#discriminator): tests that identify a slice. The result is true,
 * false, or undefined when it depends on content that is not loaded: a value set, a resource elsewhere.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Node } from '../../definitions/element-tree.ts';
import { copyDecimalTexts } from '../../fhir/decimal.ts';
import { isA, typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { conformsTo } from '../run/profile.ts';
import { reportUnsupported } from '../run/unsupported.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { parseDiscriminatorPath, type Step } from './discriminator-path.ts';
import { type DefinitionPlace, extensionUrl, placesAlong, requirementsAt } from './discriminator-places.ts';
import { anyAlong, anyOf, type ReachedValue, type Ternary, valuesAlong } from './discriminator-values.ts';
import { structureOf } from './element-trees.ts';
import type { ElementValue, ProfileCompilation } from './profile-compilation.ts';

export type SliceMatcher = { readonly description: string; readonly test: (found: ElementValue, run: Run) => Ternary };

type Discriminator = NonNullable<NonNullable<ElementDefinition['slicing']>['discriminator']>[number];

/**
 * A value matches a slice when it satisfies all discriminators of the slicing. With a discriminator that cannot be
 * compiled any value may match.
 */
export function sliceMatcher(...slice: Parameters<typeof compileMatcher>): SliceMatcher {
  try {
    return compileMatcher(...slice);
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    const [{ problems }] = slice;
    problems.push(error);
    return {
      description: `not checked: ${error.problem}`,
      test: (_, run) => {
        reportUnsupported(run, error);
        return undefined;
      },
    };
  }
}

function compileMatcher(
  compiling: ProfileCompilation,
  sliced: Node,
  slice: Node,
  base: Node,
  types: readonly string[],
): SliceMatcher {
  const discriminators = sliced.element.slicing?.discriminator ?? impliedDiscriminators(sliced);
  const place: DefinitionPlace = { node: slice, base, types };
  if (discriminators.length === 0)
    throw new ProfileError(compiling.profile, slice.element.id ?? '', 'its slicing has no discriminator');
  const matchers = discriminators.flatMap(
    (it) => matcherIfUsable(compiling, it, place, discriminators.length > 1) ?? [],
  );
  if (matchers.length === 0) matcherOf(compiling, discriminators[0]!, place);
  return allOf(matchers);
}

/** The slice once for each of the profiles of its type: a value conforms to one of them. */
function perProfile(place: DefinitionPlace): readonly DefinitionPlace[] {
  const { node } = place;
  const types = (node.element.type ?? []).flatMap((type) =>
    (type.profile ?? []).map((profile) => ({ ...type, profile: [profile] })),
  );
  if (types.length < 2) return [place];
  return types.map((type) => ({
    ...place,
    node: { ...node, element: copyDecimalTexts(node.element, { ...node.element, type: [type] }) },
  }));
}

function oneOf(alternatives: readonly SliceMatcher[]): SliceMatcher {
  const distinct = [...new Map(alternatives.map((it) => [it.description, it])).values()];
  const [only] = distinct;
  if (distinct.length === 1 && only) return only;
  return {
    description: distinct.map(({ description }) => description).join(' or '),
    test: (found, run) => anyOf(distinct, ({ test }) => test(found, run)),
  };
}

function allOf(matchers: readonly SliceMatcher[]): SliceMatcher {
  const [only] = matchers;
  if (matchers.length === 1 && only) return only;
  return {
    description: matchers.map(({ description }) => description).join(' and '),
    test: (found, run) => {
      let answer: Ternary = true;
      for (const matcher of matchers) {
        const it = matcher.test(found, run);
        if (it === false) return false;
        if (it === undefined) answer = undefined;
      }
      return answer;
    },
  };
}

/** The discriminator that applies when the profile declares none: extensions by url, choices by type. */
function impliedDiscriminators(sliced: Node): Discriminator[] {
  if (sliced.name === 'extension' || sliced.name === 'modifierExtension') return [{ type: 'value', path: 'url' }];
  return sliced.name.endsWith('[x]') ? [{ type: 'type', path: '$this' }] : [];
}

/** Of several discriminators one may not constrain this slice; the others then identify it. */
function matcherIfUsable(
  compiling: ProfileCompilation,
  discriminator: Discriminator,
  place: DefinitionPlace,
  several: boolean,
): SliceMatcher | undefined {
  try {
    return matcherOf(compiling, discriminator, place);
  } catch (error) {
    if (several && error instanceof ProfileError) return undefined;
    throw error;
  }
}

function matcherOf(
  compiling: ProfileCompilation,
  { type, path = '$this' }: Discriminator,
  start: DefinitionPlace,
): SliceMatcher {
  const steps = parseDiscriminatorPath(path);
  const fail = (problem: string): never => {
    throw new ProfileError(compiling.profile, start.node.element.id ?? '', `discriminator ${type} ${path}: ${problem}`);
  };
  if (!steps) return fail('this path is not one of the restricted FHIRPath of discriminators');
  const url = type === 'value' && path === 'url' ? extensionUrl(compiling, start) : undefined;
  if (url !== undefined) return urlMatcher(path, url);
  const reach = (found: ElementValue, run: Run): ReachedValue[] => valuesAlong(steps, found, run);
  switch (type) {
    case 'value':
    case 'pattern': {
      const alternatives = perProfile(start).map((one) => {
        const required = requirementsAt(compiling, placesAlong(compiling, one, steps));
        if (required.length === 0) return fail('the slice fixes no value, pattern or required binding there');
        return allOf(
          required.map(({ description, test }) => ({
            description: `${path} ${description}`,
            test: (found, run) => anyAlong(steps, 0, found, run, test),
          })),
        );
      });
      return oneOf(alternatives);
    }
    case 'exists': {
      const elements = placesAlong(compiling, start, steps).map(({ node }) => node.element);
      const decisive = elements.find(({ min = 0, max }) => max === '0' || min > 0);
      if (!decisive) return fail('the slice neither requires nor forbids it');
      const absent = decisive.max === '0';
      return {
        description: `${path} ${absent ? 'is absent' : 'exists'}`,
        test: (found, run) => reach(found, run).length > 0 !== absent,
      };
    }
    case 'type': {
      const places = placesAlong(compiling, start, beforeResolve(steps));
      const [names] = places
        .map((place) => resourceTypes(compiling, place, steps))
        .filter((all) => all.length > 0)
        .sort((a, b) => a.length - b.length);
      if (!names) return fail('the slice has no type there');
      return {
        description: `${path} is ${names.join(' or ')}`,
        test: typeTest(names, steps),
      };
    }
    case 'profile': {
      const [profiles] = placesAlong(compiling, start, beforeResolve(steps))
        .map((place) => profilesAt(place, resolves(steps)))
        .filter((all) => all.length > 0);
      if (!profiles) return fail('the slice names no profile there');
      return profileMatcher(compiling, profiles, path, steps);
    }
    default:
      return fail('this kind of discriminator is not supported');
  }
}

/** Type and profile of the target are declared on the element of the reference itself. */
const beforeResolve = (steps: readonly Step[]): readonly Step[] => {
  const at = steps.findIndex(({ kind }) => kind === 'resolve');
  return at < 0 ? steps : steps.slice(0, at);
};

const urlMatcher = (path: string, url: string): SliceMatcher => ({
  description: `${path} = "${url}"`,
  test: ({ value }) => isObject(value) && value.url === url,
});

const resolves = (steps: readonly Step[]): boolean => steps.some(({ kind }) => kind === 'resolve');

function resourceTypes(
  { context }: ProfileCompilation,
  { node, types }: DefinitionPlace,
  steps: readonly Step[],
): string[] {
  if (!resolves(steps)) return node.element.type ? node.element.type.map(({ code }) => code ?? '') : [...types];
  const targets = node.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? [];
  return targets.map((url) => typeOfUrl(url) ?? structureOf(context, url)?.type ?? url);
}

function typeTest(names: readonly string[], steps: readonly Step[]): SliceMatcher['test'] {
  const undetermined = resolves(steps) ? undefined : false;
  const answers = new Map<string, boolean>();
  const one = ({ value, type }: ReachedValue): Ternary => {
    const resource = isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined;
    const own = resource ?? type;
    if (own === '') return undetermined;
    const cached = answers.get(own);
    if (cached !== undefined) return cached;
    const model = typeModel(own);
    const answer = names.includes(own) || (model !== undefined && names.some((name) => isA(own, name)));
    // Names also come from messages; caching only those of R4 bounds the cache.
    if (model) answers.set(own, answer);
    return answer;
  };
  return (found, run) => anyAlong(steps, 0, found, run, one);
}

const profilesAt = ({ node }: DefinitionPlace, ofTarget: boolean): readonly string[] =>
  node.element.type?.flatMap((it) => (ofTarget ? it.targetProfile : it.profile) ?? []) ?? [];

function profileMatcher(
  { context }: ProfileCompilation,
  profiles: readonly string[],
  path: string,
  steps: readonly Step[],
): SliceMatcher {
  const resolvesReference = resolves(steps);
  const types = new Map(profiles.map((url) => [url, typeOfUrl(url) ?? structureOf(context, url)?.type]));
  const one = (it: ReachedValue, url: string, run: Run): Ternary => {
    if (resolvesReference && it.type !== '' && types.get(url) && typeModel(it.type) && !isA(it.type, types.get(url)!))
      return false;
    if (resolvesReference && !it.target?.resource) return undefined;
    return conformsTo(run, it.value, url, it.target?.frame);
  };
  return {
    description: `${path} conforms to ${profiles.join(' or ')}`,
    test: (found, run) => anyAlong(steps, 0, found, run, (it) => anyOf(profiles, (url) => one(it, url, run))),
  };
}
