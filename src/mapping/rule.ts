import { checkTargetCardinality } from './cardinality.ts';
import type { Code } from './generate/form.ts';
import { compileIdentity } from './identity.ts';
import type { Node } from './node.ts';
import { type Act, type Context, complain, type FoundGroup, type NumberedRule, type Program } from './program.ts';
import { compileRules } from './rules.ts';
import type { Frame, RulePlace, Run } from './run.ts';
import { type ConstantValue, type Scope, type Variable, watched } from './scope.ts';
import { type CompiledSource, compileSource } from './source.ts';
import { didYouMean } from './suggestion.ts';
import type { Argument, Invocation, Rule } from './syntax/tree.ts';
import { compileTarget } from './target.ts';
import { compileTransform, transformNames } from './transforms/index.ts';
import type { Static } from './types.ts';

/** Compiles a rule: for each combination of its sources its targets, then its groups, then its inner rules. */
export function compileRule(rule: Rule, outer: Scope, around: Context): CompiledRule {
  const { place, number } = numbered(around.program, {
    path: around.place.path,
    group: around.place.group,
    line: rule.line,
    column: rule.column,
    name: nameOf(rule),
    ...(rule.batch === undefined ? {} : { batch: rule.batch }),
  });
  const context: Context = { ...around, place };
  const scope = outer.inner();
  const before = around.program.problems.length;
  const sources: CompiledSource[] = [];
  for (const source of rule.sources) {
    const compiled = compileSource(source, scope, context);
    if (!compiled) return { code: nothing };
    sources.push(compiled);
  }
  const identity = rule.identity || isPlainPair(rule) ? identityOf(rule, sources, scope, context) : undefined;
  const acts = identity ? identity.flatMap(({ code }) => code) : targetActs(rule, sources, scope, context);
  acts.push(...rule.dependents.map((it) => compileInvocation(it, scope, context)));
  acts.push(...compileRules(rule.rules, scope, context));
  checkTargetCardinality(rule.targets, scope, context);
  // A variable whose use is wrong is not unused.
  const sound = !around.program.problems.slice(before).some((it) => it.path === place.path && it.group === place.group);
  if (sound) for (const { name } of scope.unused()) complain(context, 'map-variable-unused', { name });
  const code: Code = (form) => {
    // From the inside out: what stands around needs to know what is needed inside.
    const inner = acts.reduceRight((after, act) => `${act(form)}\n${after}`, '');
    const counted = form.traced ? `run.lineage.fired[${number}]++; ${inner}` : inner;
    return sources.reduceRight((then, source) => source.code(form, then), counted);
  };
  const copy = identity?.[0];
  if (!copy) return { code };
  const act: Act = (run, frame) =>
    sources[0]!.each(run, frame, () => {
      if (run.lineage) run.lineage.fired[number]!++;
      copy.act(run, frame);
    });
  return { code, copy: { act, place, number } };
}

export type CompiledRule = {
  readonly code: Code;
  /** Of a rule that copies one element: the same by a function, which finds its two variables in its frame. */
  readonly copy?: NumberedRule & { readonly act: Act };
};

const nothing: Code = () => '';

/** One place a rule, also of a group that is compiled for several types. */
function numbered({ rules }: Program, place: RulePlace): NumberedRule {
  const key = `${place.path}:${place.line}:${place.column} ${place.group}.${place.name}`;
  const known = rules.get(key) ?? { place, number: rules.size };
  rules.set(key, known);
  return known;
}

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

function identityOf({ targets, sources }: Rule, [source]: readonly CompiledSource[], scope: Scope, context: Context) {
  if (sources[0]?.variable !== undefined) source!.variable.used = true;
  const made = compileIdentity(source!, targets[0]!, scope, context);
  return made ? [made] : [];
}

const targetActs = ({ targets }: Rule, sources: readonly CompiledSource[], scope: Scope, context: Context): Code[] =>
  targets.flatMap(
    (target) => compileTarget(target, scope, context, { sources: sources.map(({ variable }) => variable) }) ?? [],
  );

type Given = {
  readonly types: Static;
  readonly mode: 'source' | 'target';
  /** Expressions that are its node, and its value. */
  readonly node: Code;
  readonly value: Code;
  readonly constant?: ConstantValue;
};

function compileInvocation(invocation: Invocation, scope: Scope, context: Context): Code {
  const { program, map } = context;
  const found = program.group(map, invocation.group);
  if (!found) {
    const suggestion = didYouMean(invocation.group, [...program.groupNames(map), ...transformNames()]);
    complain(context, 'map-group-unknown', { name: invocation.group, suggestion }, invocation);
    return nothing;
  }
  const given = invocation.arguments.map((argument) => givenBy(argument, invocation, scope, context));
  if (!accepts(found, given, invocation, context)) return nothing;
  const group = program.compiled(
    found,
    given.map((it) => it?.types),
    given.map((it) => it?.constant),
  );
  return (form) => {
    const values = given.map((it, at) => (form.asksNode(group.name, at) ? it!.node(form) : it!.value(form)));
    return `${group.name}(${['run', ...values].join(', ')});`;
  };
}

function givenBy(argument: Argument, at: Invocation, scope: Scope, context: Context): Given | undefined {
  const variable: Variable | undefined = argument.kind === 'variable' ? scope.find(argument.name) : undefined;
  if (variable) {
    variable.used = true;
    return {
      types: variable.types,
      mode: variable.mode,
      node: (form) => form.node(variable),
      value: (form) => form.value(variable),
    };
  }
  const transform =
    argument.kind === 'variable' ? ({ kind: 'copy', variable: argument.name, path: [] } as const) : argument;
  const { scope: inner, reads } = watched(scope);
  const values = compileTransform(transform, undefined, inner, context, at);
  if (!values) return undefined;
  const first = (run: Run, frame: Frame): Node | undefined => values.values(run, frame)[0];
  const node: Code = (form) => `(${form.filled(reads, true).replaceAll(';', ',')} ${form.constant(first)}(run, f))`;
  const constant = constantOf(argument, scope);
  return {
    types: values.types,
    mode: 'source',
    node,
    value: (form) => `${node(form)}?.value`,
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
    complain(context, 'map-arguments-invalid', { name: group.name, expected, found: given.length }, at);
    return false;
  }
  const wrong = group.parameters.find(({ mode }, index) => mode === 'target' && given[index]?.mode === 'source');
  if (wrong)
    complain(context, 'map-source-not-writable', { name: `The argument for ${wrong.name} of ${group.name}` }, at);
  return !wrong && given.every((it) => it !== undefined);
}
