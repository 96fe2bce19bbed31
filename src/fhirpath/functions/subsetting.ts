import { spend, stepsPerKey } from '../budget.ts';
import { type Compiled, type Many, multiple, type One, oneOf, single } from '../compiled.ts';
import { type Call, needed, requireOrder } from '../context.ts';
import { EMPTY } from '../empty.ts';
import { equalityKey } from '../equality.ts';
import { alike, eitherType, union } from '../operators.ts';
import { integerOf } from '../text.ts';
import type { FunctionTable } from './define.ts';

/** https://hl7.org/fhirpath/N1/#subsetting and #combining */
export const subsetting: FunctionTable = {
  single: { args: [0, 0], build: ({ input, name }) => same(input, oneOf(input, `${name}()`)) },
  first: { args: [0, 0], build: (call) => pick(call, (items) => items[0]) },
  last: { args: [0, 0], build: (call) => pick(call, (items) => items[items.length - 1]) },
  tail: {
    args: [0, 0],
    build: (call) => part(call, call.input.one ? () => EMPTY : (self, scope) => call.input.many(self, scope).slice(1)),
  },
  skip: { args: [1, 1], build: (call) => counted(call, (items, count) => (count > 0 ? items.slice(count) : items)) },
  take: { args: [1, 1], build: (call) => counted(call, (items, count) => (count > 0 ? items.slice(0, count) : EMPTY)) },
  intersect: { args: [1, 1], build: intersect },
  exclude: { args: [1, 1], build: exclude },
  union: { args: [1, 1], build: (call) => union(call.input, needed(call, 0)) },
  combine: { args: [1, 2], build: combine },
};

const same = ({ type, possible }: Compiled, one: One): Compiled => single(type, one, { possible });

function pick(call: Call, from: (items: readonly unknown[]) => unknown): Compiled {
  requireOrder(call);
  const { input } = call;
  return same(input, input.one ?? ((self, scope) => from(input.many(self, scope))));
}

function part(call: Call, many: Many): Compiled {
  requireOrder(call);
  return multiple(call.input.type, many, { possible: call.input.possible });
}

function counted(call: Call, take: (items: readonly unknown[], count: number) => readonly unknown[]): Compiled {
  const count = integerOf(needed(call, 0), `${call.name}()`);
  return part(call, (self, scope) => take(call.input.many(self, scope), count(self, scope) ?? 0));
}

function intersect(call: Call): Compiled {
  const other = needed(call, 0);
  const { type, possible, many } = call.input;
  return multiple(
    type,
    (self, scope) => {
      const others = other.many(self, scope);
      const items = many(self, scope);
      spend(scope, (others.length + items.length) * stepsPerKey);
      const members = new Set(others.map((item) => equalityKey(item, other.type)));
      return items.filter((item) => members.delete(equalityKey(item, type)));
    },
    { possible },
  );
}

function exclude(call: Call): Compiled {
  const other = needed(call, 0);
  const { type, possible, many } = call.input;
  return multiple(
    type,
    (self, scope) => {
      const others = other.many(self, scope);
      const items = many(self, scope);
      spend(scope, (others.length + items.length) * stepsPerKey);
      const members = new Set(others.map((item) => equalityKey(item, other.type)));
      return items.filter((item) => !members.has(equalityKey(item, type)));
    },
    { possible },
  );
}

/** Preserves order, with or without `preserveOrder`. */
function combine(call: Call): Compiled {
  const [left, right] = alike(call.input, needed(call, 0));
  return multiple(left.type, (self, scope) => [...left.many(self, scope), ...right.many(self, scope)], {
    possible: eitherType(left, right),
    unordered: left.unordered || right.unordered,
  });
}
