import { FhirPathSyntaxError } from './error.ts';
import { type Token, tokenize } from './lexer.ts';
import { isBinaryOperator, precedence, type Syntax, signPrecedence, typePrecedence } from './syntax.ts';

/** Keywords of calendar durations, each with its singular (https://hl7.org/fhirpath/N1/#time-valued-quantities). */
export const calendarUnits: ReadonlyMap<string, string> = new Map(
  ['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'].flatMap((unit) => [
    [unit, unit],
    [`${unit}s`, unit],
  ]),
);

/** Operators that are words; an element of that name requires backticks. */
const reserved = new Set(['and', 'or', 'xor', 'implies', 'div', 'mod', 'true', 'false']);

/** Limit on nesting: far above any expression written by hand, it bounds recursion here and in the compiler. */
const maxDepth = 200;

/**
 * Parses an expression by operator precedence (Pratt). Throws FhirPathSyntaxError with the place of the first token
 * that is not allowed.
 */
export function parse(text: string): Syntax {
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;
  const peek = (): Token => tokens[at] as Token;
  const next = (): Token => tokens[at++] as Token;
  const isSymbol = (symbol: string): boolean => peek().kind === 'symbol' && peek().text === symbol;
  const fail = (token: Token, expected: string): never => {
    const found = token.kind === 'end' ? 'the end of the expression' : `'${token.text}'`;
    throw new FhirPathSyntaxError(`expected ${expected}, found ${found}`, token);
  };
  const expect = (symbol: string): void => {
    if (!isSymbol(symbol)) fail(peek(), `'${symbol}'`);
    at += 1;
  };

  function expression(loosest: number): Syntax {
    if (++depth > maxDepth) throw new FhirPathSyntaxError(`nested deeper than ${maxDepth}`, peek());
    let left = operand();
    for (;;) {
      const token = peek();
      const binds = bindingOf(token);
      if (binds === undefined || binds < loosest) break;
      at += 1;
      if (token.text === 'is' || token.text === 'as') {
        left = { kind: 'type', operator: token.text, operand: left, type: typeSpecifier(), at: token };
      } else if (isBinaryOperator(token.text)) {
        left = { kind: 'binary', operator: token.text, left, right: expression(binds + 1), at: token };
      }
    }
    depth -= 1;
    return left;
  }

  function operand(): Syntax {
    const token = peek();
    if (isSymbol('+') || isSymbol('-')) {
      at += 1;
      return { kind: 'sign', sign: token.text as '+' | '-', operand: expression(signPrecedence), at: token };
    }
    let left = term();
    for (;;) {
      const here = peek();
      if (isSymbol('.')) {
        at += 1;
        left = invocation(left);
      } else if (isSymbol('[')) {
        at += 1;
        left = { kind: 'indexer', on: left, index: expression(0), at: here };
        expect(']');
      } else return left;
    }
  }

  function term(): Syntax {
    const token = next();
    switch (token.kind) {
      case 'string':
        return { kind: 'string', text: token.text, at: token };
      case 'integer':
      case 'decimal':
        return numberOrQuantity(token);
      case 'long':
      case 'temporal':
        return { kind: token.kind, text: token.text, at: token };
      case 'variable':
        return { kind: 'variable', name: token.text, at: token };
      case 'identifier':
      case 'delimited':
        at -= 1;
        if (token.kind === 'identifier' && (token.text === 'true' || token.text === 'false')) {
          at += 1;
          return { kind: 'boolean', value: token.text === 'true', at: token };
        }
        return invocation();
      case 'symbol':
        return symbolTerm(token);
      case 'end':
        return fail(token, 'a value or a path');
    }
  }

  function symbolTerm(token: Token): Syntax {
    if (token.text === '$this' || token.text === '$index' || token.text === '$total')
      return { kind: token.text.slice(1) as 'this' | 'index' | 'total', at: token };
    if (token.text === '{') {
      expect('}');
      return { kind: 'empty', at: token };
    }
    if (token.text !== '(') return fail(token, 'a value or a path');
    const inner = expression(0);
    expect(')');
    return inner;
  }

  function numberOrQuantity(token: Token): Syntax {
    const unit = peek();
    const calendar = unit.kind === 'identifier' ? calendarUnits.get(unit.text) : undefined;
    if (unit.kind !== 'string' && !calendar)
      return { kind: token.kind as 'integer' | 'decimal', text: token.text, at: token };
    at += 1;
    return {
      kind: 'quantity',
      text: token.text,
      unit: calendar ?? unit.text,
      calendar: calendar !== undefined,
      at: token,
    };
  }

  function name(): string {
    const token = next();
    if (token.kind === 'delimited' || (token.kind === 'identifier' && !reserved.has(token.text))) return token.text;
    return fail(token, 'the name of an element or a function');
  }

  function invocation(on?: Syntax): Syntax {
    const token = peek();
    if (on && (isSymbol('$this') || isSymbol('$index') || isSymbol('$total'))) return fail(token, 'a name');
    const called = name();
    const target = on ? { on } : {};
    if (!isSymbol('(')) return { kind: 'member', name: called, ...target, at: token };
    at += 1;
    const args: Syntax[] = [];
    if (!isSymbol(')')) {
      do args.push(called === 'sort' ? sortKey() : expression(0));
      while (isSymbol(',') && ++at);
    }
    expect(')');
    return { kind: 'call', name: called, args, ...target, at: token };
  }

  function sortKey(): Syntax {
    const key = expression(0);
    const { kind, text: word } = peek();
    if (kind !== 'identifier' || (word !== 'asc' && word !== 'desc')) return key;
    at += 1;
    return { kind: 'order', key, descending: word === 'desc', at: key.at };
  }

  function typeSpecifier(): string {
    const first = name();
    if (!isSymbol('.')) return first;
    at += 1;
    return `${first}.${name()}`;
  }

  const tree = expression(0);
  if (peek().kind !== 'end') fail(peek(), 'an operator or the end');
  return tree;
}

function bindingOf({ kind, text }: Token): number | undefined {
  if (kind !== 'symbol' && kind !== 'identifier') return undefined;
  if (kind === 'identifier' && (text === 'is' || text === 'as')) return typePrecedence;
  return isBinaryOperator(text) ? precedence[text] : undefined;
}
