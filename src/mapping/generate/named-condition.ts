import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { rootNode } from '../run/node.ts';
import type { Code } from './group-builder.ts';
import { type Predicate, testCode } from './predicate.ts';

/** `(expression) as v` where the expression is always true or false. */
export const namedConditionCode =
  (test: Predicate, declared: Variable, { place }: Context, byFunction: Code): Code =>
  (builder) => {
    const [value, node] = [builder.hoist(builder.value(declared)), builder.hoist(`n${declared.slot}`)];
    return `${value} = ${testCode(test, builder, undefined, place)};
      if (odd) { odd = false; ${byFunction(builder)} } else ${node} = ${builder.constant(rootNode)}(${value}, "boolean");`;
  };
