import { spend, stepsPerKey } from '../budget.ts';
import { type Compiled, type Many, single, type Test, testOf } from '../compiled.ts';
import { type Call, eachItem, needed, projection } from '../context.ts';
import { distinctItems, equalityKey } from '../equality.ts';
import { FhirPathEvaluationError } from '../error.ts';
import { distinct } from '../operators.ts';
import { jsKind } from '../types.ts';
import { rawOf } from '../value.ts';
import type { FunctionTable } from './define.ts';

const boolean = (one: Test): Compiled => single('System.Boolean', one);

/** https://hl7.org/fhirpath/N1/#existence */
export const existence: FunctionTable = {
  empty: {
    args: [0, 0],
    build: ({ input }) =>
      input.one ? isAbsent(input.one) : boolean((self, scope) => input.many(self, scope).length === 0),
  },
  exists: { args: [0, 1], build: (call) => (call.args.length > 0 ? anyHolds(call) : isPresent(call.input)) },
  all: { args: [1, 1], build: allHold },
  allTrue: { args: [0, 0], build: ({ input, name }) => boolean(everyBoolean(input.many, name, (it) => it)) },
  anyTrue: { args: [0, 0], build: ({ input, name }) => boolean(someBoolean(input.many, name, (it) => it)) },
  allFalse: { args: [0, 0], build: ({ input, name }) => boolean(everyBoolean(input.many, name, (it) => !it)) },
  anyFalse: { args: [0, 0], build: ({ input, name }) => boolean(someBoolean(input.many, name, (it) => !it)) },
  subsetOf: { args: [1, 1], build: (call) => subset(call.input, needed(call, 0)) },
  supersetOf: { args: [1, 1], build: (call) => subset(needed(call, 0), call.input) },
  count: { args: [0, 0], build: count },
  distinct: { args: [0, 0], build: ({ input }) => distinct(input) },
  isDistinct: { args: [0, 0], build: isDistinct },
  not: { args: [0, 0], build: negation },
};

const isAbsent = (one: NonNullable<Compiled['one']>): Compiled =>
  boolean((self, scope) => one(self, scope) === undefined);

function isPresent({ one, many }: Compiled): Compiled {
  if (one) return boolean((self, scope) => one(self, scope) !== undefined);
  return boolean((self, scope) => many(self, scope).length > 0);
}

function anyHolds(call: Call): Compiled {
  const test = testOf(projection(call, 0), 'the criteria of exists()');
  return boolean((self, scope) => {
    let found = false;
    eachItem(call.input.many(self, scope), scope, (item) => {
      found = test(item, scope) === true;
      return !found;
    });
    return found;
  });
}

function allHold(call: Call): Compiled {
  const test = testOf(projection(call, 0), 'the criteria of all()');
  return boolean((self, scope) => {
    let holds = true;
    eachItem(call.input.many(self, scope), scope, (item) => {
      holds = test(item, scope) === true;
      return holds;
    });
    return holds;
  });
}

/** Reads every item, so that an item that is not a boolean is an error at any position. */
function booleans(items: readonly unknown[], name: string): boolean[] {
  return items.map((item) => {
    const value = rawOf(item);
    if (typeof value !== 'boolean') throw new FhirPathEvaluationError(`${name}() takes booleans only`);
    return value;
  });
}

const everyBoolean =
  (many: Many, name: string, holds: (it: boolean) => boolean): Test =>
  (self, scope) =>
    booleans(many(self, scope), name).every(holds);

const someBoolean =
  (many: Many, name: string, holds: (it: boolean) => boolean): Test =>
  (self, scope) =>
    booleans(many(self, scope), name).some(holds);

const subset = (part: Compiled, whole: Compiled): Compiled =>
  boolean((self, scope) => {
    const [all, some] = [whole.many(self, scope), part.many(self, scope)];
    spend(scope, (all.length + some.length) * stepsPerKey);
    const members = new Set(all.map((item) => equalityKey(item, whole.type)));
    return some.every((item) => members.has(equalityKey(item, part.type)));
  });

function count({ input }: Call): Compiled {
  const { one, many } = input;
  if (one) return single('System.Integer', (self, scope) => (one(self, scope) === undefined ? 0 : 1));
  return single('System.Integer', (self, scope) => many(self, scope).length);
}

function isDistinct({ input }: Call): Compiled {
  const { many, type } = input;
  const plain = jsKind(type) === 'string';
  return boolean((self, scope) => {
    const items = many(self, scope);
    if (items.length < 2) return true;
    if (plain && items.every((item) => typeof item === 'string')) return new Set(items).size === items.length;
    spend(scope, items.length * stepsPerKey);
    return distinctItems(items, type).length === items.length;
  });
}

function negation({ input }: Call): Compiled {
  const test = testOf(input, 'not()');
  return boolean((self, scope) => {
    const it = test(self, scope);
    return it === undefined ? undefined : !it;
  });
}
