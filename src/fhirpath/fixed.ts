import { type Compiled, multiple, type Scope, single } from './compiled.ts';
import type { Syntax } from './syntax.ts';

/** Functions that evaluate their arguments for each item of their own input. */
const projecting: ReadonlySet<string> = new Set(['where', 'select', 'all', 'exists', 'repeat', 'repeatAll', 'sort']);

/** Functions whose arguments are names of types. */
const typed: ReadonlySet<string> = new Set(['is', 'as', 'ofType']);

/** Functions with an effect, or with a state of their own. */
const impure: ReadonlySet<string> = new Set(['trace', 'defineVariable', 'aggregate', 'iif']);

/**
 * Whether an expression reads from a variable and has one value in the whole evaluation: `%resource.snapshot.element.first().path`.
 * `inner` is true inside a projection of the expression itself, where $this is an item of that expression.
 */
export function isFixed(syntax: Syntax, defined: ReadonlySet<string>, inner = false): boolean {
  const fixed = (it: Syntax): boolean => isFixed(it, defined, inner);
  switch (syntax.kind) {
    case 'variable':
      return !defined.has(syntax.name);
    case 'this':
    case 'index':
      return inner;
    case 'total':
      return false;
    case 'member':
      return syntax.on ? fixed(syntax.on) : inner;
    case 'call': {
      const { on, name, args } = syntax;
      if (impure.has(name) || !(on ? fixed(on) : inner)) return false;
      return typed.has(name) || args.every((it) => isFixed(it, defined, inner || projecting.has(name)));
    }
    case 'indexer':
      return fixed(syntax.on) && fixed(syntax.index);
    case 'sign':
    case 'type':
      return fixed(syntax.operand);
    case 'binary':
      return fixed(syntax.left) && fixed(syntax.right);
    case 'order':
      return fixed(syntax.key);
    default:
      return true;
  }
}

/** The expression, evaluated at most once per evaluation. Otherwise a projection over a list would read the list for each of its items. */
export function onceFor(compiled: Compiled): Compiled {
  const { type, possible, unordered, defines } = compiled;
  const traits = { possible, unordered, defines };
  const { one, many } = compiled;
  const read = <T>(scope: Scope, evaluate: () => T): T => {
    scope.fixed ??= new Map();
    if (!scope.fixed.has(compiled)) scope.fixed.set(compiled, evaluate());
    return scope.fixed.get(compiled) as T;
  };
  return one
    ? single(type, (self, scope) => read(scope, () => one(self, scope)), traits)
    : multiple(type, (self, scope) => read(scope, () => many(self, scope)), traits);
}
