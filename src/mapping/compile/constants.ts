import { compileExpression } from '../expression/expression.ts';
import { type ConstantValue, scopeOf } from '../program/scope.ts';
import { type MapProblem, problem } from '../syntax/problem.ts';
import type { MapFile } from '../syntax/tree.ts';
/** Evaluates the constants of a map, once each. They do not depend on the message, but may refer to each other in any order. */
export function constantsOf(file: MapFile, problems: MapProblem[]): Map<string, ConstantValue> {
  const done = new Map<string, ConstantValue>();
  const busy = new Set<string>();
  const byName = new Map(file.constants.map((it) => [it.name, it]));
  const work = (name: string): ConstantValue | undefined => {
    const constant = byName.get(name);
    if (!constant || done.has(name)) return done.get(name);
    const at = { path: file.path, line: constant.line, column: constant.column };
    if (busy.has(name)) {
      problems.push(problem('map-circular', { name }, at));
      return undefined;
    }
    busy.add(name);
    const scope = { ...scopeOf(new Map()), constant: work };
    const compiled = compileExpression(constant.expression, scope, undefined, {}, () => undefined, true);
    if ('problem' in compiled || !compiled.constant) {
      const reason = 'problem' in compiled ? compiled.problem : 'a constant can refer to other constants only.';
      problems.push(problem('map-expression-invalid', { problem: reason }, at));
      return undefined;
    }
    const value = { name, values: compiled.constant.map(({ type, value, text }) => ({ type, value, text })) };
    done.set(name, value);
    return value;
  };
  for (const { name } of file.constants) work(name);
  return done;
}
