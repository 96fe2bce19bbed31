import type { ElementDefinition } from '@medplum/fhirtypes';
import { typeModel } from '../../fhir/model.ts';
import { treeOfType } from './element-trees.ts';
import { type Invariant, invariantsOf } from './invariants.ts';
import { type Ask, nameOf, type Rule } from './rule.ts';

export function invariants(ask: Ask): Rule[] {
  const asked = ask.element.constraint ?? [];
  if (asked.length === 0) return [];
  const known = knownKeys(ask);
  return asked.flatMap((constraint) => {
    if (known.has(`${constraint.key}`)) return [];
    const [run, says] = [byType(ask, constraint), `${constraint.key}: ${constraint.expression ?? ''}`];
    return run ? [{ says, check: run }] : [];
  });
}

/** Keys that the base and the type itself check already. */
function knownKeys({ context, base, types }: Ask): Set<string> {
  const keys = new Set((base?.constraint ?? []).map(({ key }) => key ?? ''));
  for (const type of types) {
    const root = typeModel(type)?.kind === 'backbone' ? undefined : treeOfType(context, type)?.element;
    for (const { key } of root?.constraint ?? []) keys.add(key ?? '');
  }
  return keys;
}

/** The focus may be of several types; FHIRPath is compiled for each when it comes. */
function byType(ask: Ask, constraint: NonNullable<ElementDefinition['constraint']>[number]): Rule['check'] | undefined {
  const compiled = new Map<string, Invariant | undefined>();
  const compileFor = (type: string): Invariant | undefined => {
    if (!compiled.has(type))
      compiled.set(type, invariantsOf([constraint], { type, profile: ask.profile, element: nameOf(ask) })[0]);
    return compiled.get(type);
  };
  const first = compileFor(ask.types[0] ?? 'Element');
  if (!first) return undefined;
  return (value, run, type) => (type === ask.types[0] ? first(value, run) : compileFor(type)?.(value, run));
}
