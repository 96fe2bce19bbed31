import { type Definitions, openDefinitions } from '../definitions/registry.ts';
import { terminologyOf } from '../definitions/value-sets.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { planResolver } from './compile/plan-resolver.ts';
import type { Clock, ProfilePlan, TypePlan, ValidationContext } from './plan/plan.ts';
import type { Policy } from './plan/policy.ts';
import { ProfileError } from './plan/profile-error.ts';
import { type Report, reportOf } from './report.ts';
import { newRun } from './run/new-run.ts';
import { maxDepth } from './run/position.ts';
import { report } from './run/report.ts';
import { checkTypeAndProfiles } from './run/resource.ts';
import { isObject } from './values/object.ts';
import { typeOfUrl } from './values/type-of-url.ts';

export type ValidatorOptions = {
  /** FHIR packages over R4 core: folders, or .tgz files. */
  readonly packages?: readonly string[];
  readonly definitions?: readonly Resource[];
  readonly unknownExtensions?: Policy['unknownExtensions'];
  readonly exampleUrls?: Policy['exampleUrls'];
  readonly contained?: Policy['contained'];
  readonly restfulReferences?: boolean;
  readonly unloadedProfiles?: Policy['unloadedProfiles'];
  readonly missingFullUrls?: Policy['missingFullUrls'];
  readonly narrativeLinks?: Policy['narrativeLinks'];
  /**
   * The current time, for rules that use today() or now(); without it such rules stay undecided. The offset of the time
   * zone is in minutes east of UTC, 0 by default.
   */
  readonly clock?: () => Date;
  readonly zone?: (at: Date) => number;
  /** Code systems and value sets whose codes are not checked, and profiles that are not checked when not loaded, with the name of the person who waived it. */
  readonly waive?: Readonly<Record<string, string>>;
};

export type ValidateOptions = {
  /** Canonicals of profiles to check, besides those of meta.profile. */
  readonly profiles?: readonly string[];
  /** The text from which the resource was parsed, for line and column. */
  readonly text?: string;
};

export type Validator = {
  /** Never throws, for any JSON value. */
  readonly validate: (resource: unknown, options?: ValidateOptions) => Report;
  /** A validator with these definitions over the loaded ones; this validator does not change. */
  readonly with: (definitions: readonly Resource[]) => Validator;
  readonly knows: (profile: string) => boolean;
  /** Compiles a profile now. Throws a ProfileError that names profile and element when that is not possible. */
  readonly check: (profile: string) => void;
  /** The checks that a profile adds to R4, one element per line. Throws a ProfileError. */
  readonly describe: (profile: string) => string;
  /** Over all loaded definitions and the policy; stored decisions refer to it. */
  readonly digest: string;
  readonly definitions: Definitions;
};

/** Opens a validator over R4 core, the packages and the definitions. Rejects when a package cannot be read. */
export async function openValidator(options: ValidatorOptions = {}): Promise<Validator> {
  const definitions = openDefinitions({
    ...(options.packages ? { packages: options.packages } : {}),
    ...(options.definitions ? { definitions: options.definitions } : {}),
  });
  const types: TypePlans = new Map();
  return validatorOf(
    contextOf(
      definitions,
      types,
      {
        unknownExtensions: options.unknownExtensions ?? 'information',
        exampleUrls: options.exampleUrls ?? 'allow',
        contained: options.contained ?? 'check',
        restfulReferences: options.restfulReferences ?? false,
        unloadedProfiles: options.unloadedProfiles ?? 'undecided',
        missingFullUrls: options.missingFullUrls ?? 'error',
        narrativeLinks: options.narrativeLinks ?? 'warning',
        waive: new Map(Object.entries(options.waive ?? {})),
      },
      clockOf(options),
    ),
    types,
  );
}

type TypePlans = Map<string, TypePlan>;

function clockOf({ clock, zone = () => 0 }: ValidatorOptions): Clock | undefined {
  if (!clock) return undefined;
  return () => {
    const now = clock();
    return { now, zone: zone(now) };
  };
}

const contextOf = (
  definitions: Definitions,
  types: TypePlans,
  policy: Policy,
  clock: Clock | undefined,
): ValidationContext => ({
  definitions,
  terminology: terminologyOf(definitions),
  policy,
  plans: planResolver(definitions, types),
  clock,
});

/** Whether plans of types compiled before no longer apply once this definition is loaded. */
const redefinesType = (it: Resource): boolean =>
  isType(it, 'StructureDefinition') && (it.derivation !== 'constraint' || typeOfUrl(it.url ?? '') !== undefined);

const policyText = ({ waive, ...policy }: Policy): string =>
  [...Object.values(policy), ...[...waive.keys()].sort()].join(',');

function validatorOf(context: ValidationContext, types: TypePlans): Validator {
  const { definitions, policy, plans } = context;
  const loaded = (profile: string): ProfilePlan => {
    const plan = plans.profile(profile);
    if (!plan) throw new ProfileError(profile, '', 'it is not loaded');
    return plan;
  };
  return {
    validate: (resource, options = {}) => validate(context, resource, options),
    with: (resources) => {
      const overlayTypes: TypePlans = resources.some(redefinesType) ? new Map() : types;
      return validatorOf(contextOf(definitions.with(resources), overlayTypes, policy, context.clock), overlayTypes);
    },
    knows: (profile) => definitions.find('StructureDefinition', profile) !== undefined,
    check: (profile) => {
      const [problem] = loaded(profile).problems;
      if (problem) throw problem;
    },
    describe: (profile) => loaded(profile).lines.join('\n'),
    digest: `${definitions.digest}-${policyText(policy)}`,
    definitions,
  };
}

function validate(context: ValidationContext, value: unknown, { profiles = [], text }: ValidateOptions): Report {
  const run = newRun(context, value as Resource);
  if (!isObject(value) || typeof value.resourceType !== 'string') report(run, 'not-a-resource', {});
  else {
    try {
      checkTypeAndProfiles(value as unknown as Resource, run, profiles);
    } catch (error) {
      run.silent = 0;
      // The checks that follow the whole depth of a value run out of stack on hostile nesting.
      if (error instanceof RangeError) report(run, 'resource-too-deep', { limit: maxDepth });
      else if (!(error instanceof ProfileError)) throw error;
      else report(run, 'profile-invalid', { profile: error.profile, problem: `${error.element}: ${error.problem}` });
    }
  }
  return reportOf(run, text);
}
