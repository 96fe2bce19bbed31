import { parse, type Syntax } from '../../fhirpath/index.ts';
import type { ConstantValue } from '../program/scope.ts';
import { prefixed } from './rewrite.ts';

/**
 * The fixed values that an expression can return, whichever branch of it a message takes: of `iif(c, 'a', x)` it is 'a'.
 * What it computes or reads is not among them. A filter is not evaluated: `('a' | 'b').where(...)` may return either.
 */
export function possibleValues(text: string, constants: readonly ConstantValue[]): readonly unknown[] {
  const byName = new Map(constants.map(({ name, values }) => [prefixed(name), values.map(({ value }) => value)]));
  const of = (syntax: Syntax | undefined): readonly unknown[] => {
    switch (syntax?.kind) {
      case 'string':
        return [syntax.text];
      case 'variable':
        return byName.get(syntax.name) ?? [];
      case 'binary':
        return syntax.operator === '|' ? [...of(syntax.left), ...of(syntax.right)] : [];
      case 'type':
        return syntax.operator === 'as' ? of(syntax.operand) : [];
      case 'indexer':
        return of(syntax.on);
      case 'call':
        return ofCall(syntax.name, syntax.on, syntax.args);
      default:
        return [];
    }
  };
  const ofCall = (name: string, on: Syntax | undefined, args: readonly Syntax[]): readonly unknown[] => {
    if (name === 'iif') return args.slice(1).flatMap(of);
    if (name === 'coalesce') return args.flatMap(of);
    if (name === 'select') return args[0]?.kind === 'this' ? of(on) : of(args[0]);
    if (name === 'union' || name === 'combine') return [...of(on), ...args.flatMap(of)];
    return selecting.has(name) ? of(on) : [];
  };
  return of(parse(text));
}

/** Functions that return some of the values of their input, unchanged. */
const selecting: ReadonlySet<string> = new Set([
  'first',
  'last',
  'single',
  'tail',
  'skip',
  'take',
  'where',
  'distinct',
  'ofType',
  'as',
  'trace',
  'defineVariable',
  'intersect',
  'toString',
  'sort',
]);
