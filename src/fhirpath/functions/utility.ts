import { add, divide } from '../arithmetic.ts';
import { compareValues } from '../comparison.ts';
import { boxed, type Compiled, type Many, multiple, single } from '../compiled.ts';
import { argument, type Call, eachItem, needed, projection } from '../context.ts';
import { EMPTY } from '../empty.ts';
import { FhirPathSyntaxError } from '../error.ts';
import { stringOf } from '../text.ts';
import { childrenOf, descendantsOf } from '../tree.ts';
import { plainValue, systemValue, TypeInfo, typeOf } from '../value.ts';
import { isStandardVariable } from '../variables.ts';
import type { FunctionTable } from './define.ts';

/** Tree navigation, aggregates, reflection and the rest of https://hl7.org/fhirpath/N1/#utility-functions. */
export const utility: FunctionTable = {
  children: { args: [0, 0], build: ({ input }) => tree(input, childrenOf) },
  descendants: { args: [0, 0], build: ({ input }) => tree(input, descendantsOf) },
  trace: { args: [1, 2], build: trace },
  type: { args: [0, 0], build: reflection },
  defineVariable: { args: [1, 2], build: defineVariable },
  aggregate: { args: [1, 2], build: aggregate },
  sum: { args: [0, 0], build: (call) => fold(call, (total, value) => add(total, value)) },
  min: {
    args: [0, 0],
    build: (call) => fold(call, (total, value) => ((compareValues(value, total) ?? 0) < 0 ? value : total)),
  },
  max: {
    args: [0, 0],
    build: (call) => fold(call, (total, value) => ((compareValues(value, total) ?? 0) > 0 ? value : total)),
  },
  avg: {
    args: [0, 0],
    build: (call) =>
      fold(
        call,
        (total, value) => add(total, value),
        (total, count) => divide(total, count),
      ),
  },
};

function tree({ many, type }: Compiled, collect: typeof childrenOf): Compiled {
  return multiple(
    undefined,
    (self, scope) => {
      const out: unknown[] = [];
      for (const item of many(self, scope)) collect(item, type, out);
      return out;
    },
    { unordered: true },
  );
}

/** trace(): reports the items to the environment and returns them. */
function trace(call: Call): Compiled {
  const { input } = call;
  const name = stringOf(needed(call, 0), 'trace()');
  const projected = call.args[1] && projection(call, 1);
  const report = (items: readonly unknown[], ...[self, scope]: Parameters<Many>): void => {
    const { trace: log } = scope.environment;
    if (!log) return;
    const shown: unknown[] = projected ? [] : [...items];
    if (projected)
      eachItem(items, scope, (item) => {
        for (const it of projected.many(item, scope)) shown.push(it);
        return true;
      });
    log(name(self, scope) ?? '', shown.map(plainValue));
  };
  const { one } = input;
  return {
    ...input,
    one:
      one &&
      ((self, scope) => {
        const item = one(self, scope);
        if (scope.environment.trace) report(item === undefined ? EMPTY : [item], self, scope);
        return item;
      }),
    many: (self, scope) => {
      const items = input.many(self, scope);
      report(items, self, scope);
      return items;
    },
    constant: undefined,
  };
}

function reflection({ input }: Call): Compiled {
  const info = (item: unknown): TypeInfo => {
    const type = typeOf(item, input.type) ?? 'System.Any';
    return type.startsWith('System.') ? new TypeInfo('System', type.slice(7)) : new TypeInfo('FHIR', type);
  };
  const { one, many } = input;
  if (!one) return multiple(undefined, (self, scope) => many(self, scope).map(info));
  return single(undefined, (self, scope) => {
    const item = one(self, scope);
    return item === undefined ? undefined : info(item);
  });
}

/** The name must be a literal, so that the compiler can resolve `%name`. */
function defineVariable(call: Call): Compiled {
  const { input, at, context } = call;
  const name = needed(call, 0).constant?.[0];
  if (typeof name !== 'string')
    throw new FhirPathSyntaxError('defineVariable() takes its name as a literal', at, 'semantic');
  if (
    context.defined.has(name) ||
    isStandardVariable(name) ||
    (context.variables && Object.hasOwn(context.variables, name))
  )
    throw new FhirPathSyntaxError(`%${name} is defined already`, at, 'semantic');
  // the focus of the projection is the whole input, not each item in turn
  const whole = multiple(input.type, (items) => items as readonly unknown[], { possible: input.possible });
  const value = boxed(call.args[1] ? call.compile(call.args[1], { ...context, self: whole, noFocus: false }) : whole);
  const many: Many = (self, scope) => {
    const items = input.many(self, scope);
    scope.defined[name] = value.many(items, scope);
    return items;
  };
  return { ...input, one: undefined, many, constant: undefined, defines: [...input.defines, name] };
}

function aggregate(call: Call): Compiled {
  const each = boxed(projection(call, 0, { aggregating: true }));
  const first = argument(call, 1);
  const start = first && boxed(first);
  return multiple(undefined, (self, scope) => {
    const outer = scope.total;
    const items = call.input.many(self, scope);
    scope.total = start ? start.many(self, scope) : EMPTY;
    eachItem(items, scope, (item) => {
      scope.total = each.many(item, scope);
      return true;
    });
    const total = scope.total;
    scope.total = outer;
    return total;
  });
}

/** Aggregates System values; the operators throw when the types differ. */
function fold(
  call: Call,
  combine: (total: unknown, value: unknown) => unknown,
  finish?: (total: unknown, count: number) => unknown,
): Compiled {
  const { many, type } = call.input;
  return single(undefined, (self, scope) => {
    const values = many(self, scope).map((item) => systemValue(item, type));
    let total = values[0];
    for (const value of values.slice(1))
      total = total === undefined || value === undefined ? undefined : combine(total, value);
    return total === undefined || !finish ? total : finish(total, values.length);
  });
}
