import { spend, stepsPerKey } from '../budget.ts';
import { compareValues } from '../comparison.ts';
import { boxed, type Compiled, type Many, multiple, nothing, oneOf, type Scope, single, testOf } from '../compiled.ts';
import { argument, type Call, eachItem, projection, selfOf } from '../context.ts';
import { equalityKey } from '../equality.ts';
import { FhirPathBudgetError } from '../error.ts';
import { alike, eitherType } from '../operators.ts';
import type { Syntax } from '../syntax.ts';
import { is, ofType, typeArgument } from '../type-operators.ts';
import { resolveType } from '../types.ts';
import { systemValue } from '../value.ts';
import type { FunctionTable } from './define.ts';

/** https://hl7.org/fhirpath/N1/#filtering-and-projection */
export const filtering: FunctionTable = {
  where: { args: [1, 1], build: where },
  select: { args: [1, 1], build: select },
  repeat: { args: [1, 1], build: (call) => repeat(call, true) },
  repeatAll: { args: [1, 1], build: (call) => repeat(call, false) },
  ofType: { args: [1, 1], build: (call) => ofType(call.input, requestedType(call)) },
  as: { args: [1, 1], build: (call) => ofType(call.input, requestedType(call), call.context.strict) },
  is: { args: [1, 1], build: (call) => is(call.input, requestedType(call)) },
  sort: { args: [0, 20], build: sort },
  coalesce: { args: [1, 50], build: coalesce },
};

const requestedType = ({ args, at, context }: Call) => resolveType(typeArgument(args[0]), at, context.lenient);

function where(call: Call): Compiled {
  const test = testOf(projection(call, 0), 'the criteria of where()');
  const { input } = call;
  const { one, many, type, possible, unordered } = input;
  if (one) {
    return single(
      type,
      (self, scope) => {
        const item = one(self, scope);
        if (item === undefined) return undefined;
        const outer = scope.index;
        scope.index = 0;
        const holds = test(item, scope) === true;
        scope.index = outer;
        return holds ? item : undefined;
      },
      { possible, unordered },
    );
  }
  const filter: Many = (self, scope) => {
    const items = many(self, scope);
    if (items.length === 0) return items;
    const passing: unknown[] = [];
    eachItem(items, scope, (item) => {
      if (test(item, scope) === true) passing.push(item);
      return true;
    });
    return passing;
  };
  return multiple(type, filter, { possible, unordered });
}

function select(call: Call): Compiled {
  const projected = projection(call, 0);
  const { input } = call;
  const traits = { possible: projected.possible, unordered: input.unordered || projected.unordered };
  const [from, to] = [input.one, projected.one];
  if (from && to) {
    return single(
      projected.type,
      (self, scope) => {
        const item = from(self, scope);
        return item === undefined ? undefined : to(item, scope);
      },
      traits,
    );
  }
  return multiple(
    projected.type,
    (self, scope) => {
      const out: unknown[] = [];
      eachItem(input.many(self, scope), scope, (item) => {
        if (!to) {
          const items = projected.many(item, scope);
          // Before they are copied: the product of two lists may not fit in memory.
          spend(scope, items.length);
          append(out, items);
        } else {
          const value = to(item, scope);
          if (value !== undefined) out.push(value);
        }
        return true;
      });
      return out;
    },
    traits,
  );
}

function append(out: unknown[], items: readonly unknown[]): void {
  for (const item of items) out.push(item);
}

/** Limit on steps: above the number of elements of any document, it stops an endless repeatAll(). */
const maxRepeats = 1_000_000;

/**
 * The projection is compiled for the input and, when its type maps to itself (`repeat(item)`), for that type; otherwise items
 * carry their types.
 */
function repeat(call: Call, once: boolean): Compiled {
  const [first, further] = stages(call);
  return multiple(
    first.type,
    (self, scope) => {
      const seen = new Set<string>();
      const out: unknown[] = [];
      const take = (items: readonly unknown[]): void => {
        for (const item of items) {
          const key = once ? equalityKey(item, first.type) : '';
          spend(scope, once ? stepsPerKey + (key.length >> 6) : 1);
          if (once && seen.has(key)) continue;
          seen.add(key);
          out.push(item);
        }
      };
      for (const item of first.input(self, scope)) take(first.many(item, scope));
      for (let at = 0; at < out.length; at += 1) {
        if (out.length > maxRepeats) throw new FhirPathBudgetError(`${call.name}() does not terminate`);
        take(further(out[at], scope));
      }
      return out;
    },
    { possible: first.possible, unordered: call.input.unordered },
  );
}

type Stage = Pick<Compiled, 'type' | 'possible' | 'many'> & { readonly input: Many };

/** Finding the type compiles the projection more than once: limited to two nested repeat() calls, as each level multiplies. */
const maxTyped = 2;

function stages(call: Call): [Stage, Many] {
  const repeating = call.context.repeating + 1;
  const typed = repeating <= maxTyped;
  const first = typed ? projection(call, 0, { repeating }) : undefined;
  if (first?.type !== undefined) {
    const next = projection({ ...call, input: first }, 0, { repeating });
    if (next.type === first.type || next.constant?.length === 0)
      return [{ ...first, input: call.input.many }, next.many];
  }
  const input = { ...boxed(call.input), possible: undefined };
  const open = boxed(projection({ ...call, input }, 0, { repeating }));
  return [{ ...open, possible: undefined, input: input.many }, open.many];
}

type SortKey = {
  readonly value: (item: unknown, scope: Scope) => unknown;
  readonly compare: (left: unknown, right: unknown) => number;
};

/**
 * https://hl7.org/fhirpath/#fn-sort. Empty is lowest: first, and last with `desc`. A minus before a key, the older way, sorts
 * by the negated key: then empty, which negated is empty, comes first. Stable.
 */
function sort(call: Call): Compiled {
  const self = selfOf(call.input);
  const keys = call.args.length > 0 ? call.args.map((arg) => sortKey(call, arg)) : [keyOf(self, compareKeys)];
  const { many, type, possible } = call.input;
  return multiple(
    type,
    (self, scope) => {
      const rows = many(self, scope).map((item) => ({ item, values: keys.map(({ value }) => value(item, scope)) }));
      rows.sort((left, right) => {
        for (const [at, { compare }] of keys.entries()) {
          const order = compare(left.values[at], right.values[at]);
          if (order !== 0) return order;
        }
        return 0;
      });
      return rows.map(({ item }) => item);
    },
    { possible },
  );
}

function sortKey(call: Call, arg: Syntax): SortKey {
  const context = { ...call.context, self: selfOf(call.input), noFocus: false };
  if (arg.kind === 'order') {
    const compare: SortKey['compare'] = arg.descending ? (left, right) => compareKeys(right, left) : compareKeys;
    return keyOf(call.compile(arg.key, context), compare);
  }
  if (arg.kind === 'sign' && arg.sign === '-') return keyOf(call.compile(arg.operand, context), compareNegated);
  return keyOf(call.compile(arg, context), compareKeys);
}

function keyOf(key: Compiled, compare: SortKey['compare']): SortKey {
  const one = oneOf(key, 'a key of sort()');
  return { compare, value: (item, scope) => systemValue(one(item, scope), key.type) };
}

const compareKeys = (left: unknown, right: unknown): number => {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
  return compareValues(left, right) ?? 0;
};
const compareNegated = (left: unknown, right: unknown): number =>
  left === undefined || right === undefined ? compareKeys(left, right) : compareKeys(right, left);

/** The first argument that is not empty; later ones are not evaluated. */
function coalesce(call: Call): Compiled {
  return call.args
    .map((_, at) => argument(call, at) ?? nothing)
    .reduceRight((rest, next) => {
      const [first, second] = alike(next, rest);
      return multiple(
        first.type,
        (self, scope) => {
          const items = first.many(self, scope);
          return items.length > 0 ? items : second.many(self, scope);
        },
        { possible: eitherType(first, second) },
      );
    });
}
