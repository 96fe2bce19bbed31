import { mayConvert } from './convert.ts';
import { making as makingCode } from './generate/element.ts';
import { type Code, called } from './generate/form.ts';
import { namingTest } from './generate/naming.ts';
import { putting as puttingCode } from './generate/put.ts';
import { writtenAt } from './lineage.ts';
import type { Node } from './node.ts';
import { type Act, type Context, complain } from './program.ts';
import { type Frame, type Run, report, tellPlace } from './run.ts';
import { type Scope, type Variable, watched } from './scope.ts';
import { element } from './source.ts';
import type { Step } from './step.ts';
import { didYouMean } from './suggestion.ts';
import type { Target } from './syntax/tree.ts';
import { compileTransform } from './transforms/index.ts';
import type { Values } from './transforms/transform.ts';
import { type Static, shortName, tellTypes } from './types.ts';
import { sharedTarget, typeIn, writer } from './write.ts';

/** What lineage needs of the rule around a target: the variables of its sources. */
export type Around = { readonly sources: readonly Variable[] };

/** Compiles one target of a rule; its variable is declared in `scope`. Undefined after a complaint. */
export function compileTarget(target: Target, scope: Scope, context: Context, around: Around): Code | undefined {
  const act = compiledTarget(target, scope, context, around);
  // A name that could not get its meaning is still a name: what uses it is not wrong too.
  const { variable } = target;
  if (!act && variable !== undefined && !scope.find(variable)) scope.declare(variable, 'target', undefined).used = true;
  return act;
}

function compiledTarget(target: Target, outer: Scope, context: Context, around: Around): Code | undefined {
  const { scope, reads } = watched(outer);
  const made = actOf(target, scope, context, around);
  if (!made || typeof made === 'function') return made;
  const { act, variable, code } = made;
  const byFunction = (often: boolean): Code => calledTracing(act, reads, variable ? [variable] : [], around, often);
  return code?.(byFunction(false)) ?? byFunction(true);
}

/** What the compiler does by a function, the variable that it sets, and how code does the same where it can. */
type Made = {
  readonly act: Act;
  readonly variable?: Variable | undefined;
  readonly code?: (byFunction: Code) => Code | undefined;
};

const calledTracing =
  (act: Act, reads: ReadonlySet<Variable>, makes: readonly Variable[], { sources }: Around, often: boolean): Code =>
  (form) =>
    called(act, form.traced ? new Set([...reads, ...sources]) : reads, makes, often)(form);

function actOf(target: Target, scope: Scope, context: Context, around: Around): Made | undefined {
  if (target.context === undefined) return naming(target, scope, context);
  const base = scope.find(target.context);
  if (!base) {
    const suggestion = didYouMean(target.context, scope.names());
    return complain(context, 'map-variable-unknown', { name: target.context, suggestion }, target);
  }
  base.used = true;
  if (base.mode === 'source') return complain(context, 'map-source-not-writable', { name: base.name }, target);
  if (target.path.length === 0) return whole(target, base, scope, context, around);
  const holder = descend(target, base, context);
  return holder && assign(target, holder, scope, context, around);
}

/**
 * `(expression) as v`, `uuid() as v`: a value with a name and no place. `create('X') as v` names a new element: it may be
 * filled although no target holds it yet.
 */
function naming({ transform, variable, ...at }: Target, scope: Scope, context: Context): Made | undefined {
  const values = transform && compileTransform(transform, undefined, scope, context, at);
  if (!values) return undefined;
  if (variable === undefined)
    return complain(
      context,
      'map-arguments-invalid',
      { name: 'A target without an element', expected: 'a name (as v)', found: 'none' },
      at,
    );
  const isMade = transform?.kind === 'call' && transform.name === 'create';
  const declared = scope.declare(variable, isMade ? 'target' : 'source', values.types);
  const act: Act = (run, frame) => {
    frame[declared.slot] = values.values(run, frame)[0];
  };
  const { test } = values;
  return { act, variable: declared, ...(test ? { code: (by) => namingTest(test, declared, context, by) } : {}) };
}

/** `tgt`, `tgt as t`, `tgt = value`: the target itself. */
function whole(target: Target, base: Variable, scope: Scope, context: Context, around: Around): Made | undefined {
  const alias = target.variable === undefined ? undefined : scope.declare(target.variable, 'target', base.types);
  const values = target.transform && compileTransform(target.transform, base.types, scope, context, target);
  if (target.transform && !values) return undefined;
  const step: Step = { name: 'value', key: 'value', types: base.types, array: false, choice: false };
  const write = writer(base.types, step, context.types, context.place);
  const primitive = base.types?.every(context.types.isPrimitive) === true;
  const act: Act = (run, frame) => {
    const node = frame[base.slot];
    if (alias) frame[alias.slot] = node;
    if (!values || !node) return;
    for (const value of values.values(run, frame)) {
      if (primitive) write.put(run, node, value);
      else if (typeof value.value === 'object') merge(run, node, value, context);
      trace(run, node, values, value, frame, around, context);
    }
  };
  return { act, variable: alias };
}

/** All elements of a value into a target of the same type, each only where nothing stands yet. */
function merge(run: Run, node: Node, value: Node, context: Context): void {
  if (typeIn(node.type === undefined ? undefined : [node.type], value.type, context.types) === false) {
    report(
      run,
      'map-value-type-mismatch',
      { found: shortName(value.type ?? 'object'), element: node.key || 'the target', place: tellPlace(context.place) },
      value,
    );
    return;
  }
  const target = node.value as Record<string, unknown>;
  for (const [key, member] of Object.entries(structuredClone(value.value) as object)) target[key] ??= member;
}

type Holder = {
  readonly types: Static;
  readonly of: (run: Run, frame: Frame) => Node | undefined;
  /** The variable that it is, when no step leads there. */
  readonly variable?: Variable;
};

/** All steps but the last: each made, or found where it does not repeat. */
function descend({ path, ...at }: Target, base: Variable, context: Context): Holder | undefined {
  let holder: Holder = { types: base.types, of: (_run, frame) => frame[base.slot], variable: base };
  for (const name of path.slice(0, -1)) {
    const outer = holder;
    const step = element(outer.types, name, at, context);
    if (!step) return undefined;
    const type = onlyType(step, at, context);
    if (type === undefined) return undefined;
    const write = writer(outer.types, step, context.types, context.place);
    holder = {
      types: [type],
      of: (run, frame) => {
        const node = outer.of(run, frame);
        return node && (context.types.isPrimitive(type) ? write.reserve(node, type) : write.make(run, node, type));
      },
    };
  }
  return holder;
}

/** The one type that an element can be made of without being told. */
function onlyType(step: Step, at: Target | Omit<Target, 'path'>, context: Context): string | undefined {
  const type = step.types?.length === 1 ? step.types[0] : undefined;
  const open = type === undefined || context.types.model(type)?.abstract === true;
  return open ? complain(context, 'map-type-ambiguous', { element: step.name }, at) : type;
}

function assign(target: Target, holder: Holder, scope: Scope, context: Context, around: Around): Made | undefined {
  const step = element(holder.types, target.path.at(-1)!, target, context);
  if (!step) return undefined;
  const { transform } = target;
  if (!transform) return making(target, holder, step, undefined, scope, context, around);
  if (transform.kind === 'call' && transform.name === 'create') {
    const argument = transform.arguments[0];
    const written = argument?.kind === 'literal' ? String(argument.value) : '';
    const type = context.types.nameOf(written);
    if (type === undefined) {
      return complain(
        context,
        'map-type-unknown',
        { type: written || 'of this create', suggestion: didYouMean(written, context.types.names()) },
        target,
      );
    }
    if (step.types && !step.types.some((it) => context.types.isA(type, it))) {
      return complain(
        context,
        'map-type-mismatch',
        { element: step.name, expected: tellTypes(step.types), found: shortName(type) },
        target,
      );
    }
    return making(target, holder, step, type, scope, context, around);
  }
  const values = compileTransform(transform, step.types, scope, context, target);
  if (!values || !fits(values, step, target, context)) return undefined;
  return putting(target, holder, step, values, scope, context, around);
}

/** Says when compiling what can never fit. */
function fits(values: Values, step: Step, at: Target, context: Context): boolean {
  const [from, to] = [values.types, step.types];
  if (!from || !to) return true;
  const possible = from.some((type) =>
    to.some((other) => {
      const [a, b] = [context.types.isPrimitive(type), context.types.isPrimitive(other)];
      return a === b && (a ? mayConvert(type, other) : typeIn([other], type, context.types) !== false);
    }),
  );
  if (!possible)
    complain(context, 'map-type-mismatch', { element: step.name, expected: tellTypes(to), found: tellTypes(from) }, at);
  return possible;
}

function making(
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
    return complain(context, 'map-value-missing', { element: step.name }, target);
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

function putting(
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
        report(run, 'map-value-not-repeatable', { element: step.name, place }, value.parent ? value : node);
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
      report(run, 'map-value-not-repeatable', { element: step.name, place }, node);
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
function typesAfter({ types }: Values, step: Step): Static {
  const open =
    !step.types || step.types.length > 1 || step.types[0] === 'Resource' || step.types[0] === 'DomainResource';
  return open ? types : step.types;
}

function trace(
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
