import type { ElementDefinition, ElementDefinitionConstraint } from '@medplum/fhirtypes';
import { typeModel } from '../../fhir/model.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { reportUnsupported } from '../run/unsupported.ts';
import { treeOfType } from './element-trees.ts';
import { type Invariant, invariantsOf } from './invariants.ts';
import { elementNameOf, type Rule, type RuleSource } from './rule.ts';

export function invariantRules(source: RuleSource): Rule[] {
  const constraints = source.element.constraint ?? [];
  if (constraints.length === 0) return [];
  const inherited = inheritedKeys(source);
  return constraints.flatMap((constraint) => {
    if (inherited.has(`${constraint.key}`)) return [];
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

/** Keys of the base and of the type: checked already. */
function inheritedKeys({ context, base, types }: RuleSource): Set<string> {
  const keys = new Set((base?.constraint ?? []).map(({ key }) => key ?? ''));
  for (const type of types) {
    const root = typeModel(type)?.kind === 'backbone' ? undefined : treeOfType(context, type)?.element;
    for (const { key } of root?.constraint ?? []) keys.add(key ?? '');
  }
  return keys;
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

type CompiledInvariant = { readonly check: Invariant; readonly problem?: ProfileError };

/** A rule of a profile that does not compile stays undecided; the other rules of the profile are checked. */
function compileOrLeaveOpen(
  source: RuleSource,
  constraint: ElementDefinitionConstraint,
  type: string,
): CompiledInvariant | undefined {
  try {
    const [check] = invariantsOf([constraint], { type, profile: source.profile, element: elementNameOf(source) });
    return check && { check };
  } catch (error) {
    if (source.profile === undefined || !(error instanceof ProfileError)) throw error;
    const severity = constraint.severity === 'warning' ? 'information' : 'warning';
    const place = { constraint: constraint.key ?? '' };
    return { check: (_, run) => reportUnsupported(run, error, severity, place), problem: error };
  }
}
