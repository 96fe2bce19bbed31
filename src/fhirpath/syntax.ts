import type { Position } from './error.ts';

/** The syntax tree of an expression (https://hl7.org/fhirpath/N1/#formal-specifications). */
export type Syntax = { readonly at: Position } & (
  | { readonly kind: 'empty' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string' | 'integer' | 'long' | 'decimal' | 'temporal'; readonly text: string }
  /** `unit` is a UCUM code, or a calendar duration in the singular. */
  | { readonly kind: 'quantity'; readonly text: string; readonly unit: string; readonly calendar: boolean }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'this' | 'index' | 'total' }
  /** `on` is missing where the path begins: then it is a step from $this. */
  | { readonly kind: 'member'; readonly on?: Syntax; readonly name: string }
  | { readonly kind: 'call'; readonly on?: Syntax; readonly name: string; readonly args: readonly Syntax[] }
  | { readonly kind: 'indexer'; readonly on: Syntax; readonly index: Syntax }
  | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly operand: Syntax }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Syntax; readonly right: Syntax }
  | { readonly kind: 'type'; readonly operator: 'is' | 'as'; readonly operand: Syntax; readonly type: string }
  /** An argument of sort(): `family desc`. */
  | { readonly kind: 'order'; readonly key: Syntax; readonly descending: boolean }
);

/** From loose to tight binding (https://hl7.org/fhirpath/N1/#operator-precedence); `is` and `as` bind between `|` and `+`. */
export const precedence = {
  implies: 1,
  or: 2,
  xor: 2,
  and: 3,
  in: 4,
  contains: 4,
  '=': 5,
  '~': 5,
  '!=': 5,
  '!~': 5,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  '|': 7,
  '+': 9,
  '-': 9,
  '&': 9,
  '*': 10,
  '/': 10,
  div: 10,
  mod: 10,
} as const;
export const typePrecedence = 8;
export const signPrecedence = 11;

export type BinaryOperator = keyof typeof precedence;
export const isBinaryOperator = (text: string): text is BinaryOperator => Object.hasOwn(precedence, text);
