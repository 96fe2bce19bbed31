import type { Reader } from './reader.ts';
import type { Token } from './tokens.ts';
import type { Argument, Expression, Literal } from './tree.ts';

/** `( expression )`: the FHIRPath between the parentheses, unchanged. */
export function parenthesised(read: Reader): Expression {
  const opening = read.expect('(');
  const expression = upTo(read, (word) => word.text === ')' && word.kind === 'mark', opening);
  read.expect(')');
  return expression;
}

/** Keywords that may follow a condition without parentheses, the R4 form (https://hl7.org/fhir/R4/mapping-language.html). */
const followers = new Set(['check', 'log', 'then']);

/** `(expression)` or, as in R4, the bare expression up to the next keyword of the mapping language. */
export function condition(read: Reader): Expression {
  let before: Token | undefined;
  const bare = upTo(read, (word) => {
    const member = before?.kind === 'mark' && (before.text === '.' || before.text === '%');
    const name = word.kind === 'quoted' && read.is(';', 1);
    const ends =
      (word.kind === 'mark' && (word.text === '->' || word.text === ';' || word.text === ',')) ||
      (word.kind === 'name' && !member && followers.has(word.text)) ||
      name;
    before = word;
    return ends;
  });
  const text = withoutOuterParentheses(bare.text);
  if (text === bare.text) return bare;
  const opening = bare.text.slice(0, bare.text.indexOf(text, 1));
  const lines = opening.split('\n');
  const column = lines.length === 1 ? bare.column + opening.length : lines.at(-1)!.length + 1;
  return { text, line: bare.line + lines.length - 1, column };
}

/** `(a) and (b)` keeps its parentheses; `(a and b)` does not need them. */
function withoutOuterParentheses(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let nesting = 0;
  for (const [at, one] of quoteless(text)) {
    if (one === '(') nesting++;
    if (one === ')' && --nesting === 0 && at < text.length - 1) return text;
  }
  return text.slice(1, -1).trim();
}

/** The characters outside quoted texts and comments. */
function* quoteless(text: string): Generator<[number, string]> {
  for (let at = 0; at < text.length; at++) {
    const one = text.charAt(at);
    const end = one === '/' ? commentEnd(text, at) : undefined;
    if (end !== undefined) at = end;
    else if (one === "'" || one === '"' || one === '`') {
      for (at++; at < text.length && text.charAt(at) !== one; at++) if (text.charAt(at) === '\\') at++;
    } else yield [at, one];
  }
}

function commentEnd(text: string, at: number): number | undefined {
  const mark = text.charAt(at + 1);
  const end = mark === '/' ? text.indexOf('\n', at) : mark === '*' ? text.indexOf('*/', at) + 1 : undefined;
  return end === undefined ? undefined : end <= 0 ? text.length : end;
}

const brackets: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Reads tokens until `ends` is true outside any parentheses; the text keeps the author's spelling. `opening`: the
 * parenthesis before it.
 */
export function upTo(read: Reader, ends: (word: Token) => boolean, opening?: Token): Expression {
  const first = read.peek();
  const open: Token[] = [];
  let to = first.from;
  for (;;) {
    const word = read.peek();
    const unclosed = open.at(-1) ?? opening;
    // FHIRPath has neither of these marks: a bracket before it was forgotten, and is the place to mend.
    const isAfter = word.kind === 'end' || (word.kind === 'mark' && (word.text === ';' || word.text === '->'));
    if (unclosed && isAfter) return read.failAt(unclosed, `${brackets[unclosed.text]} to close this`);
    if (word.kind === 'end') return read.fail('the end of this expression');
    if (word.kind === 'unknown') return read.fail('FHIRPath');
    if (open.length === 0 && ends(word)) break;
    if (word.kind === 'mark' && Object.hasOwn(brackets, word.text)) open.push(word);
    if (word.kind === 'mark' && ')]}'.includes(word.text) && brackets[open.pop()?.text ?? ''] !== word.text)
      return read.fail('FHIRPath');
    to = read.next().to;
  }
  const text = read.text.slice(first.from, to).trim();
  return text ? { text, line: first.line, column: first.column } : read.fail('a FHIRPath expression');
}

/** `( a, 'b', %c.d )` of an invocation or transform. */
export function argumentList(read: Reader): Argument[] {
  const opening = read.expect('(');
  const found: Argument[] = [];
  if (read.take(')')) return found;
  do found.push(argument(read, opening));
  while (read.take(','));
  read.expect(')');
  return found;
}

function argument(read: Reader, opening: Token): Argument {
  const [first, sign] = [read.peek(), read.is('-') ? 1 : 0];
  const ends = (ahead: number): boolean => read.is(',', ahead) || read.is(')', ahead);
  const literal = literalOf(read.peek(sign));
  if (literal !== undefined && ends(sign + 1)) {
    if (sign) read.next();
    const { text } = read.next();
    return {
      kind: 'literal',
      value: sign && typeof literal === 'number' ? -literal : literal,
      text: sign ? `-${text}` : text,
    };
  }
  if ((first.kind === 'name' || first.kind === 'backticks') && ends(1))
    return { kind: 'variable', name: read.next().value };
  return {
    kind: 'expression',
    expression: upTo(read, (word) => word.kind === 'mark' && (word.text === ',' || word.text === ')'), opening),
  };
}

/** The value of a literal token; dates and times keep their text without `@`. */
export function literalOf(word: Token): Literal | undefined {
  switch (word.kind) {
    case 'string':
    case 'quoted':
    case 'markdown':
      return word.value;
    case 'number':
      return Number.parseFloat(word.text);
    case 'moment':
      return word.text.replace(/^@T?/, '');
    case 'name':
      return word.text === 'true' ? true : word.text === 'false' ? false : undefined;
    default:
      return undefined;
  }
}
