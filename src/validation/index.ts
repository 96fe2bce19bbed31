/** mgn-gateway/validation: resources against FHIR R4 and its profiles (https://hl7.org/fhir/R4/validation.html). */
import { type Definitions, openDefinitions } from '../definitions/registry.ts';
import { terminologyOf } from '../definitions/value-sets.ts';
import { type Issue, isError } from '../fhir/issue.ts';
import { locator } from '../fhir/locate.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { isObject } from './equal.ts';
import { type Knowledge, type Policy, ProfileError, structureOf, typeOfUrl } from './knowledge.ts';
import { type ProfilePlan, profilePlan } from './profile.ts';
import { checkWhole } from './resource.ts';
import { type Frame, type Question, type Run, report } from './run.ts';

export { ProfileError } from './knowledge.ts';
export { type Answer, type Ask, answerQuestions, askOnce } from './questions.ts';
export type { Question } from './run.ts';

/** `undecided`: a question stayed open. It never passes as valid. */
export type Verdict = 'valid' | 'invalid' | 'undecided';

export type Report = {
  readonly verdict: Verdict;
  readonly issues: readonly Issue[];
  /** What validation could not answer from what is loaded. */
  readonly questions: readonly Question[];
};

export type ValidatorOptions = {
  /** FHIR packages over R4 core: folders, or .tgz files. */
  readonly packages?: readonly string[];
  readonly definitions?: readonly Resource[];
  readonly unknownExtensions?: Policy['unknownExtensions'];
  readonly exampleUrls?: Policy['exampleUrls'];
  readonly contained?: Policy['contained'];
  readonly restfulReferences?: boolean;
  /** Code systems and value sets whose codes are not checked, with the name of who waived it. */
  readonly waive?: Readonly<Record<string, string>>;
};

export type ValidateOptions = {
  /** Canonicals to hold the resource against, besides those of its meta.profile. */
  readonly profiles?: readonly string[];
  /** The text that the resource was read from, for line and column. */
  readonly text?: string;
};

export type Validator = {
  /** Never throws, whatever JSON value is given. */
  readonly validate: (resource: unknown, options?: ValidateOptions) => Report;
  /** The same with other definitions laid over what is known; this one stays as it was. */
  readonly with: (definitions: readonly Resource[]) => Validator;
  readonly knows: (profile: string) => boolean;
  /** Compiles a profile now. Throws a ProfileError naming profile and element for what cannot be checked. */
  readonly check: (profile: string) => void;
  /** What a compiled profile checks beyond R4, an element a line. Throws a ProfileError. */
  readonly describe: (profile: string) => string;
  /** Of everything that is loaded and every policy: stored decisions name it. */
  readonly digest: string;
  readonly definitions: Definitions;
};

/** Opens a validator over R4 core and what is given. Rejects when a package cannot be read. */
export async function openValidator(options: ValidatorOptions = {}): Promise<Validator> {
  const definitions = openDefinitions({
    ...(options.packages ? { packages: options.packages } : {}),
    ...(options.definitions ? { definitions: options.definitions } : {}),
  });
  return validatorOf(
    knowledgeOf(definitions, {
      unknownExtensions: options.unknownExtensions ?? 'information',
      exampleUrls: options.exampleUrls ?? 'allow',
      contained: options.contained ?? 'check',
      restfulReferences: options.restfulReferences ?? false,
      waive: new Map(Object.entries(options.waive ?? {})),
    }),
  );
}

const knowledgeOf = (definitions: Definitions, policy: Policy): Knowledge => ({
  definitions,
  terminology: terminologyOf(definitions),
  policy,
  types: new Map(),
  profiles: new Map(),
  extensions: new Map(),
  trees: new Map(),
  globals: new Map(),
});

/** What is compiled of the types of R4 stays good unless the overlay redefines a type. */
function overlaid({ definitions, policy, types }: Knowledge, resources: readonly Resource[]): Knowledge {
  const made = knowledgeOf(definitions.with(resources), policy);
  const redefines = (it: Resource): boolean =>
    isType(it, 'StructureDefinition') && (it.derivation !== 'constraint' || typeOfUrl(it.url ?? '') !== undefined);
  return resources.some(redefines) ? made : { ...made, types };
}

const policyText = ({ waive, ...policy }: Policy): string =>
  [...Object.values(policy), ...[...waive.keys()].sort()].join(',');

function validatorOf(knowledge: Knowledge): Validator {
  const { definitions, policy } = knowledge;
  const plan = (profile: string): ProfilePlan => {
    const found = profilePlan(knowledge, profile);
    if (!found) throw new ProfileError(profile, '', 'it is not loaded');
    return found;
  };
  return {
    validate: (resource, options = {}) => validate(knowledge, resource, options),
    with: (resources) => validatorOf(overlaid(knowledge, resources)),
    knows: (profile) => structureOf(knowledge, profile) !== undefined,
    check: (profile) => {
      plan(profile);
    },
    describe: (profile) => plan(profile).lines.join('\n'),
    digest: `${definitions.digest}-${policyText(policy)}`,
    definitions,
  };
}

function validate(knowledge: Knowledge, value: unknown, { profiles = [], text }: ValidateOptions): Report {
  const run = newRun(knowledge, value as Resource);
  if (!isObject(value) || typeof value.resourceType !== 'string') report(run, 'not-a-resource', {});
  else {
    try {
      checkWhole(value as unknown as Resource, run, profiles);
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      run.silent = 0;
      report(run, 'profile-invalid', { profile: error.profile, problem: `${error.element}: ${error.problem}` });
    }
  }
  return reportOf(run, text);
}

function newRun(knowledge: Knowledge, resource: Resource): Run {
  const type: unknown = isObject(resource) ? resource.resourceType : undefined;
  const root = typeof type === 'string' && /^[A-Za-z]{1,64}$/.test(type) ? type : 'Resource';
  const frame: Frame = { resource, root: resource, parent: undefined, fullUrl: undefined, depth: 0 };
  return {
    knowledge,
    issues: [],
    questions: [],
    root,
    way: [],
    index: [],
    depth: 0,
    frame,
    silent: 0,
    failed: false,
    judged: undefined,
    notes: undefined,
    frames: undefined,
    reached: undefined,
  };
}

function reportOf({ issues, questions }: Run, text: string | undefined): Report {
  if (issues.length === 0 && questions.length === 0) return { verdict: 'valid', issues, questions };
  const found = text === undefined ? distinct(issues) : located(distinct(issues), text);
  const undecided = questions.some(({ strength }) => strength === 'required');
  return { verdict: found.some(isError) ? 'invalid' : undecided ? 'undecided' : 'valid', issues: found, questions };
}

/** Different ways to the same finding (two profiles, a type and its extension) tell it once, as the gravest tells it. */
function distinct(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length < 2) return issues;
  const byPlace = new Map<string, number[]>();
  const found: Issue[] = [];
  for (const it of issues) {
    const place = it.expression ?? '';
    const same = byPlace.get(place) ?? [];
    const before = same.find((at) => found[at]!.rule === it.rule && found[at]!.message === it.message);
    if (before === undefined) byPlace.set(place, [...same, found.push(it) - 1]);
    else if (isError(it) && !isError(found[before]!)) found[before] = it;
  }
  return found;
}

function located(issues: readonly Issue[], text: string): Issue[] {
  const locate = locator(text);
  return issues.map((it) => ({ ...it, ...locate(it.expression ?? '') }));
}
