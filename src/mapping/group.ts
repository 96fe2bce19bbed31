import { newForm } from './generate/form.ts';
import type { GroupCode, Unit } from './generate/unit.ts';
import { type Context, complain, type FoundGroup, type Program } from './program.ts';
import { compileRules } from './rules.ts';
import { enterGroup, type RulePlace } from './run.ts';
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
): (name: string) => (unit: Unit) => GroupCode {
  const place: RulePlace = { path: map.file.path, line: group.line, column: group.column, group: group.name, name: '' };
  const context: Context = { program, map, place, types: map.types };
  const fixed = group.parameters.flatMap(({ name, mode }, index) => {
    const constant = mode === 'source' ? constants[index] : undefined;
    return constant ? [[name, { ...constant, name }] as const] : [];
  });
  const scope = scopeOf(fixed.length > 0 ? new Map([...map.constants, ...fixed]) : map.constants);
  const variables = group.parameters.map((parameter, index) => {
    if (fixed.some(([name]) => name === parameter.name)) return undefined;
    const variable = scope.declare(parameter.name, parameter.mode, parameterTypes(parameter, given[index], context));
    variable.used = true;
    return variable;
  });
  const inherited = group.extends === undefined ? undefined : parent({ map, group }, given, context);
  const rules = compileRules(group.rules, scope, context);
  const size = scope.size();
  return (name) => (unit) => {
    const form = newForm(unit);
    const body = rules.reduceRight((after, rule) => `${rule(form)}\n${after}`, '');
    const passedOn = new Set<number>(
      inherited?.order.filter((_, at) => inherited && unit.asksNode(inherited.name, at)) ?? [],
    );
    const asked = (at: number): boolean =>
      unit.asksNode(name, at) || passedOn.has(at) || (!!variables[at] && form.asked.has(variables[at]));
    const nodes = new Set(group.parameters.flatMap((_, at) => (asked(at) ? [at] : [])));
    const given = variables.map((it, at) => (it ? `${nodes.has(at) ? 'n' : 'x'}${it.slot}` : unit.fresh('p')));
    const values = variables.map((it, at) => (it && nodes.has(at) ? `const x${it.slot} = n${it.slot}?.value;` : ''));
    const own = form.hoisted.size === 0 ? '' : `let ${[...form.hoisted].join(', ')};`;
    const parent = inherited?.order.map((at, to) => {
      const name = given[at] ?? 'undefined';
      return unit.asksNode(inherited.name, to) || !nodes.has(at) ? name : `${name}?.value`;
    });
    const text = `function ${name}(${['run', ...given].join(', ')}) {
      ${unit.constant(enterGroup)}(run, ${unit.constant(place)});
      ${inherited ? `${inherited.name}(${['run', ...(parent ?? [])].join(', ')});` : ''}
      ${values.join(' ')} ${own} ${form.framed() ? `const f = new Array(${size});` : ''}
      ${body}
      run.depth--;
    }`;
    return { text, parameters: given.length, nodes };
  };
}

/** The declared type, or the narrower one of the argument; a declared type that can't be is complained of. */
function parameterTypes({ type, ...at }: Parameter, given: Static, context: Context): Static {
  if (type === undefined) return given;
  const name = context.types.nameOf(type);
  if (name === undefined) {
    complain(context, 'map-type-unknown', { type, suggestion: didYouMean(type, context.types.names()) }, at);
    return undefined;
  }
  const narrower = given?.filter((it) => context.types.isA(it, name));
  if (given && narrower?.length === 0 && !given.some((it) => context.types.isA(name, it))) {
    complain(
      context,
      'map-type-mismatch',
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
): { readonly name: string; readonly order: readonly number[] } | undefined {
  const { program } = context;
  const found = program.group(map, group.extends!);
  if (!found) {
    const suggestion = didYouMean(group.extends!, program.groupNames(map));
    return complain(context, 'map-group-unknown', { name: group.extends!, suggestion });
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
  return { name: program.compiled(found, types).name, order };
}
