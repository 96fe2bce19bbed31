import { assignmentCode } from '../generate/assignment.ts';
import { emptyElementCode } from '../generate/element.ts';
import type { Code } from '../generate/group-builder.ts';
import { type Action, type Context, reportProblem } from '../program/program.ts';
import type { Scope, Variable } from '../program/scope.ts';
import { writeRecord } from '../run/lineage.ts';
import type { Node } from '../run/node.ts';
import { describePlace } from '../run/rule-place.ts';
import { type Frame, type Run, report } from '../run/run.ts';
import { sharedTarget, writer } from '../run/writer.ts';
import type { Target } from '../syntax/tree.ts';
import type { CompiledTransform } from '../transforms/transform.ts';
import { acceptedType } from '../types/accepted-type.ts';
import { mayConvert } from '../types/convert.ts';
import type { Step } from '../types/step.ts';
import { describeTypes, type PossibleTypes } from '../types/types.ts';
/** The sources of the rule around a target: lineage records them. */
export type RuleSources = { readonly sources: readonly Variable[] };

/** A target as a closure, with the variable that it sets and the generated code where it is supported. */
export type CompiledTarget = {
  readonly act: Action;
  readonly variable?: Variable | undefined;
  readonly code?: (byFunction: Code) => Code | undefined;
};

export type Holder = {
  readonly types: PossibleTypes;
  readonly of: (run: Run, frame: Frame) => Node | undefined;
  /** Set when the holder is a variable itself. */
  readonly variable?: Variable;
};

/** The type of a new element when the map does not state one; reports a problem when it is ambiguous. */
export function onlyType(step: Step, at: Target | Omit<Target, 'path'>, context: Context): string | undefined {
  const type = step.types?.length === 1 ? step.types[0] : undefined;
  const open = type === undefined || context.types.model(type)?.abstract === true;
  return open ? reportProblem(context, 'map-type-ambiguous', { element: step.name }, at) : type;
}

/** Whether a value can ever fit the element; reports a problem when it cannot. */
export function fits(values: CompiledTransform, step: Step, at: Target, context: Context): boolean {
  const [from, to] = [values.types, step.types];
  if (!from || !to) return true;
  const possible = from.some((type) =>
    to.some((other) => {
      const [a, b] = [context.types.isPrimitive(type), context.types.isPrimitive(other)];
      return a === b && (a ? mayConvert(type, other) : acceptedType([other], type, context.types) !== false);
    }),
  );
  if (!possible)
    reportProblem(
      context,
      'map-type-mismatch',
      { element: step.name, expected: describeTypes(to), found: describeTypes(from) },
      at,
    );
  return possible;
}

export function compileCreation(
  target: Target,
  holder: Holder,
  step: Step,
  created: string | undefined,
  scope: Scope,
  context: Context,
  around: RuleSources,
): CompiledTarget | undefined {
  const open = created ?? (step.types ? onlyType(step, target, context) : 'Element');
  if (open === undefined) return undefined;
  const primitive = context.types.isPrimitive(open);
  if (primitive && target.variable === undefined)
    return reportProblem(context, 'map-value-missing', { element: step.name }, target);
  const declared = scope.declare(target.variable, 'target', step.types ? [open] : undefined);
  if (primitive) declared.element = { owner: holder.types, step };
  const write = writer(holder.types, step, context.types, context.place, target.listMode);
  const create = (run: Run, node: Node): Node =>
    primitive ? write.reserve(node, open) : write.create(run, node, open);
  const share =
    target.listMode === 'share' && target.listRule !== undefined ? `${step.name}/${target.listRule}` : undefined;
  const act: Action = (run, frame) => {
    const node = holder.of(run, frame);
    if (!node) return;
    const found = share === undefined ? create(run, node) : sharedTarget(run, node, share, () => create(run, node));
    frame[declared.slot] = found;
    if (created !== undefined) recordLineage(run, found, undefined, undefined, frame, around, context);
  };
  const { variable } = holder;
  if (!variable || target.listMode !== undefined) return { act, variable: declared };
  const { sources } = around;
  const parts = { holder: variable, step, type: open, declared, sources, recorded: created !== undefined, context };
  return { act, variable: declared, code: () => emptyElementCode(parts) };
}

export function compileAssignment(
  target: Target,
  holder: Holder,
  step: Step,
  values: CompiledTransform,
  scope: Scope,
  context: Context,
  around: RuleSources,
): CompiledTarget {
  const declared =
    target.variable === undefined ? undefined : scope.declare(target.variable, 'target', typesAfter(values, step));
  const write = writer(holder.types, step, context.types, context.place, target.listMode);
  const single = step.array === false;
  const place = describePlace(context.place);
  // The last write of this rule: a second value for the same place would overwrite it silently.
  const remembered = single ? scope.declare(undefined, 'source', undefined) : undefined;
  const memory = remembered?.slot ?? -1;
  const one = (run: Run, frame: Frame, node: Node, value: Node): void => {
    if (memory >= 0) {
      const before = frame[memory];
      if (before && before.parent?.value === node.value && before.value !== value.value) {
        report(run, 'map-value-not-repeatable', { element: step.name, place }, value.parent ? value : node);
        return;
      }
    }
    const written = write.put(run, node, value);
    if (!written) return;
    if (memory >= 0) frame[memory] = { ...value, parent: node };
    if (declared) frame[declared.slot] = written;
    if (run.lineage) recordLineage(run, written, values, value, frame, around, context);
  };
  const { only, direct } = values;
  const act: Action = (run, frame) => {
    const node = holder.of(run, frame);
    if (!node) return;
    const alone = only?.(frame);
    let found = only ? (alone ? [alone] : []) : values.values(run, frame);
    if (single && found.length > 1) {
      report(run, 'map-value-not-repeatable', { element: step.name, place }, node);
      found = found.slice(0, 1);
    }
    for (let at = 0; at < found.length; at++) one(run, frame, node, found[at]!);
  };
  const { variable } = holder;
  if (!variable || !direct || target.listMode !== undefined) return { act, variable: declared };
  const put = { holder: variable, step, direct, declared, memory: remembered, sources: around.sources, context };
  return { act, variable: declared, code: (otherwise) => assignmentCode({ ...put, otherwise }) };
}

/** The types of a variable for the written value: those of the value where the element allows several. */
export function typesAfter({ types }: CompiledTransform, step: Step): PossibleTypes {
  const open =
    !step.types || step.types.length > 1 || step.types[0] === 'Resource' || step.types[0] === 'DomainResource';
  return open ? types : step.types;
}

export function recordLineage(
  run: Run,
  node: Node,
  values: CompiledTransform | undefined,
  value: Node | undefined,
  frame: Frame,
  around: RuleSources,
  context: Context,
): void {
  const { lineage } = run;
  if (!lineage) return;
  const rule = context.place;
  if (values?.copies && value?.parent) {
    lineage.written.push(writeRecord(node, rule, [value], true));
    return;
  }
  const read = values?.sources?.(frame) ?? [];
  const sources = read.length > 0 ? read : around.sources.map(({ slot }) => frame[slot]);
  lineage.written.push(writeRecord(node, rule, sources, false));
}
