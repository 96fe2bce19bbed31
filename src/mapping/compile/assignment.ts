import { making as makingCode } from '../generate/element.ts';
import type { Code } from '../generate/form.ts';
import { putting as puttingCode } from '../generate/put.ts';
import { type Act, type Context, complain } from '../program/program.ts';
import type { Scope, Variable } from '../program/scope.ts';
import { writtenAt } from '../run/lineage.ts';
import type { Node } from '../run/node.ts';
import { tellPlace } from '../run/rule-place.ts';
import { type Frame, type Run, report } from '../run/run.ts';
import { sharedTarget, writer } from '../run/write.ts';
import type { Target } from '../syntax/tree.ts';
import type { Values } from '../transforms/transform.ts';
import { mayConvert } from '../types/convert.ts';
import { typeIn } from '../types/fit.ts';
import type { Step } from '../types/step.ts';
import { type Static, tellTypes } from '../types/types.ts';
/** What lineage needs of the rule around a target: the variables of its sources. */
export type Around = { readonly sources: readonly Variable[] };

/** What the compiler does by a function, the variable that it sets, and how code does the same where it can. */
export type Made = {
  readonly act: Act;
  readonly variable?: Variable | undefined;
  readonly code?: (byFunction: Code) => Code | undefined;
};

export type Holder = {
  readonly types: Static;
  readonly of: (run: Run, frame: Frame) => Node | undefined;
  /** The variable that it is, when no step leads there. */
  readonly variable?: Variable;
};

/** The one type that an element can be made of without being told. */
export function onlyType(step: Step, at: Target | Omit<Target, 'path'>, context: Context): string | undefined {
  const type = step.types?.length === 1 ? step.types[0] : undefined;
  const open = type === undefined || context.types.model(type)?.abstract === true;
  return open ? complain(context, 'map-choose-type', { element: step.name }, at) : type;
}

/** Says when compiling what can never fit. */
export function fits(values: Values, step: Step, at: Target, context: Context): boolean {
  const [from, to] = [values.types, step.types];
  if (!from || !to) return true;
  const possible = from.some((type) =>
    to.some((other) => {
      const [a, b] = [context.types.isPrimitive(type), context.types.isPrimitive(other)];
      return a === b && (a ? mayConvert(type, other) : typeIn([other], type, context.types) !== false);
    }),
  );
  if (!possible)
    complain(context, 'map-wrong-type', { element: step.name, expected: tellTypes(to), found: tellTypes(from) }, at);
  return possible;
}

export function making(
  target: Target,
  holder: Holder,
  step: Step,
  told: string | undefined,
  scope: Scope,
  context: Context,
  around: Around,
): Made | undefined {
  const open = told ?? (step.types ? onlyType(step, target, context) : 'Element');
  if (open === undefined) return undefined;
  const primitive = context.types.isPrimitive(open);
  if (primitive && target.variable === undefined)
    return complain(context, 'map-no-transform', { element: step.name }, target);
  const declared = scope.declare(target.variable, 'target', step.types ? [open] : undefined);
  const write = writer(holder.types, step, context.types, context.place, target.listMode);
  const make = (run: Run, node: Node): Node => (primitive ? write.reserve(node, open) : write.make(run, node, open));
  const share =
    target.listMode === 'share' && target.listRule !== undefined ? `${step.name}/${target.listRule}` : undefined;
  const act: Act = (run, frame) => {
    const node = holder.of(run, frame);
    if (!node) return;
    const found = share === undefined ? make(run, node) : sharedTarget(run, node, share, () => make(run, node));
    frame[declared.slot] = found;
    if (told !== undefined) trace(run, found, undefined, undefined, frame, around, context);
  };
  const { variable } = holder;
  if (!variable || target.listMode !== undefined) return { act, variable: declared };
  const { sources } = around;
  const made = { holder: variable, step, type: open, declared, sources, told: told !== undefined, context };
  return { act, variable: declared, code: () => makingCode(made) };
}

export function putting(
  target: Target,
  holder: Holder,
  step: Step,
  values: Values,
  scope: Scope,
  context: Context,
  around: Around,
): Made {
  const declared =
    target.variable === undefined ? undefined : scope.declare(target.variable, 'target', typesAfter(values, step));
  const write = writer(holder.types, step, context.types, context.place, target.listMode);
  const single = step.array === false;
  const place = tellPlace(context.place);
  // What this rule wrote last, and where: a second value for the same place would be lost without a word.
  const remembered = single ? scope.declare(undefined, 'source', undefined) : undefined;
  const memory = remembered?.slot ?? -1;
  const one = (run: Run, frame: Frame, node: Node, value: Node): void => {
    if (memory >= 0) {
      const before = frame[memory];
      if (before && before.parent?.value === node.value && before.value !== value.value) {
        report(run, 'map-only-one', { element: step.name, place }, value.parent ? value : node);
        return;
      }
    }
    const written = write.put(run, node, value);
    if (!written) return;
    if (memory >= 0) frame[memory] = { ...value, parent: node };
    if (declared) frame[declared.slot] = written;
    if (run.lineage) trace(run, written, values, value, frame, around, context);
  };
  const { only, direct } = values;
  const act: Act = (run, frame) => {
    const node = holder.of(run, frame);
    if (!node) return;
    const alone = only?.(frame);
    let found = only ? (alone ? [alone] : []) : values.values(run, frame);
    if (single && found.length > 1) {
      report(run, 'map-only-one', { element: step.name, place }, node);
      found = found.slice(0, 1);
    }
    for (let at = 0; at < found.length; at++) one(run, frame, node, found[at]!);
  };
  const { variable } = holder;
  if (!variable || !direct || target.listMode !== undefined) return { act, variable: declared };
  const put = { holder: variable, step, direct, declared, memory: remembered, sources: around.sources, context };
  return { act, variable: declared, code: (otherwise) => puttingCode({ ...put, otherwise }) };
}

/** The types of a variable for what was put: those of the value, where the element leaves them open. */
export function typesAfter({ types }: Values, step: Step): Static {
  const open =
    !step.types || step.types.length > 1 || step.types[0] === 'Resource' || step.types[0] === 'DomainResource';
  return open ? types : step.types;
}

export function trace(
  run: Run,
  node: Node,
  values: Values | undefined,
  value: Node | undefined,
  frame: Frame,
  around: Around,
  context: Context,
): void {
  const { lineage } = run;
  if (!lineage) return;
  const rule = context.place;
  if (values?.copies && value?.parent) {
    lineage.written.push(writtenAt(node, rule, [value], true));
    return;
  }
  const read = values?.sources?.(frame) ?? [];
  const sources = read.length > 0 ? read : around.sources.map(({ slot }) => frame[slot]);
  lineage.written.push(writtenAt(node, rule, sources, false));
}
