import { newGroupBuilder } from '../generate/group-builder.ts';
import type { GroupCode, Unit } from '../generate/unit.ts';
import { type Context, type FoundGroup, type LoadedMap, type Program, reportProblem } from '../program/program.ts';
import { type ConstantValue, type KnownOfArgument, scopeOf } from '../program/scope.ts';
import type { RulePlace } from '../run/rule-place.ts';
import { countCall } from '../run/run.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Parameter } from '../syntax/tree.ts';
import { describeTypes, type PossibleTypes, shortName } from '../types/types.ts';
import { compileRules } from './rule.ts';

/**
 * Compiles a group for arguments of certain types: an untyped parameter takes the type of its argument. A parameter with a
 * constant argument is that constant.
 */
export function compileGroup(
  { map, group }: FoundGroup,
  argumentTypes: readonly PossibleTypes[],
  constants: readonly (ConstantValue | undefined)[],
  known: readonly (KnownOfArgument | undefined)[],
  program: Program,
): (name: string) => (unit: Unit) => GroupCode {
  const context = contextOf({ map, group }, program);
  const { place } = context;
  const fixed = group.parameters.flatMap(({ name, mode }, index) => {
    const constant = mode === 'source' ? constants[index] : undefined;
    return constant ? [[name, { ...constant, name, isArgument: true }] as const] : [];
  });
  const scope = scopeOf(fixed.length > 0 ? new Map([...map.constants, ...fixed]) : map.constants);
  const variables = group.parameters.map((parameter, index) => {
    if (fixed.some(([name]) => name === parameter.name)) return undefined;
    const variable = scope.declare(
      parameter.name,
      parameter.mode,
      parameterTypes(parameter, argumentTypes[index], context),
    );
    variable.used = true;
    variable.listed = known[index]?.listed;
    variable.element = known[index]?.element;
    return variable;
  });
  const inherited = group.extends === undefined ? undefined : parent({ map, group }, argumentTypes, context);
  const rules = compileRules(group.rules, scope, context);
  const size = scope.size();
  return (name) => (unit) => {
    const builder = newGroupBuilder(unit);
    const body = rules.reduceRight((after, rule) => `${rule(builder)}\n${after}`, '');
    const passedOn = new Set<number>(
      inherited?.order.filter((_, at) => inherited && unit.needsNode(inherited.name, at)) ?? [],
    );
    const nodeNeeded = (at: number): boolean =>
      unit.needsNode(name, at) || passedOn.has(at) || (!!variables[at] && builder.nodeParameters.has(variables[at]));
    const nodes = new Set(group.parameters.flatMap((_, at) => (nodeNeeded(at) ? [at] : [])));
    const parameterNames = variables.map((it, at) => (it ? `${nodes.has(at) ? 'n' : 'x'}${it.slot}` : unit.fresh('p')));
    const values = variables.map((it, at) => (it && nodes.has(at) ? `const x${it.slot} = n${it.slot}?.value;` : ''));
    const own = builder.hoisted.size === 0 ? '' : `let ${[...builder.hoisted].join(', ')};`;
    const parent = inherited?.order.map((at, to) => {
      const name = parameterNames[at] ?? 'undefined';
      return unit.needsNode(inherited.name, to) || !nodes.has(at) ? name : `${name}?.value`;
    });
    const text = `function ${name}(${['run', ...parameterNames].join(', ')}) {
      ${unit.constant(countCall)}(run, ${unit.constant(place)});
      ${inherited ? `${inherited.name}(${['run', ...(parent ?? [])].join(', ')});` : ''}
      ${values.join(' ')} ${own} ${builder.usesFrame() ? `const f = new Array(${size});` : ''}
      ${body}
      run.depth--;
    }`;
    return { text, parameters: parameterNames.length, nodes };
  };
}

/** The declared type, or the narrower one of the argument. Reports a problem when the argument can never have the declared type. */
function parameterTypes({ type, ...at }: Parameter, argumentType: PossibleTypes, context: Context): PossibleTypes {
  if (type === undefined) return argumentType;
  const name = context.types.nameOf(type);
  if (name === undefined) {
    reportProblem(context, 'map-type-unknown', { type, suggestion: didYouMean(type, context.types.names()) }, at);
    return undefined;
  }
  const narrower = argumentType?.filter((it) => context.types.isA(it, name));
  if (argumentType && narrower?.length === 0 && !argumentType.some((it) => context.types.isA(name, it))) {
    reportProblem(
      context,
      'map-type-mismatch',
      { element: `Parameter ${at.name}`, expected: shortName(name), found: describeTypes(argumentType) },
      at,
    );
  }
  return narrower && narrower.length > 0 ? narrower : [name];
}

/** The group that this one extends, and for each of its parameters the index of ours: by name, else by position. */
function parent(
  { map, group }: FoundGroup,
  argumentTypes: readonly PossibleTypes[],
  context: Context,
): { readonly name: string; readonly order: readonly number[] } | undefined {
  const { program } = context;
  const found = inheritedGroup({ map, group }, context);
  if (!found) return undefined;
  const order = found.group.parameters.map(({ name, mode }, index) => {
    const byName = group.parameters.findIndex((it) => it.name === name && it.mode === mode);
    return byName < 0 ? index : byName;
  });
  const types = order.map((index) => {
    const declared = group.parameters[index]?.type;
    const own = declared === undefined ? undefined : context.types.nameOf(declared);
    return argumentTypes[index] ?? (own === undefined ? undefined : [own]);
  });
  const accepted = types.map((type, at) => inheritedType(type, found, at, context));
  return { name: program.compiled(found, accepted).name, order };
}

/** Reports `extends` of an unknown group or in a circle, also of groups that nothing calls: those are never compiled. */
export function checkInheritance(program: Program, maps: readonly LoadedMap[]): void {
  for (const map of maps)
    for (const group of map.file.groups)
      if (group.extends !== undefined) inheritedGroup({ map, group }, contextOf({ map, group }, program));
}

/** The group that a group extends; undefined with a problem reported where there is none, or it extends itself. */
function inheritedGroup({ map, group }: FoundGroup, context: Context): FoundGroup | undefined {
  const { program } = context;
  const found = program.group(map, group.extends!);
  if (!found) {
    const suggestion = didYouMean(group.extends!, program.groupNames(map));
    return reportProblem(context, 'map-group-unknown', { name: group.extends!, suggestion });
  }
  if (isCircular({ map, group }, program)) return reportProblem(context, 'map-circular', { name: group.name });
  return found;
}

function contextOf({ map, group }: FoundGroup, program: Program): Context {
  const place: RulePlace = { path: map.file.path, line: group.line, column: group.column, group: group.name, name: '' };
  return { program, map, place, types: map.types };
}

/** Whether a group extends itself, directly or by way of others. */
function isCircular(start: FoundGroup, program: Program): boolean {
  const seen = new Set([start.group]);
  let at: FoundGroup | undefined = start;
  while (at?.group.extends !== undefined) {
    at = program.group(at.map, at.group.extends);
    if (at?.group === start.group) return true;
    if (!at || seen.has(at.group)) return false;
    seen.add(at.group);
  }
  return false;
}

/** The types of an argument that a parent takes over. The language lets a group extend one of other types: its rules apply to their elements. */
function inheritedType(types: PossibleTypes, { map, group }: FoundGroup, at: number, context: Context): PossibleTypes {
  const { name: parameter, type } = group.parameters[at]!;
  const declared = type === undefined ? undefined : map.types.nameOf(type);
  if (!types || declared === undefined) return types;
  if (types.some((it) => map.types.isA(it, declared) || map.types.isA(declared, it))) return types;
  const details = { parent: group.name, parameter, expected: shortName(declared), found: describeTypes(types) };
  reportProblem(context, 'map-group-type-inherited', details);
  return undefined;
}
