import { clone } from '../../fhir/clone.ts';
import { copyDecimalText } from '../../fhir/decimal.ts';
import { actionCode, type Code } from '../generate/group-builder.ts';
import { namedConditionCode } from '../generate/named-condition.ts';
import { elementStep } from '../program/element-path.ts';
import { type Action, type Context, reportProblem } from '../program/program.ts';
import { type Scope, trackReads, type Variable } from '../program/scope.ts';
import type { Node } from '../run/node.ts';
import { describePlace } from '../run/rule-place.ts';
import { type Run, report } from '../run/run.ts';
import { writer } from '../run/writer.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Target } from '../syntax/tree.ts';
import { compileTransform } from '../transforms/index.ts';
import { possibleOf } from '../transforms/transform.ts';
import { acceptedType } from '../types/accepted-type.ts';
import type { Step } from '../types/step.ts';
import { describeTypes, shortName } from '../types/types.ts';
import {
  type CompiledTarget,
  compileAssignment,
  compileCreation,
  fits,
  type Holder,
  onlyType,
  type RuleSources,
  recordLineage,
} from './assignment.ts';
import { checkBinding } from './binding.ts';

/** Compiles one target of a rule; its variable is declared in `scope`. Undefined, with a problem reported, when it does not compile. */
export function compileTarget(target: Target, scope: Scope, context: Context, around: RuleSources): Code | undefined {
  const act = targetCode(target, scope, context, around);
  // Declare the variable after an error too: its uses are not errors of their own.
  const { variable } = target;
  if (!act && variable !== undefined && !scope.find(variable)) scope.declare(variable, 'target', undefined).used = true;
  return act;
}

function targetCode(target: Target, outer: Scope, context: Context, around: RuleSources): Code | undefined {
  const { scope, reads } = trackReads(outer);
  const parts = partsOf(target, scope, context, around);
  if (!parts || typeof parts === 'function') return parts;
  const { act, variable, code } = parts;
  const byFunction = (often: boolean): Code => tracedActionCode(act, reads, variable ? [variable] : [], around, often);
  return code?.(byFunction(false)) ?? byFunction(true);
}

const tracedActionCode =
  (
    act: Action,
    reads: ReadonlySet<Variable>,
    sets: readonly Variable[],
    { sources }: RuleSources,
    often: boolean,
  ): Code =>
  (builder) =>
    actionCode(act, builder.traced ? new Set([...reads, ...sources]) : reads, sets, often)(builder);

function partsOf(target: Target, scope: Scope, context: Context, around: RuleSources): CompiledTarget | undefined {
  if (target.context === undefined) return compileNamedValue(target, scope, context, around);
  const base = scope.find(target.context);
  if (!base) {
    const suggestion = didYouMean(target.context, scope.names());
    return reportProblem(context, 'map-variable-unknown', { name: target.context, suggestion }, target);
  }
  base.used = true;
  // A variable alone writes nothing.
  const isBare = target.path.length === 0 && !target.transform && target.variable === undefined;
  if (base.mode === 'source' && !isBare)
    return reportProblem(context, 'map-source-not-writable', { name: base.name }, target);
  if (target.path.length === 0) return compileWholeTarget(target, base, scope, context, around);
  const holder = descend(target, base, context);
  return holder && compileElementTarget(target, holder, scope, context, around);
}

/**
 * `(expression) as v`, `uuid() as v`: a variable without an element. `create('X') as v` is a new element that rules may fill
 * before a target contains it.
 */
function compileNamedValue(
  { transform, variable, ...at }: Target,
  scope: Scope,
  context: Context,
  around: RuleSources,
): CompiledTarget | undefined {
  const values = transform && compileTransform(transform, undefined, scope, context, at);
  if (!values) return undefined;
  if (variable === undefined)
    return reportProblem(
      context,
      'map-arguments-invalid',
      { name: 'A target without an element', expected: 'a name (as v)', found: 'none' },
      at,
    );
  const isMade = transform?.kind === 'call' && transform.name === 'create';
  const declared = scope.declare(variable, isMade ? 'target' : 'source', values.types);
  declared.listed = possibleOf(values);
  const act: Action = (run, frame) => {
    const value = values.values(run, frame)[0];
    frame[declared.slot] = value;
    // What is written from the variable comes from here, though its record names the variable.
    if (!run.lineage || !value) return;
    const read = values.sources?.(frame) ?? [];
    run.lineage.decided.push(...read);
    if (read.length > 0) return;
    for (const { slot } of around.sources) if (frame[slot]) run.lineage.decided.push({ node: frame[slot], path: '' });
  };
  const { test } = values;
  return {
    act,
    variable: declared,
    ...(test ? { code: (by) => namedConditionCode(test, declared, context, by) } : {}),
  };
}

/** `tgt`, `tgt as t`, `tgt = value`: the target itself. */
function compileWholeTarget(
  target: Target,
  base: Variable,
  scope: Scope,
  context: Context,
  around: RuleSources,
): CompiledTarget | undefined {
  const alias = target.variable === undefined ? undefined : scope.declare(target.variable, 'target', base.types);
  const values = target.transform && compileTransform(target.transform, base.types, scope, context, target);
  if (target.transform && !values) return undefined;
  if (values && base.element) checkBinding(values, base.element.owner, base.element.step, target, context);
  const step: Step = { name: 'value', key: 'value', types: base.types, array: false, choice: false };
  const write = writer(base.types, step, context.types, context.place);
  const primitive = base.types?.every(context.types.isPrimitive) === true;
  const act: Action = (run, frame) => {
    const node = frame[base.slot];
    if (alias) frame[alias.slot] = node;
    if (!values || !node) return;
    for (const value of values.values(run, frame)) {
      if (primitive) write.put(run, node, value);
      else if (typeof value.value === 'object') merge(run, node, value, context);
      recordLineage(run, node, values, value, frame, around, context);
    }
  };
  return { act, variable: alias };
}

/** Copies the elements of a value into a target of the same type, without overwriting existing ones. */
function merge(run: Run, node: Node, value: Node, context: Context): void {
  if (acceptedType(node.type === undefined ? undefined : [node.type], value.type, context.types) === false) {
    report(
      run,
      'map-value-type-mismatch',
      {
        found: shortName(value.type ?? 'object'),
        element: node.key || 'the target',
        place: describePlace(context.place),
      },
      value,
    );
    return;
  }
  const target = node.value as Record<string, unknown>;
  for (const [key, member] of Object.entries(clone(value.value) as object))
    if (target[key] === undefined || target[key] === null) {
      target[key] = member;
      copyDecimalText(value.value as object, key, target, key);
    }
}

/** The object that the last step writes to: each earlier step creates its element, or finds it where it does not repeat. */
function descend({ path, ...at }: Target, base: Variable, context: Context): Holder | undefined {
  let holder: Holder = { types: base.types, of: (_run, frame) => frame[base.slot], variable: base };
  for (const name of path.slice(0, -1)) {
    const outer = holder;
    const step = elementStep(outer.types, name, at, context);
    if (!step) return undefined;
    const type = onlyType(step, at, context);
    if (type === undefined) return undefined;
    const write = writer(outer.types, step, context.types, context.place);
    holder = {
      types: [type],
      of: (run, frame) => {
        const node = outer.of(run, frame);
        return node && (context.types.isPrimitive(type) ? write.reserve(node, type) : write.create(run, node, type));
      },
    };
  }
  return holder;
}

function compileElementTarget(
  target: Target,
  holder: Holder,
  scope: Scope,
  context: Context,
  around: RuleSources,
): CompiledTarget | undefined {
  const step = elementStep(holder.types, target.path.at(-1)!, target, context);
  if (!step) return undefined;
  const { transform } = target;
  if (!transform) return compileCreation(target, holder, step, undefined, scope, context, around);
  if (transform.kind === 'call' && transform.name === 'create') {
    const argument = transform.arguments[0];
    const written = argument?.kind === 'literal' ? String(argument.value) : '';
    const type = context.types.nameOf(written);
    if (type === undefined) {
      return reportProblem(
        context,
        'map-type-unknown',
        { type: written || 'of this create', suggestion: didYouMean(written, context.types.names()) },
        target,
      );
    }
    if (step.types && !step.types.some((it) => context.types.isA(type, it))) {
      return reportProblem(
        context,
        'map-type-mismatch',
        { element: step.name, expected: describeTypes(step.types), found: shortName(type) },
        target,
      );
    }
    return compileCreation(target, holder, step, type, scope, context, around);
  }
  const values = compileTransform(transform, step.types, scope, context, target);
  if (!values || !fits(values, step, target, context)) return undefined;
  const element = step.name === 'value' ? holder.variable?.element : undefined;
  checkBinding(values, element?.owner ?? holder.types, element?.step ?? step, target, context);
  return compileAssignment(target, holder, step, values, scope, context, around);
}
