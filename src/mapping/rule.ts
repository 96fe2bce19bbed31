import { checkTargetCardinality } from './cardinality.ts';
import { compileIdentity } from './identity.ts';
import type { Node } from './node.ts';
import { type Act, type Context, complain, type FoundGroup } from './program.ts';
import { compileRules } from './rules.ts';
import type { Frame, RulePlace, Run } from './run.ts';
import type { ConstantValue, Scope, Variable } from './scope.ts';
import { type CompiledSource, compileSource } from './source.ts';
import { didYouMean } from './suggestion.ts';
import type { Argument, Invocation, Rule } from './syntax/tree.ts';
import { compileTarget } from './target.ts';
import { compileTransform, transformNames } from './transforms/index.ts';
import type { Static } from './types.ts';

/** Compiles a rule: for each combination of its sources its targets, then its groups, then its inner rules. */
export function compileRule(rule: Rule, outer: Scope, around: Context): Act {
  const place: RulePlace = {
    path: around.place.path,
    group: around.place.group,
    line: rule.line,
    column: rule.column,
    name: nameOf(rule),
    ...(rule.batch === undefined ? {} : { batch: rule.batch }),
  };
  const context: Context = { ...around, place };
  around.program.rules.set(`${place.path}:${place.line}:${place.column} ${place.group}.${place.name}`, place);
  const scope = outer.inner();
  const before = around.program.problems.length;
  const sources: CompiledSource[] = [];
  for (const source of rule.sources) {
    const compiled = compileSource(source, scope, context);
    if (!compiled) return nothing;
    sources.push(compiled);
  }
  const acts =
    rule.identity || isPlainPair(rule)
      ? identityActs(rule, sources, scope, context)
      : targetActs(rule, sources, scope, context);
  acts.push(...rule.dependents.map((it) => compileInvocation(it, scope, context)));
  acts.push(...compileRules(rule.rules, scope, context));
  checkTargetCardinality(rule.targets, scope, context);
  // A variable whose use is wrong is not unused.
  const sound = !around.program.problems.slice(before).some((it) => it.path === place.path && it.group === place.group);
  if (sound) for (const { name } of scope.unused()) complain(context, 'map-unused-variable', { name });
  const act: Act = (run, frame) => {
    run.lineage?.fired.set(place, (run.lineage.fired.get(place) ?? 0) + 1);
    for (let at = 0; at < acts.length; at++) acts[at]!(run, frame);
  };
  return combinations(sources, act);
}

const nothing: Act = () => {};

/** A rule without a name goes by what it makes or reads. */
const nameOf = ({ name, targets, sources }: Rule): string =>
  name ?? targets[0]?.path.join('.') ?? (sources[0]?.path.join('.') || '');

/** `src.a as v -> tgt.b as w;` with nothing to do for v and w is the long form of the identity. */
function isPlainPair({ sources, targets, dependents, rules }: Rule): boolean {
  const [from, to] = [sources[0], targets[0]];
  if (sources.length !== 1 || targets.length !== 1 || dependents.length > 0 || rules.length > 0 || !from || !to)
    return false;
  return (
    from.path.length > 0 &&
    to.path.length === 1 &&
    !to.transform &&
    to.variable !== undefined &&
    from.variable !== undefined
  );
}

/** `src.a -> tgt.b;` without conditions. */
export function isPlainIdentity({ identity, sources, targets }: Rule): boolean {
  const [from, to] = [sources[0]!, targets[0]];
  const bare =
    !from.where && !from.check && !from.log && !from.type && !from.default && !from.listMode && from.min === undefined;
  return identity && bare && from.path.length === 1 && to?.path.length === 1 && to.listMode === undefined;
}

function identityActs(
  { targets, sources }: Rule,
  [source]: readonly CompiledSource[],
  scope: Scope,
  context: Context,
): Act[] {
  if (sources[0]?.variable !== undefined) source!.variable.used = true;
  const act = compileIdentity(source!, targets[0]!, scope, context);
  return act ? [act] : [];
}

const targetActs = ({ targets }: Rule, sources: readonly CompiledSource[], scope: Scope, context: Context): Act[] =>
  targets.flatMap(
    (target) => compileTarget(target, scope, context, { sources: sources.map(({ variable }) => variable) }) ?? [],
  );

/** Runs `act` for each combination of what the sources give; a source may read the variables of those before it. */
const combinations = (sources: readonly CompiledSource[], act: Act): Act =>
  sources.reduceRight<Act>(
    (inner, { each }) =>
      (run, frame) =>
        each(run, frame, inner),
    act,
  );

type Given = {
  readonly types: Static;
  readonly mode: 'source' | 'target';
  readonly of: (run: Run, frame: Frame) => Node | undefined;
  readonly constant?: ConstantValue;
};

function compileInvocation(invocation: Invocation, scope: Scope, context: Context): Act {
  const { program, map } = context;
  const found = program.group(map, invocation.group);
  if (!found) {
    const suggestion = didYouMean(invocation.group, [...program.groupNames(map), ...transformNames()]);
    complain(context, 'map-unknown-group', { name: invocation.group, suggestion }, invocation);
    return nothing;
  }
  const given = invocation.arguments.map((argument) => givenBy(argument, invocation, scope, context));
  if (!accepts(found, given, invocation, context)) return nothing;
  const group = program.compiled(
    found,
    given.map((it) => it?.types),
    given.map((it) => it?.constant),
  );
  const values = given.map((it) => it!.of);
  return (run, frame) => {
    const nodes: (Node | undefined)[] = new Array(values.length);
    for (let at = 0; at < values.length; at++) nodes[at] = values[at]!(run, frame);
    group.run(run, nodes);
  };
}

function givenBy(argument: Argument, at: Invocation, scope: Scope, context: Context): Given | undefined {
  const variable: Variable | undefined = argument.kind === 'variable' ? scope.find(argument.name) : undefined;
  if (variable) {
    variable.used = true;
    return { types: variable.types, mode: variable.mode, of: (_run, frame) => frame[variable.slot] };
  }
  const transform =
    argument.kind === 'variable' ? ({ kind: 'copy', variable: argument.name, path: [] } as const) : argument;
  const values = compileTransform(transform, undefined, scope, context, at);
  if (!values) return undefined;
  const constant = constantOf(argument, scope);
  return {
    types: values.types,
    mode: 'source',
    of: (run, frame) => values.values(run, frame)[0],
    ...(constant ? { constant } : {}),
  };
}

/** An argument that is the same for every message: the group is compiled for it. */
function constantOf(argument: Argument, scope: Scope): ConstantValue | undefined {
  if (argument.kind === 'variable') return scope.constant(argument.name);
  if (argument.kind !== 'literal') return undefined;
  const { value } = argument;
  const number = Number.isInteger(value) ? 'integer' : 'decimal';
  const type = typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'boolean' : number;
  return { name: '', values: [{ type, value }] };
}

function accepts(
  { group }: FoundGroup,
  given: readonly (Given | undefined)[],
  at: Invocation,
  context: Context,
): boolean {
  if (given.length !== group.parameters.length) {
    const expected = `${group.parameters.length} arguments`;
    complain(context, 'map-arguments', { name: group.name, expected, found: given.length }, at);
    return false;
  }
  const wrong = group.parameters.find(({ mode }, index) => mode === 'target' && given[index]?.mode === 'source');
  if (wrong) complain(context, 'map-direction', { name: `The argument for ${wrong.name} of ${group.name}` }, at);
  return !wrong && given.every((it) => it !== undefined);
}
