import type { Budget } from './budget.ts';
import { EMPTY } from './empty.ts';
import type { Environment } from './environment.ts';
import { FhirPathEvaluationError } from './error.ts';
import type { TypeName } from './types.ts';
import { rawOf, TypedNode } from './value.ts';

/** The state of one evaluation. */
export type Scope = {
  readonly environment: Environment;
  /** The original focus: %context. */
  readonly focus: unknown;
  /** $index and $total of the innermost function that sets them. */
  index: number;
  total: readonly unknown[];
  /** Variables of defineVariable(). */
  readonly defined: Record<string, readonly unknown[]>;
  readonly budget: Budget;
  /** Values of expressions that are evaluated once (fixed.ts). */
  fixed: Map<Compiled, unknown> | undefined;
};

/** `self` is $this. Undefined is the empty collection. */
export type One = (self: unknown, scope: Scope) => unknown;
export type Many = (self: unknown, scope: Scope) => readonly unknown[];
/** Three-valued logic: undefined is neither true nor false. */
export type Test = (self: unknown, scope: Scope) => boolean | undefined;

/**
 * A compiled expression. With at most one item it has `one`, which avoids an array.
 * With a `type` every item is of exactly that type: JSON of an element, a System value, or a TypedNode of that primitive
 * type. Without it each item carries its own type.
 */
export type Compiled = {
  readonly type: TypeName | undefined;
  /** The types that the items may have, where a model determines them. */
  readonly possible: readonly TypeName[] | undefined;
  readonly one: One | undefined;
  /** A model states that there is at most one item, but the values are not held to it: there is no `one`. */
  readonly atMostOne?: boolean;
  readonly many: Many;
  /** Result of children() or descendants(): its order has no meaning. */
  readonly unordered: boolean;
  /** The items of a literal, or of an expression of literals: available when the expression is compiled. */
  readonly constant: readonly unknown[] | undefined;
  /** Variables that defineVariable() defined in this expression. */
  readonly defines: readonly string[];
};

type Traits = Partial<Pick<Compiled, 'possible' | 'unordered' | 'constant' | 'defines' | 'atMostOne'>>;

const traits = { unordered: false, constant: undefined, defines: [] };

export const single = (type: TypeName | undefined, one: One, more: Traits = {}): Compiled => ({
  ...traits,
  possible: type === undefined ? undefined : [type],
  ...more,
  type,
  one,
  many: (self, scope) => {
    const item = one(self, scope);
    return item === undefined ? EMPTY : [item];
  },
});

export const multiple = (type: TypeName | undefined, many: Many, more: Traits = {}): Compiled => ({
  ...traits,
  possible: type === undefined ? undefined : [type],
  ...more,
  type,
  one: undefined,
  many,
});

/** An expression of literals alone. */
export const constant = (type: TypeName | undefined, items: readonly unknown[]): Compiled =>
  items.length > 1
    ? multiple(type, () => items, { constant: items })
    : single(type, () => items[0], { constant: items, ...(items.length === 0 ? { possible: [] } : {}) });
export const nothing: Compiled = constant(undefined, EMPTY);

/** The only item; throws when there are more. */
export function oneOf({ one, many }: Compiled, what: string): One {
  if (one) return one;
  return (self, scope) => {
    const items = many(self, scope);
    if (items.length > 1) throw new FhirPathEvaluationError(`${what} takes one item, there are ${items.length}`);
    return items[0];
  };
}

/**
 * As a condition (https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections): a single item that is not a boolean is true.
 */
export function testOf(it: Compiled, what: string): Test {
  const one = oneOf(it, what);
  if (it.type === 'System.Boolean') return one as Test;
  return (self, scope) => truth(one(self, scope));
}

function truth(item: unknown): boolean | undefined {
  if (typeof item === 'boolean' || item === undefined) return item;
  if (!(item instanceof TypedNode) || item.type !== 'boolean') return true;
  return typeof item.value === 'boolean' ? item.value : undefined;
}

/** Items that carry their own type, so that collections of different types can be combined. */
export function boxed(it: Compiled): Compiled {
  const { type, one, many } = it;
  if (type === undefined || type.startsWith('System.')) return { ...it, type: undefined };
  const box = (item: unknown): unknown =>
    item === undefined || item instanceof TypedNode ? item : new TypedNode(type, item);
  return {
    ...it,
    type: undefined,
    one: one && ((self, scope) => box(one(self, scope))),
    many: (self, scope) => many(self, scope).map(box),
    constant: undefined,
  };
}

/** Items of a known type: complex elements as JSON, primitives as a node only when they have id, extensions or digits. */
export function unboxed(item: unknown): unknown {
  if (!(item instanceof TypedNode) || item.extras !== undefined || item.text !== undefined) return item;
  return rawOf(item);
}
