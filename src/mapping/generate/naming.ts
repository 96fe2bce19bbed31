import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { rootNode } from '../run/node.ts';
import type { Code } from './form.ts';
import { type Predicate, tested } from './predicate.ts';

/** `(expression) as v` of something that is always true or false. */
export const namingTest =
  (test: Predicate, declared: Variable, { place }: Context, byFunction: Code): Code =>
  (form) => {
    const [value, node] = [form.hoist(form.value(declared)), form.hoist(`n${declared.slot}`)];
    return `${value} = ${tested(test, form, undefined, place)};
      if (odd) { odd = false; ${byFunction(form)} } else ${node} = ${form.constant(rootNode)}(${value}, "boolean");`;
  };
