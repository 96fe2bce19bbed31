import type { ConstantValue, Scope, Variable } from '../program/scope.ts';
import { type Token, tokens } from '../syntax/tokens.ts';
import { choicePath } from '../types/choice-names.ts';
import { isTypeName, type ReadPath, readingsOf, words } from './readings.ts';

/** Variables of a map are prefixed: `%resource` and `%context` have a meaning of their own in FHIRPath. */
export const prefix = 'map_';
export const prefixed = (name: string): string => prefix + name;

export type Rewritten = {
  text: string;
  /** Converts an offset in `text` to the offset in the source text. */
  origin: (at: number) => number;
  variables: Variable[];
  constants: ConstantValue[];
  readings: ReadPath[];
  usesFocus: boolean;
  /** Where a `let` stands by its bare name, as an element would: its token and its offset. */
  bare: { readonly token: number; readonly name: string; readonly at: number }[];
};

/** A token that is to be read as an element of this name, whatever else has the name. */
export type AsElement = { readonly token: number; readonly name: string };

/** Rewrites FHIRPath of a map for the FHIRPath engine; `self` are the variables that are the focus itself. */
export function rewrite(text: string, scope: Scope, self: ReadonlySet<string>, asElement?: AsElement): Rewritten {
  const list = tokens(text);
  const result: Rewritten = {
    text: '',
    origin: (at) => at,
    variables: [],
    constants: [],
    readings: readingsOf(list, scope),
    usesFocus: false,
    bare: [],
  };
  const pieces: { to: number; from: number }[] = [];
  const depths = callDepths(list);
  let from = 0;
  for (const [at, word] of list.entries()) {
    const replacement =
      word.kind === 'quoted'
        ? fhirPathText(word.value)
        : at === asElement?.token
          ? asElement.name
          : named(list, at, scope, result, depths[at] === 0 ? self : nobody);
    if (replacement === undefined) continue;
    result.text += text.slice(from, word.from);
    pieces.push({ to: result.text.length, from: word.from });
    result.text += replacement;
    from = word.to;
    pieces.push({ to: result.text.length, from });
  }
  result.text += text.slice(from);
  const origin = (at: number): number => {
    const piece = pieces.findLast(({ to }) => to <= at);
    return piece ? Math.min(text.length, piece.from + at - piece.to) : at;
  };
  return { ...result, origin, text: joined(result.text) };
}

const nobody: ReadonlySet<string> = new Set();

/** Number of function calls around each token: within a call `$this` is no longer the focus. */
function callDepths(list: readonly Token[]): number[] {
  const calls: boolean[] = [];
  let depth = 0;
  return list.map((word, at) => {
    const here = depth;
    if (word.kind === 'mark' && word.text === '(') {
      const call = list[at - 1]?.kind === 'name' && !words.has(list[at - 1]!.text);
      calls.push(call);
      if (call) depth++;
    } else if (word.kind === 'mark' && word.text === ')' && calls.pop()) depth--;
    return here;
  });
}

const twoTexts = /(^|[=(,|~]\s*)'((?:[^'\\]|\\.)*)'\s*&\s*'((?:[^'\\]|\\.)*)'(?!\s*[.[])/;

/** Concatenates adjacent literals when the map is compiled. */
function joined(text: string): string {
  let [result, next] = [text, text.replace(twoTexts, "$1'$2$3'")];
  while (next !== result) [result, next] = [next, next.replace(twoTexts, "$1'$2$3'")];
  return result;
}

/** Records the meaning of a name. Returns its replacement, or undefined to leave it. */
function named(
  list: readonly Token[],
  at: number,
  scope: Scope,
  result: Rewritten,
  self: ReadonlySet<string>,
): string | undefined {
  const [word, before, after] = [list[at]!, list[at - 1], list[at + 1]];
  if (word.kind === 'mark' && word.text === '$this') result.usesFocus = true;
  if (word.kind !== 'name' && word.kind !== 'backticks') return undefined;
  if (before?.kind === 'number' || isTypeName(list, at)) return undefined;
  const choice = word.kind === 'name' && after?.text !== '(' ? choicePath(word.text) : undefined;
  if (before?.text === '.') return choice;
  if (word.kind === 'name' && words.has(word.text) && before?.text !== '%') return undefined;
  const variable = scope.find(word.value);
  const constant = variable ? undefined : scope.constant(word.value);
  if (after?.text === '(' && before?.text !== '%') {
    // iif reads its arguments only; any other function at the start applies to the focus.
    if (word.text !== 'iif') result.usesFocus = true;
    return undefined;
  }
  if (variable && self.has(variable.name) && before?.text !== '%') {
    variable.used = true;
    result.usesFocus = true;
    return '$this';
  }
  if (variable) {
    variable.used = true;
    if (!result.variables.includes(variable)) result.variables.push(variable);
  } else if (constant) {
    if (!constant.isArgument && before?.text !== '%') result.bare.push({ token: at, name: word.value, at: word.from });
    const literal = before?.text === '%' ? undefined : literalOf(constant);
    if (literal !== undefined) return literal;
    if (!result.constants.includes(constant)) result.constants.push(constant);
  } else {
    result.usesFocus = true;
    return choice;
  }
  return before?.text === '%' ? prefixed(word.value) : `%${prefixed(word.value)}`;
}

/** A constant as a FHIRPath literal, so that the compiler can use its value. */
function literalOf({ values }: ConstantValue): string | undefined {
  const texts = values.map(({ type, value }) => {
    if (typeof value === 'boolean') return String(value);
    return typeof value === 'string' && type === 'string' ? fhirPathText(value) : undefined;
  });
  if (texts.length === 0 || texts.includes(undefined) || new Set(texts).size < texts.length) return undefined;
  return texts.length === 1 ? texts[0] : `(${texts.join(' | ')})`;
}

const fhirPathText = (value: string): string =>
  `'${value.replace(/['\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')}'`;
