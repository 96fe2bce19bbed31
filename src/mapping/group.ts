import type { Node } from './node.ts';
import { type Act, type CompiledGroup, type Context, complain, type FoundGroup, type Program } from './program.ts';
import { compileRules } from './rules.ts';
import { enterGroup, type Frame, type RulePlace, type Run } from './run.ts';
import { type ConstantValue, scopeOf } from './scope.ts';
import { didYouMean } from './suggestion.ts';
import type { Parameter } from './syntax/tree.ts';
import { type Static, shortName, tellTypes } from './types.ts';

/**
 * Compiles a group for arguments of given types: an untyped parameter takes the type of what it is called with.
 * A parameter that is given a constant is that constant.
 */
export function compileGroup(
  { map, group }: FoundGroup,
  given: readonly Static[],
  constants: readonly (ConstantValue | undefined)[],
  program: Program,
): CompiledGroup['run'] {
  const place: RulePlace = { path: map.file.path, line: group.line, column: group.column, group: group.name, name: '' };
  const context: Context = { program, map, place, types: map.types };
  const fixed = group.parameters.flatMap(({ name, mode }, index) => {
    const constant = mode === 'source' ? constants[index] : undefined;
    return constant ? [[name, { ...constant, name }] as const] : [];
  });
  const scope = scopeOf(fixed.length > 0 ? new Map([...map.constants, ...fixed]) : map.constants);
  const slots = group.parameters.map((parameter, index) => {
    if (fixed.some(([name]) => name === parameter.name)) return -1;
    const variable = scope.declare(parameter.name, parameter.mode, parameterTypes(parameter, given[index], context));
    variable.used = true;
    return variable.slot;
  });
  const inherited = group.extends === undefined ? undefined : parent({ map, group }, given, context);
  const acts: Act[] = compileRules(group.rules, scope, context);
  const size = scope.size();
  return (run: Run, values: readonly (Node | undefined)[]) => {
    enterGroup(run, place);
    inherited?.(run, values);
    const frame: Frame = new Array(size);
    for (let at = 0; at < slots.length; at++) if (slots[at]! >= 0) frame[slots[at]!] = values[at];
    for (let at = 0; at < acts.length; at++) acts[at]!(run, frame);
    run.depth--;
  };
}

/** The declared type, or the narrower one of the argument; a declared type that can't be is complained of. */
function parameterTypes({ type, ...at }: Parameter, given: Static, context: Context): Static {
  if (type === undefined) return given;
  const name = context.types.nameOf(type);
  if (name === undefined) {
    complain(context, 'map-unknown-type', { type, suggestion: didYouMean(type, context.types.names()) }, at);
    return undefined;
  }
  const narrower = given?.filter((it) => context.types.isA(it, name));
  if (given && narrower?.length === 0 && !given.some((it) => context.types.isA(name, it))) {
    complain(
      context,
      'map-wrong-type',
      { element: `Parameter ${at.name}`, expected: shortName(name), found: tellTypes(given) },
      at,
    );
  }
  return narrower && narrower.length > 0 ? narrower : [name];
}

/** The rules of the group that this one extends, with its parameters by name, else by place. */
function parent(
  { map, group }: FoundGroup,
  given: readonly Static[],
  context: Context,
): CompiledGroup['run'] | undefined {
  const { program } = context;
  const found = program.group(map, group.extends!);
  if (!found) {
    const suggestion = didYouMean(group.extends!, program.groupNames(map));
    return complain(context, 'map-unknown-group', { name: group.extends!, suggestion });
  }
  const order = found.group.parameters.map(({ name, mode }, index) => {
    const byName = group.parameters.findIndex((it) => it.name === name && it.mode === mode);
    return byName < 0 ? index : byName;
  });
  const types = order.map((index) => {
    const declared = group.parameters[index]?.type;
    const own = declared === undefined ? undefined : context.types.nameOf(declared);
    return given[index] ?? (own === undefined ? undefined : [own]);
  });
  const compiled = program.compiled(found, types);
  return (run, values) =>
    compiled.run(
      run,
      order.map((index) => values[index]),
    );
}
