import type { Scope } from '../program/scope.ts';
import type { Token } from '../syntax/tokens.ts';

/** A path that an expression reads: a variable (without one: the focus) and the plain path after it. */
export type ReadPath = { readonly slot: number | undefined; readonly path: string; readonly steps: readonly string[] };

/** Words of FHIRPath that are no name. */
export const words: ReadonlySet<string> = new Set([
  'and',
  'or',
  'xor',
  'implies',
  'in',
  'contains',
  'is',
  'as',
  'div',
  'mod',
  'true',
  'false',
]);

/** Functions of which the argument is evaluated for each item of the input. */
const perItem: ReadonlySet<string> = new Set(['where', 'select', 'exists', 'all', 'repeat']);

/** Functions that return items of their input. */
const filters: ReadonlySet<string> = new Set(['where', 'first', 'last', 'tail', 'skip', 'take', 'distinct', 'ofType']);

/** Functions that return items of their input and of their argument. */
const unions: ReadonlySet<string> = new Set(['combine', 'union']);

/** Functions that only state whether there is a value: they read none of it. */
const presence: ReadonlySet<string> = new Set(['exists', 'empty']);

type Path = { readonly slot: number | undefined; readonly steps: readonly string[] };

/**
 * The values that an expression reads, each by its longest path: through filters and projections, and within their
 * arguments. `where(x = 1).y` of `a` reads `a.x` and `a.y`. A value that is only tested for presence is not read.
 */
export function readingsOf(list: readonly Token[], scope: Scope): ReadPath[] {
  const found = new Map<string, ReadPath>();
  let at = 0;

  const record = (paths: readonly Path[]): void => {
    for (const { slot, steps } of paths) {
      const path = steps.join('.');
      if (slot !== undefined || steps.length > 0) found.set(`${slot ?? ''} ${path}`, { slot, path, steps });
    }
  };

  /** A call whose name is at `at`; `input` is what it applies to. */
  const call = (input: readonly Path[], focus: readonly Path[]): readonly Path[] => {
    const name = list[at]!.text;
    at += 2;
    const inner = operands(perItem.has(name) ? input : focus);
    at++;
    if (filters.has(name)) return input;
    if (name === 'select' || name === 'iif') return inner;
    if (unions.has(name)) return [...input, ...inner];
    if (!presence.has(name)) record(input);
    return [];
  };

  /** The operands up to the end of the expression or of its parenthesis. */
  const operands = (focus: readonly Path[]): Path[] => {
    const result: Path[] = [];
    let current: readonly Path[] = [];
    const end = (): void => {
      record(current);
      result.push(...current);
      current = [];
    };
    while (at < list.length && !isClosing(list[at]!)) {
      const word = list[at]!;
      if (word.text === '.' && isName(list[at + 1])) {
        at++;
        if (list[at + 1]?.text === '(') current = call(current, focus);
        else {
          const step = list[at]!.value;
          current = current.map((it) => ({ ...it, steps: [...it.steps, step] }));
          at++;
        }
      } else if (word.kind === 'mark' && word.text === '[') {
        at++;
        operands(focus);
        at++;
      } else {
        end();
        if (word.kind === 'mark' && word.text === '(') {
          at++;
          current = operands(focus);
          at++;
        } else if (word.kind === 'mark' && word.text === '$this') {
          current = focus;
          at++;
        } else if (isName(word) && list[at - 1]?.kind !== 'number' && !isTypeName(list, at)) {
          current = started(word, focus);
        } else at++;
      }
    }
    end();
    return result;
  };

  const started = (word: Token, focus: readonly Path[]): readonly Path[] => {
    const isVariable = list[at - 1]?.text === '%';
    if (!isVariable && list[at + 1]?.text === '(') return call(focus, focus);
    at++;
    if (!isVariable && word.kind === 'name' && words.has(word.text)) return [];
    const variable = scope.find(word.value);
    if (variable) return [{ slot: variable.slot, steps: [] }];
    if (isVariable || scope.constant(word.value)) return [];
    return focus.map((it) => ({ ...it, steps: [...it.steps, word.value] }));
  };

  while (at < list.length) {
    operands([{ slot: undefined, steps: [] }]);
    at++;
  }
  return [...found.values()];
}

const isName = (word: Token | undefined): boolean => word?.kind === 'name' || word?.kind === 'backticks';

const isClosing = ({ kind, text }: Token): boolean => kind === 'mark' && (text === ')' || text === ']' || text === '}');

/** After `is` and `as`, and within `ofType()`, `is()` and `as()`, a name is a type. */
export function isTypeName(list: readonly Token[], at: number): boolean {
  const [before, earlier] = [list[at - 1], list[at - 2]];
  if (before?.kind === 'name' && (before.text === 'is' || before.text === 'as') && list[at - 2]?.text !== '.')
    return true;
  return before?.text === '(' && earlier?.kind === 'name' && ['ofType', 'is', 'as'].includes(earlier.text);
}
