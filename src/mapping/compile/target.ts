import { type Code, called } from '../generate/form.ts';
import { namingTest } from '../generate/naming.ts';
import { element } from '../program/path.ts';
import { type Act, type Context, complain } from '../program/program.ts';
import { type Scope, type Variable, watched } from '../program/scope.ts';
import type { Node } from '../run/node.ts';
import { tellPlace } from '../run/rule-place.ts';
import { type Run, report } from '../run/run.ts';
import { writer } from '../run/write.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Target } from '../syntax/tree.ts';
import { compileTransform } from '../transforms/index.ts';
import { typeIn } from '../types/fit.ts';
import type { Step } from '../types/step.ts';
import { shortName, tellTypes } from '../types/types.ts';
import { type Around, fits, type Holder, type Made, making, onlyType, putting, trace } from './assignment.ts';

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

const calledTracing =
  (act: Act, reads: ReadonlySet<Variable>, makes: readonly Variable[], { sources }: Around, often: boolean): Code =>
  (form) =>
    called(act, form.traced ? new Set([...reads, ...sources]) : reads, makes, often)(form);

function actOf(target: Target, scope: Scope, context: Context, around: Around): Made | undefined {
  if (target.context === undefined) return naming(target, scope, context);
  const base = scope.find(target.context);
  if (!base) {
    const suggestion = didYouMean(target.context, scope.names());
    return complain(context, 'map-unknown-variable', { name: target.context, suggestion }, target);
  }
  base.used = true;
  if (base.mode === 'source') return complain(context, 'map-direction', { name: base.name }, target);
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
      'map-arguments',
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
      'map-value-type',
      { found: shortName(value.type ?? 'object'), element: node.key || 'the target', place: tellPlace(context.place) },
      value,
    );
    return;
  }
  const target = node.value as Record<string, unknown>;
  for (const [key, member] of Object.entries(structuredClone(value.value) as object)) target[key] ??= member;
}

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
        'map-unknown-type',
        { type: written || 'of this create', suggestion: didYouMean(written, context.types.names()) },
        target,
      );
    }
    if (step.types && !step.types.some((it) => context.types.isA(type, it))) {
      return complain(
        context,
        'map-wrong-type',
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
