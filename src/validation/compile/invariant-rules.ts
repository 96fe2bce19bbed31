import type { ElementDefinition, ElementDefinitionConstraint } from '@medplum/fhirtypes';
import { typeModel } from '../../fhir/model.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { reportUnsupported } from '../run/unsupported.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { treeOfType } from './element-trees.ts';
import { type Invariant, invariantsOf } from './invariants.ts';
import { elementNameOf, type Rule, type RuleSource } from './rule.ts';

export function invariantRules(source: RuleSource): Rule[] {
  const constraints = source.element.constraint ?? [];
  if (constraints.length === 0) return [];
  const inherited = inheritedExpressions(source);
  return constraints.flatMap((constraint) => {
    if (isInherited(constraint, inherited)) return [];
    const compiled = checkByType(source, constraint);
    if (!compiled) return [];
    const { check, problem } = compiled;
    const description = `${constraint.key}: ${constraint.expression ?? ''}`;
    return [
      problem
        ? { description: `${description} (not checked: ${problem.problem})`, check, problem }
        : { description, check },
    ];
  });
}

/** The rules of the base and of the type, by key: checked already. */
function inheritedExpressions({ context, base, types }: RuleSource): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (constraints: readonly ElementDefinitionConstraint[] = []): void => {
    for (const { key = '', expression = '' } of constraints)
      found.set(key, (found.get(key) ?? new Set<string>()).add(expression));
  };
  add(base?.constraint);
  for (const type of types)
    add((typeModel(type)?.kind === 'backbone' ? undefined : treeOfType(context, type))?.element.constraint);
  return found;
}

/**
 * A profile may give a rule of its own a key that R4 uses; that is another rule. A snapshot of a later release writes the
 * rules of R4 with other expressions; their source tells that they are those of R4.
 */
function isInherited(
  { key = '', expression = '', source }: ElementDefinitionConstraint,
  inherited: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  if (source !== undefined && typeModel(typeOfUrl(source) ?? source) !== undefined) return true;
  return inherited.get(key)?.has(expression) === true;
}

/** FHIRPath is compiled per type of the focus, when a value of that type first occurs. */
function checkByType(
  source: RuleSource,
  constraint: NonNullable<ElementDefinition['constraint']>[number],
): Pick<Rule, 'check' | 'problem'> | undefined {
  const compiled = new Map<string, CompiledInvariant | undefined>();
  const compileFor = (type: string): CompiledInvariant | undefined => {
    if (!compiled.has(type)) compiled.set(type, compileOrLeaveOpen(source, constraint, type));
    return compiled.get(type);
  };
  const first = compileFor(source.types[0] ?? 'Element');
  if (!first) return undefined;
  return {
    check: (value, run, type) =>
      type === source.types[0] ? first.check(value, run) : compileFor(type)?.check(value, run),
    ...(first.problem ? { problem: first.problem } : {}),
  };
}

type CompiledInvariant = { readonly check: Invariant['check']; readonly problem?: ProfileError };

/** A rule of a profile that does not compile stays undecided; the other rules of the profile are checked. */
function compileOrLeaveOpen(
  source: RuleSource,
  constraint: ElementDefinitionConstraint,
  type: string,
): CompiledInvariant | undefined {
  try {
    const [invariant] = invariantsOf([constraint], { type, profile: source.profile, element: elementNameOf(source) });
    return invariant && { check: invariant.check };
  } catch (error) {
    if (source.profile === undefined || !(error instanceof ProfileError)) throw error;
    const severity = constraint.severity === 'warning' ? 'information' : 'warning';
    const place = { constraint: constraint.key ?? '' };
    return { check: (_, run) => reportUnsupported(run, error, severity, place), problem: error };
  }
}
