import type { Code } from '../generate/group-builder.ts';
import { type Context, type FoundGroup, reportProblem } from '../program/program.ts';
import { type ConstantValue, type KnownOfArgument, type Scope, trackReads, type Variable } from '../program/scope.ts';
import type { Node } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import { literalValue } from '../syntax/literal.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Argument, Invocation } from '../syntax/tree.ts';
import { compileTransform, transformNames } from '../transforms/index.ts';
import { possibleOf } from '../transforms/transform.ts';
import type { PossibleTypes } from '../types/types.ts';
import { noCode } from './compiled-rule.ts';
export type CompiledArgument = {
  readonly types: PossibleTypes;
  readonly mode: 'source' | 'target';
  /** Code of its node and of its value. */
  readonly node: Code;
  readonly value: Code;
  readonly constant?: ConstantValue;
  /** What is known of it beside its types: the values that it can have, and the element that it was created as. */
  readonly known?: KnownOfArgument;
};

export function compileInvocation(invocation: Invocation, scope: Scope, context: Context): Code {
  const { program, map } = context;
  const found = program.group(map, invocation.group);
  if (!found) {
    const suggestion = didYouMean(invocation.group, [...program.groupNames(map), ...transformNames()]);
    reportProblem(context, 'map-group-unknown', { name: invocation.group, suggestion }, invocation);
    return noCode;
  }
  const compiled = invocation.arguments.map((argument) => compileArgument(argument, invocation, scope, context));
  if (!accepts(found, compiled, invocation, context)) return noCode;
  const group = program.compiled(
    found,
    compiled.map((it) => it?.types),
    compiled.map((it) => it?.constant),
    compiled.map((it) => it?.known),
  );
  return (builder) => {
    const values = compiled.map((it, at) =>
      builder.needsNode(group.name, at) ? it!.node(builder) : it!.value(builder),
    );
    return `${group.name}(${['run', ...values].join(', ')});`;
  };
}

export function compileArgument(
  argument: Argument,
  at: Invocation,
  scope: Scope,
  context: Context,
): CompiledArgument | undefined {
  const variable: Variable | undefined = argument.kind === 'variable' ? scope.find(argument.name) : undefined;
  if (variable) {
    variable.used = true;
    const { element, listed } = variable;
    return {
      ...(element || listed?.length ? { known: { element, listed } } : {}),
      types: variable.types,
      mode: variable.mode,
      node: (builder) => builder.node(variable),
      value: (builder) => builder.value(variable),
    };
  }
  const transform =
    argument.kind === 'variable' ? ({ kind: 'copy', variable: argument.name, path: [] } as const) : argument;
  const { scope: inner, reads } = trackReads(scope);
  const values = compileTransform(transform, undefined, inner, context, at);
  if (!values) return undefined;
  const first = (run: Run, frame: Frame): Node | undefined => values.values(run, frame)[0];
  const node: Code = (builder) =>
    `(${builder.fillFrame(reads, true).replaceAll(';', ',')} ${builder.constant(first)}(run, f))`;
  const constant = constantOf(argument, scope);
  const listed = possibleOf(values);
  return {
    types: values.types,
    mode: 'source',
    node,
    value: (builder) => `${node(builder)}?.value`,
    ...(constant ? { constant } : {}),
    ...(constant || listed.length === 0 ? {} : { known: { listed } }),
  };
}

/** An argument that is the same for every message: the group is specialised for it. */
export function constantOf(argument: Argument, scope: Scope): ConstantValue | undefined {
  if (argument.kind === 'variable') return scope.constant(argument.name);
  if (argument.kind !== 'literal') return undefined;
  return { name: '', values: [literalValue(argument)] };
}

export function accepts(
  { group }: FoundGroup,
  compiled: readonly (CompiledArgument | undefined)[],
  at: Invocation,
  context: Context,
): boolean {
  if (compiled.length !== group.parameters.length) {
    const expected = `${group.parameters.length} arguments`;
    reportProblem(context, 'map-arguments-invalid', { name: group.name, expected, found: compiled.length }, at);
    return false;
  }
  const wrong = group.parameters.find(({ mode }, index) => mode === 'target' && compiled[index]?.mode === 'source');
  if (wrong)
    reportProblem(context, 'map-source-not-writable', { name: `The argument for ${wrong.name} of ${group.name}` }, at);
  return !wrong && compiled.every((it) => it !== undefined);
}
