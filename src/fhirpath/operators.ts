import * as arithmetic from './arithmetic.ts';
import { limitedText, spend, stepsPerKey } from './budget.ts';
import { compareValues } from './comparison.ts';
import {
  boxed,
  type Compiled,
  constant,
  multiple,
  nothing,
  type One,
  oneOf,
  single,
  type Test,
  testOf,
} from './compiled.ts';
import { distinctItems, equalCollections, equalItems, equivalentCollections } from './equality.ts';
import type { BinaryOperator } from './syntax.ts';
import { textValue } from './text.ts';
import { jsKind, type TypeName } from './types.ts';
import { rawOf, systemValue } from './value.ts';
import { Temporal, textOf } from './values/temporal.ts';

type Build = (left: Compiled, right: Compiled) => Compiled;

const boolean = (one: One): Compiled => single('System.Boolean', one);

/** Three-valued logic, decided by the left side alone where that suffices (https://hl7.org/fhirpath/N1/#boolean-logic). */
const logic =
  (operator: string, combine: (left: Test, right: Test) => Test): Build =>
  (left, right) =>
    boolean(combine(testOf(left, operator), testOf(right, operator)));

const and = logic('and', (left, right) => (self, scope) => {
  const a = left(self, scope);
  if (a === false) return false;
  const b = right(self, scope);
  return b === false ? false : a && b;
});
const or = logic('or', (left, right) => (self, scope) => {
  const a = left(self, scope);
  if (a === true) return true;
  const b = right(self, scope);
  return b === true ? true : a === undefined || b === undefined ? undefined : false;
});
const xor = logic('xor', (left, right) => (self, scope) => {
  const a = left(self, scope);
  const b = right(self, scope);
  return a === undefined || b === undefined ? undefined : a !== b;
});
const implies = logic('implies', (left, right) => (self, scope) => {
  const a = left(self, scope);
  if (a === false) return true;
  const b = right(self, scope);
  return a === true ? b : b === true ? true : undefined;
});

/** `=`, undefined when a side is empty. Single strings are compared directly. */
function equality(left: Compiled, right: Compiled): Test {
  const [{ one: l, type: leftType }, { one: r, type: rightType }] = [left, right];
  if (!l || !r) {
    const text = right.constant?.[0];
    return (self, scope) => {
      const a = left.many(self, scope);
      if (typeof text === 'string' && a.length === 1) {
        const raw = rawOf(a[0]);
        if (typeof raw === 'string') return raw === text;
      }
      const b = right.many(self, scope);
      return a.length === 0 || b.length === 0 ? undefined : equalCollections(a, leftType, b, rightType);
    };
  }
  const literal = right.constant?.[0];
  if (typeof literal === 'string' && jsKind(leftType) === 'string') {
    return (self, scope) => {
      const a = l(self, scope);
      return typeof a === 'string'
        ? a === literal
        : a === undefined
          ? undefined
          : equalItems(a, leftType, literal, rightType);
    };
  }
  return (self, scope) => {
    const a = l(self, scope);
    const b = a === undefined ? undefined : r(self, scope);
    return b === undefined ? undefined : equalItems(a, leftType, b, rightType);
  };
}

const not =
  (test: Test): Test =>
  (self, scope) => {
    const it = test(self, scope);
    return it === undefined ? undefined : !it;
  };

const equivalence =
  (left: Compiled, right: Compiled): Test =>
  (self, scope) => {
    const [a, b] = [left.many(self, scope), right.many(self, scope)];
    // Of two orders each item may be compared with each.
    if (a.length === b.length) spend(scope, a.length * b.length);
    return equivalentCollections(a, left.type, b, right.type);
  };

/** `<`, `<=`, `>`, `>=`; FHIR numbers and dates of the same form are compared without conversion. */
const comparison =
  (operator: string, holds: (order: number) => boolean): Build =>
  (left, right) => {
    const [l, r] = [oneOf(left, operator), oneOf(right, operator)];
    const order = orderOf(left, right);
    return boolean((self, scope) => {
      const a = l(self, scope);
      const b = a === undefined ? undefined : r(self, scope);
      if (b === undefined) return undefined;
      const it = order(a, b);
      return it === undefined ? undefined : holds(it);
    });
  };

type Order = (left: unknown, right: unknown) => number | undefined;

function orderOf(left: Compiled, right: Compiled): Order {
  const general: Order = (a, b) => {
    const [x, y] = [systemValue(a, left.type), systemValue(b, right.type)];
    return x === undefined || y === undefined ? undefined : compareValues(x, y);
  };
  const [a, b] = [jsKind(left.type), jsKind(right.type)];
  if (isNumber(a) && isNumber(b))
    return (x, y) => (typeof x === 'number' && typeof y === 'number' ? x - y : general(x, y));
  const literal = right.constant?.[0];
  const date = a === 'date' || a === 'dateTime';
  if (date && literal instanceof Temporal && literal.kind !== 'Time') {
    const text = textOf(literal);
    return (x, y) => (typeof x === 'string' && sameForm(x, text) ? inOrder(x, text) : general(x, y));
  }
  if (!date || a !== b) return general;
  return (x, y) => (typeof x === 'string' && typeof y === 'string' && sameForm(x, y) ? inOrder(x, y) : general(x, y));
}

const isNumber = (kind: string | undefined): boolean => kind === 'integer' || kind === 'decimal';
const inOrder = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Dates of one precision and one time zone: their texts have the same order. */
function sameForm(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  if (left.length <= 10) return true;
  if (left.endsWith('Z')) return right.endsWith('Z');
  return /[+-]\d\d:\d\d$/.test(left) && left.slice(-6) === right.slice(-6);
}

const calculation =
  (operator: string, calculate: arithmetic.Arithmetic): Build =>
  (left, right) => {
    const [l, r] = [oneOf(left, operator), oneOf(right, operator)];
    return single(undefined, (self, scope) => {
      const a = l(self, scope);
      const b = a === undefined ? undefined : r(self, scope);
      if (b === undefined) return undefined;
      const [x, y] = [systemValue(a, left.type), systemValue(b, right.type)];
      return x === undefined || y === undefined ? undefined : calculate(x, y);
    });
  };

/** `&`: an empty side is an empty string. */
function concatenate(left: Compiled, right: Compiled): Compiled {
  const [l, r] = [oneOf(left, '&'), oneOf(right, '&')];
  const text = (item: unknown, type: TypeName | undefined): string =>
    item === undefined ? '' : (textValue(item, type, '&') ?? '');
  return single('System.String', (self, scope) =>
    limitedText(text(l(self, scope), left.type) + text(r(self, scope), right.type)),
  );
}

/** Both sides without duplicates (https://hl7.org/fhirpath/N1/#union-collections). */
export function union(left: Compiled, right: Compiled): Compiled {
  if (left.constant?.length === 0) return distinct(right);
  if (right.constant?.length === 0) return distinct(left);
  const [a, b] = alike(left, right);
  if (a.constant && b.constant) return constant(a.type, distinctItems([...a.constant, ...b.constant], a.type));
  return multiple(
    a.type,
    (self, scope) => {
      const items = [...a.many(self, scope), ...b.many(self, scope)];
      spend(scope, items.length * stepsPerKey);
      return distinctItems(items, a.type);
    },
    { possible: eitherType(a, b), unordered: a.unordered || b.unordered },
  );
}

export const distinct = (input: Compiled): Compiled =>
  input.one
    ? input
    : {
        ...input,
        many: (self, scope) => {
          const items = input.many(self, scope);
          spend(scope, items.length * stepsPerKey);
          return distinctItems(items, input.type);
        },
      };

/** Collections whose items can be combined: of one type, or each item carries its own. */
export function alike(left: Compiled, right: Compiled): [Compiled, Compiled] {
  return left.type === right.type ? [left, right] : [boxed(left), boxed(right)];
}

export const eitherType = (left: Compiled, right: Compiled): readonly TypeName[] | undefined =>
  left.possible && right.possible && [...new Set([...left.possible, ...right.possible])];

/** `in`: whether the single item is a member of the other side. */
function membership(item: Compiled, among: Compiled, operator: string): Compiled {
  const one = oneOf(item, operator);
  const strings = new Set(among.constant?.every((it) => typeof it === 'string') ? (among.constant as string[]) : []);
  const members = among.constant ?? undefined;
  return boolean((self, scope) => {
    const it = one(self, scope);
    if (it === undefined) return undefined;
    if (typeof it === 'string' && strings.size > 0 && jsKind(item.type) === 'string') return strings.has(it);
    const all = members ?? among.many(self, scope);
    spend(scope, all.length);
    return all.some((other) => equalItems(it, item.type, other, among.type) === true);
  });
}

export const operators: Readonly<Record<BinaryOperator, Build>> = {
  and,
  or,
  xor,
  implies,
  '=': (left, right) => boolean(equality(left, right)),
  '!=': (left, right) => boolean(not(equality(left, right))),
  '~': (left, right) => boolean(equivalence(left, right)),
  '!~': (left, right) => boolean(not(equivalence(left, right))),
  '<': comparison('<', (order) => order < 0),
  '<=': comparison('<=', (order) => order <= 0),
  '>': comparison('>', (order) => order > 0),
  '>=': comparison('>=', (order) => order >= 0),
  '+': calculation('+', arithmetic.add),
  '-': calculation('-', arithmetic.subtract),
  '*': calculation('*', arithmetic.multiply),
  '/': calculation('/', arithmetic.divide),
  div: calculation('div', arithmetic.div),
  mod: calculation('mod', arithmetic.mod),
  '&': concatenate,
  '|': union,
  in: (left, right) => membership(left, right, 'in'),
  contains: (left, right) => membership(right, left, 'contains'),
};

const signed = new Set(['System.Integer', 'System.Long', 'System.Decimal', 'System.Quantity']);

/** `-x` and `+x`; applied to a literal when the expression is compiled. */
export function sign(operator: '+' | '-', operand: Compiled): Compiled {
  const one = oneOf(operand, `the sign ${operator}`);
  const apply = (item: unknown): unknown => {
    const value = systemValue(item, operand.type);
    if (value === undefined) return undefined;
    const negated = arithmetic.negate(value);
    return operator === '-' ? negated : value;
  };
  if (operand.constant?.length === 1 && signed.has(operand.type ?? '')) {
    const value = apply(operand.constant[0]);
    return value === undefined ? nothing : constant(operand.type, [value]);
  }
  return single(undefined, (self, scope) => {
    const item = one(self, scope);
    return item === undefined ? undefined : apply(item);
  });
}
