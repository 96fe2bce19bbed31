import type { Code } from '../generate/group-builder.ts';
import { type Action, type Context, type NumberedRule, type Program, reportProblem } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { RulePlace } from '../run/rule-place.ts';
import type { Rule } from '../syntax/tree.ts';
import { checkTargetCardinality } from './cardinality.ts';
import { type CompiledRule, noCode } from './compiled-rule.ts';
import { batchedCopies } from './copies.ts';
import { compileIdentity } from './identity.ts';
import { compileInvocation } from './invocation.ts';
import { resourceDispatch } from './resource-dispatch.ts';
import { type CompiledSource, compileSource } from './source.ts';
import { compileTarget } from './target.ts';

/**
 * Compiles a rule: for each combination of its sources it runs its targets, then its groups, then its inner rules
 * (https://build.fhir.org/ig/HL7/mapping-language-ig/).
 */
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
    if (!compiled) return { code: noCode };
    sources.push(compiled);
  }
  const identity = rule.identity || isPlainPair(rule) ? identityOf(rule, sources, scope, context) : undefined;
  const acts = identity ? identity.flatMap(({ code }) => code) : targetActs(rule, sources, scope, context);
  acts.push(...rule.dependents.map((it) => compileInvocation(it, scope, context)));
  acts.push(...compileRules(rule.rules, scope, context));
  checkTargetCardinality(rule.targets, scope, context);
  // A rule with errors may use a variable in the part that did not compile.
  const sound = !around.program.problems.slice(before).some((it) => it.path === place.path && it.group === place.group);
  if (sound) for (const { name } of scope.unused()) reportProblem(context, 'map-variable-unused', { name });
  const code: Code = (builder) => {
    // From the inside out: inner code determines which nodes the outer code must create.
    const inner = acts.reduceRight((after, act) => `${act(builder)}\n${after}`, '');
    const counted = builder.traced ? `run.lineage.fired[${number}]++; ${inner}` : inner;
    return sources.reduceRight((then, source) => source.code(builder, then), counted);
  };
  const copy = identity?.[0];
  if (!copy) return { code };
  const act: Action = (run, frame) =>
    sources[0]!.each(run, frame, () => {
      if (run.lineage) run.lineage.fired[number]!++;
      copy.act(run, frame);
    });
  return { code, copy: { act, place, number } };
}

/** One number per rule, also when its group is compiled for several types. */
function numbered({ rules }: Program, place: RulePlace): NumberedRule {
  const key = `${place.path}:${place.line}:${place.column} ${place.group}.${place.name}`;
  const entry = rules.get(key) ?? { place, number: rules.size };
  rules.set(key, entry);
  return entry;
}

/** A rule without a name is named after the element that it writes or reads. */
const nameOf = ({ name, targets, sources }: Rule): string =>
  name ?? targets[0]?.path.join('.') ?? (sources[0]?.path.join('.') || '');

/** `src.a as v -> tgt.b as w;` without inner rules is the long form of `src.a -> tgt.b;`. */
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
  const compiled = compileIdentity(source!, targets[0]!, scope, context);
  return compiled ? [compiled] : [];
}

const targetActs = ({ targets }: Rule, sources: readonly CompiledSource[], scope: Scope, context: Context): Code[] =>
  targets.flatMap(
    (target) => compileTarget(target, scope, context, { sources: sources.map(({ variable }) => variable) }) ?? [],
  );

/**
 * Compiles the rules of one block. Adjacent rules of one sort share a lookup: lists of elements to copy, and rules for one
 * resource type each.
 */
export function compileRules(rules: readonly Rule[], scope: Scope, context: Context): Code[] {
  const codes: Code[] = [];
  for (let at = 0; at < rules.length; ) {
    const run = runLength(rules, at);
    const members = rules.slice(at, at + run).map((rule) => ({ rule, ...compileRule(rule, scope, context) }));
    const first = rules[at]!;
    const together =
      run > 1
        ? isPlainIdentity(first)
          ? batchedCopies(members, scope, context)
          : resourceDispatch(members, scope, context)
        : undefined;
    codes.push(...(together ?? members.map(({ code }) => code)));
    at += run;
  }
  return codes;
}

/** Number of adjacent rules of one sort: copies between the same variables, or one resource type each. */
export function runLength(rules: readonly Rule[], from: number): number {
  const key = kindOf(rules[from]!);
  let end = from + 1;
  while (key !== undefined && end < rules.length && kindOf(rules[end]!) === key) end++;
  return end - from;
}

export function kindOf(rule: Rule): string | undefined {
  const [source, target] = [rule.sources[0], rule.targets[0]];
  if (isPlainIdentity(rule)) return `${source?.context} -> ${target?.context}`;
  const typed = rule.sources.length === 1 && source?.type !== undefined && source.path.length === 1;
  return typed && isBare(source) ? `${source.context}.${source.path[0]}` : undefined;
}

export const isBare = ({ default: fallback, min, listMode }: Rule['sources'][number]): boolean =>
  fallback === undefined && min === undefined && listMode === undefined;
