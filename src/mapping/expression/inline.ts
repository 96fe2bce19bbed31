import { parse } from '../../fhirpath/parser.ts';
import { primitiveKind } from '../../fhirpath/types.ts';
import { predicate } from '../generate/condition.ts';
import type { Predicate } from '../generate/predicate.ts';
import type { Variable } from '../program/scope.ts';
import type { Static } from '../types/types.ts';
import type { Rewritten } from './rewrite.ts';
import { inside } from './rewrite.ts';

/** The part of an expression that stands in the generated code itself; undefined when none of it does. */
export function inlined(
  { text, variables }: Pick<Rewritten, 'text' | 'variables'>,
  focus: { readonly types: Static; readonly variable: Variable | undefined },
): Predicate | undefined {
  const byName = new Map(variables.map((it) => [inside(it.name), it]));
  const made = predicate(parse(text), {
    self: { variable: focus.variable, type: only(focus.types), self: true },
    variable: (name) => {
      const variable = byName.get(name);
      return variable && { variable, type: hasFixedValue(variable) ? only(variable.types) : undefined };
    },
    predicate,
  });
  return made.useful ? made : undefined;
}

/** A primitive of the target may get its value later. */
const hasFixedValue = ({ mode, types }: Variable): boolean =>
  mode === 'source' || types?.every((type) => !primitiveKind(type)) === true;

/** A type that a path can be compiled for; types of logical models go by urls, and are the engine's. */
const only = (types: Static): string | undefined =>
  types?.length === 1 && !types[0]!.includes('/') ? types[0] : undefined;
