import { checkedExpression } from '../expression/evaluate.ts';
import type { GroupBuilder } from '../generate/group-builder.ts';
import { elementSource, nodeLoopCode, variableSource } from '../generate/source.ts';
import { compilePath } from '../program/element-path.ts';
import { type Action, type Context, reportProblem } from '../program/program.ts';
import type { Scope, Variable } from '../program/scope.ts';
import type { ElementReader } from '../run/element-reader.ts';
import { type Node, rootNode } from '../run/node.ts';
import { describePlace } from '../run/rule-place.ts';
import { countSteps, type Frame, type Run, report } from '../run/run.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Source } from '../syntax/tree.ts';
import type { PossibleTypes } from '../types/types.ts';
import { checkSourceCardinality } from './cardinality.ts';
import { compileFilters } from './filters.ts';

export type CompiledSource = {
  readonly variable: Variable;
  /** Statements that run `then` for each value of the source. */
  readonly code: (builder: GroupBuilder, then: string) => string;
  /** The same as a closure. */
  readonly each: Each;
  /** The variables that `each` reads from the frame. */
  readonly reads: readonly Variable[];
};

/** Sets the variable to each node of the source and runs the action. */
type Each = (run: Run, frame: Frame, act: Action) => void;

/** Compiles one source of a rule; its variable is declared in `scope`. */
export function compileSource(source: Source, scope: Scope, context: Context): CompiledSource | undefined {
  const base = scope.find(source.context);
  const constant = base ? undefined : scope.constant(source.context);
  if (!base && !constant) {
    const suggestion = didYouMean(source.context, scope.names());
    return reportProblem(context, 'map-variable-unknown', { name: source.context, suggestion }, source);
  }
  if (base) base.used = true;
  const compiledPath = compilePath(base?.types, source.path, source, context);
  if (!compiledPath) return undefined;
  checkSourceCardinality(source, base?.types, context);
  const narrowed = source.type === undefined ? compiledPath.types : typeFilter(source.type, source, context);
  if (source.type !== undefined && !narrowed) return undefined;
  const mode = base?.mode === 'target' && source.path.length === 0 ? 'target' : 'source';
  const variable = scope.declare(source.variable, mode, narrowed);
  const fallback = source.default && checkedExpression(source.default, scope, undefined, context, true);
  variable.listed = base ? (fallback?.possible ?? []) : (constant?.values.map(({ value }) => value) ?? []);
  const filters = compileFilters(source, variable, scope, context);
  const { passes } = filters;

  const constantNodes = constant?.values.map(({ type, value, text }): Node => ({ ...rootNode(value, type), text }));
  const start = base ? (frame: Frame): Node[] => one(frame[base.slot]) : (): Node[] => constantNodes ?? [];
  const element = source.path.join('.') || source.context;
  const each: Each = (run, frame, act) => {
    let found = start(frame);
    for (const read of compiledPath.reads) found = readAll(read, found);
    countSteps(run, found.length, context.place);
    if (source.type !== undefined) found = found.filter((node) => isOfType(node, narrowed!, context));
    checkCardinality(source, element, found, frame[base?.slot ?? -1], run, context);
    if (found.length === 0 && fallback) found = fallback.evaluate(undefined, frame);
    found = found.filter((node) => {
      frame[variable.slot] = node;
      return !passes || passes(run, frame, node);
    });
    if (source.listMode !== undefined) found = listed(source.listMode, found, element, run, context);
    for (const node of found) {
      frame[variable.slot] = node;
      act(run, frame);
    }
  };
  const reads = [...(base ? [base] : []), ...filters.reads, ...(fallback?.reads ?? [])].filter((it) => it !== variable);
  const isPlain = source.default === undefined && source.min === undefined && source.listMode === undefined;
  const required = source.type === undefined ? undefined : narrowed?.[0];
  const parts = base && isPlain ? { base, variable, filters, required, context } : undefined;
  const code =
    (parts && source.path.length === 0 ? variableSource(parts) : undefined) ??
    (parts && source.path.length === 1 && !compiledPath.steps[0]!.ofSubtype
      ? elementSource(parts, compiledPath.steps[0]!)
      : undefined) ??
    ((builder, then) => nodeLoopCode(builder, each, reads, variable, then));
  return { variable, code, each, reads };
}

const one = (node: Node | undefined): Node[] => (node === undefined ? [] : [node]);

function readAll(read: ElementReader, from: readonly Node[]): Node[] {
  const into: Node[] = [];
  for (const node of from) read.all(node, into);
  return into;
}

function typeFilter(written: string, at: Source, context: Context): PossibleTypes {
  const name = context.types.nameOf(written);
  if (name !== undefined) return [name];
  return reportProblem(
    context,
    'map-type-unknown',
    { type: written, suggestion: didYouMean(written, context.types.names()) },
    at,
  );
}

const isOfType = (node: Node, required: readonly string[], { types }: Context): boolean =>
  node.type !== undefined && required.some((type) => types.isA(node.type!, type));

function checkCardinality(
  { min, max }: Source,
  element: string,
  found: readonly Node[],
  at: Node | undefined,
  run: Run,
  context: Context,
): void {
  if (min === undefined || (found.length >= min && (max === undefined || max === '*' || found.length <= max))) return;
  report(
    run,
    'map-cardinality',
    { expected: `${min}..${max ?? '*'}`, element, found: found.length, place: describePlace(context.place) },
    at,
  );
}

function listed(
  mode: NonNullable<Source['listMode']>,
  found: Node[],
  element: string,
  run: Run,
  context: Context,
): Node[] {
  switch (mode) {
    case 'first':
      return found.slice(0, 1);
    case 'not_first':
      return found.slice(1);
    case 'last':
      return found.slice(-1);
    case 'not_last':
      return found.slice(0, -1);
    case 'only_one':
      if (found.length > 1)
        report(
          run,
          'map-cardinality',
          { expected: 'one', element, found: found.length, place: describePlace(context.place) },
          found[0],
        );
      return found.length > 1 ? [] : found;
  }
}
