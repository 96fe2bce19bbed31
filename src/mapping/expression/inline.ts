import { parse } from '../../fhirpath/parser.ts';
import { primitiveKind } from '../../fhirpath/types.ts';
import { predicateOf } from '../generate/condition.ts';
import type { Predicate } from '../generate/predicate.ts';
import type { Variable } from '../program/scope.ts';
import type { PossibleTypes } from '../types/types.ts';
import type { Rewritten } from './rewrite.ts';
import { prefixed } from './rewrite.ts';

/** The generated code of an expression; undefined when none of it is supported. */
export function inlinePredicate(
  { text, variables }: Pick<Rewritten, 'text' | 'variables'>,
  focus: { readonly types: PossibleTypes; readonly variable: Variable | undefined },
): Predicate | undefined {
  const byName = new Map(variables.map((it) => [prefixed(it.name), it]));
  const predicate = predicateOf(parse(text), {
    self: { variable: focus.variable, type: only(focus.types), self: true },
    variable: (name) => {
      const variable = byName.get(name);
      return variable && { variable, type: hasFixedValue(variable) ? only(variable.types) : undefined };
    },
    predicate: predicateOf,
  });
  return predicate.useful ? predicate : undefined;
}

/** A primitive of the target may receive its value later. */
const hasFixedValue = ({ mode, types }: Variable): boolean =>
  mode === 'source' || types?.every((type) => !primitiveKind(type)) === true;

/** A type with generated paths; types of logical models (urls) are left to the engine. */
const only = (types: PossibleTypes): string | undefined =>
  types?.length === 1 && !types[0]!.includes('/') ? types[0] : undefined;
