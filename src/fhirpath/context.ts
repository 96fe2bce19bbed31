import { spend } from './budget.ts';
import { type Compiled, type Scope, single } from './compiled.ts';
import type { CompileOptions } from './environment.ts';
import { FhirPathSyntaxError, type Position } from './error.ts';
import type { Syntax } from './syntax.ts';

/** Static context of one place in an expression. */
export type Context = {
  /** $this */
  readonly self: Compiled;
  readonly strict: boolean;
  /** Whether the expression is read as published profiles write them. */
  readonly lenient: boolean;
  /** Whether a path that starts at an element is an error. */
  readonly noFocus: boolean;
  readonly valueSetProblem: CompileOptions['valueSetProblem'];
  /** Types beyond R4's. */
  readonly model: CompileOptions['model'];
  /** Permitted names of %name, with their types; undefined: any. */
  readonly variables: CompileOptions['variables'];
  /** Variables that defineVariable() defined before this place. */
  readonly defined: ReadonlySet<string>;
  /** Whether $total has a value here. */
  readonly aggregating: boolean;
  /** Number of enclosing repeat() calls. */
  readonly repeating: number;
  /** Whether the expression is evaluated for each item of a collection. */
  readonly repeats: boolean;
};

/** A function call: its compiled input, and the arguments not yet compiled. */
export type Call = {
  readonly name: string;
  readonly input: Compiled;
  readonly args: readonly Syntax[];
  readonly context: Context;
  readonly at: Position;
  readonly compile: (syntax: Syntax, context: Context) => Compiled;
};

/** One entry of a function table: the number of arguments, and the compiler of a call. */
export type FunctionDefinition = {
  readonly args: readonly [least: number, most: number];
  readonly build: (call: Call) => Compiled;
};

/** An argument evaluated in the context of the call: $this is unchanged. */
export const argument = ({ args, context, compile }: Call, at: number): Compiled | undefined => {
  const syntax = args[at];
  return syntax && compile(syntax, context);
};

export const needed = (call: Call, at: number): Compiled => {
  const compiled = argument(call, at);
  if (!compiled) throw new FhirPathSyntaxError(`${call.name}() needs another argument`, call.at);
  return compiled;
};

/** An argument evaluated for each item of the input: $this is the item. */
export function projection(call: Call, at: number, more: Partial<Context> = {}): Compiled {
  const syntax = call.args[at];
  if (!syntax) throw new FhirPathSyntaxError(`${call.name}() needs another argument`, call.at);
  return call.compile(syntax, {
    ...call.context,
    self: selfOf(call.input),
    repeats: call.input.one === undefined || call.context.repeats,
    noFocus: call.context.noFocus && call.input === call.context.self,
    ...more,
  });
}

/** $this for the items of a collection. */
export const selfOf = ({ type, possible }: Compiled): Compiled => single(type, (self) => self, { possible });

/** Runs `visit` for each item with $index set, then restores $index of the enclosing function. */
export function eachItem(items: readonly unknown[], scope: Scope, visit: (item: unknown) => boolean | undefined): void {
  const outer = scope.index;
  for (let at = 0; at < items.length; at += 1) {
    spend(scope, 1);
    scope.index = at;
    if (visit(items[at]) === false) break;
  }
  scope.index = outer;
}

/** The result of children() is unordered: in strict mode a function that depends on order is an error. */
export function requireOrder({ context, input, name, at }: Call): void {
  if (context.strict && input.unordered)
    throw new FhirPathSyntaxError(`${name}() depends on an order that the collection does not have`, at, 'semantic');
}
