import type { ElementDefinition } from '@medplum/fhirtypes';
import { typeModel } from '../../fhir/model.ts';
import { treeOfType } from './element-trees.ts';
import { type Invariant, invariantsOf } from './invariants.ts';
import { elementNameOf, type Rule, type RuleSource } from './rule.ts';

export function invariantRules(source: RuleSource): Rule[] {
  const constraints = source.element.constraint ?? [];
  if (constraints.length === 0) return [];
  const inherited = inheritedKeys(source);
  return constraints.flatMap((constraint) => {
    if (inherited.has(`${constraint.key}`)) return [];
    const [run, description] = [checkByType(source, constraint), `${constraint.key}: ${constraint.expression ?? ''}`];
    return run ? [{ description, check: run }] : [];
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
): Rule['check'] | undefined {
  const compiled = new Map<string, Invariant | undefined>();
  const compileFor = (type: string): Invariant | undefined => {
    if (!compiled.has(type))
      compiled.set(
        type,
        invariantsOf([constraint], { type, profile: source.profile, element: elementNameOf(source) })[0],
      );
    return compiled.get(type);
  };
  const first = compileFor(source.types[0] ?? 'Element');
  if (!first) return undefined;
  return (value, run, type) => (type === source.types[0] ? first(value, run) : compileFor(type)?.(value, run));
}
