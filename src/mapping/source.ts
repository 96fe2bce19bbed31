import { checkSourceCardinality } from './cardinality.ts';
import { compileFilters, expression } from './conditions.ts';
import type { Form } from './generate/form.ts';
import { eachNode, ofElement, sameVariable } from './generate/source.ts';
import type { Node } from './node.ts';
import { type Act, type Context, complain } from './program.ts';
import { countSteps, type Frame, type Run, report, tellPlace } from './run.ts';
import type { Scope, Variable } from './scope.ts';
import { isUnknown, type Read, reader, type Step, stepTo } from './step.ts';
import { didYouMean } from './suggestion.ts';
import type { Source } from './syntax/tree.ts';
import { type Static, shortName } from './types.ts';

export type CompiledSource = {
  readonly variable: Variable;
  /** Statements that do `then` for each value that the source gives to the variable. */
  readonly code: (form: Form, then: string) => string;
  /** The same where a function of the compiler does it. */
  readonly each: Each;
  /** The variables that `each` finds in its frame. */
  readonly reads: readonly Variable[];
};

/** Sets the variable to each node that the source gives, and acts. */
type Each = (run: Run, frame: Frame, act: Act) => void;

/** Compiles one source of a rule; its variable is declared in `scope`. */
export function compileSource(source: Source, scope: Scope, context: Context): CompiledSource | undefined {
  const base = scope.find(source.context);
  const constant = base ? undefined : scope.constant(source.context);
  if (!base && !constant) {
    const suggestion = didYouMean(source.context, scope.names());
    return complain(context, 'map-variable-unknown', { name: source.context, suggestion }, source);
  }
  if (base) base.used = true;
  const walked = walk(base?.types, source.path, source, context);
  if (!walked) return undefined;
  checkSourceCardinality(source, base?.types, context);
  const narrowed = source.type === undefined ? walked.types : typeFilter(source.type, source, context);
  if (source.type !== undefined && !narrowed) return undefined;
  const mode = base?.mode === 'target' && source.path.length === 0 ? 'target' : 'source';
  const variable = scope.declare(source.variable, mode, narrowed);
  const fallback = source.default && expression(source.default, scope, undefined, context);
  const filters = compileFilters(source, variable, scope, context);
  const { passes } = filters;

  const constantNodes = constant?.values.map(
    ({ type, value }): Node => ({ value, extra: undefined, type, parent: undefined, key: '', index: -1 }),
  );
  const start = base ? (frame: Frame): Node[] => one(frame[base.slot]) : (): Node[] => constantNodes ?? [];
  const element = source.path.join('.') || source.context;
  const each: Each = (run, frame, act) => {
    let found = start(frame);
    for (const read of walked.reads) found = readAll(read, found);
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
  const wanted = source.type === undefined ? undefined : narrowed?.[0];
  const made = base && isPlain ? { base, variable, filters, wanted, context } : undefined;
  const code =
    (made && source.path.length === 0 ? sameVariable(made) : undefined) ??
    (made && source.path.length === 1 ? ofElement(made, walked.steps[0]!) : undefined) ??
    ((form, then) => eachNode(form, each, reads, variable, then));
  return { variable, code, each, reads };
}

const one = (node: Node | undefined): Node[] => (node === undefined ? [] : [node]);

function readAll(read: Read, from: readonly Node[]): Node[] {
  const into: Node[] = [];
  for (const node of from) read.all(node, into);
  return into;
}

type Walked = { readonly reads: readonly Read[]; readonly steps: readonly Step[]; readonly types: Static };

/** The steps of a path from a variable; undefined, after a complaint, when an element is unknown. */
export function walk(
  from: Static,
  path: readonly string[],
  at: Source | Context['place'],
  context: Context,
): Walked | undefined {
  const reads: Read[] = [];
  const steps: Step[] = [];
  let types = from;
  for (const name of path) {
    const step: Step | undefined = element(types, name, at, context);
    if (!step) return undefined;
    reads.push(reader(types, step, context.types));
    steps.push(step);
    types = step.types;
  }
  return { reads, steps, types };
}

/** One element of the types that an owner may have, or a complaint. */
export function element(
  owner: Static,
  name: string,
  at: { line: number; column: number },
  context: Context,
): Step | undefined {
  const step = stepTo(owner, name, context.types);
  if (!isUnknown(step)) return step;
  const hint =
    step.owner === 'Resource' || step.owner === 'DomainResource'
      ? ' Say which resource, as in entry.resource : Task.'
      : '';
  return complain(
    context,
    'map-element-unknown',
    { type: shortName(step.owner), element: name, suggestion: didYouMean(name, step.known) || hint },
    at,
  );
}

function typeFilter(written: string, at: Source, context: Context): Static {
  const name = context.types.nameOf(written);
  if (name !== undefined) return [name];
  return complain(
    context,
    'map-type-unknown',
    { type: written, suggestion: didYouMean(written, context.types.names()) },
    at,
  );
}

const isOfType = (node: Node, wanted: readonly string[], { types }: Context): boolean =>
  node.type !== undefined && wanted.some((type) => types.isA(node.type!, type));

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
    { expected: `${min}..${max ?? '*'}`, element, found: found.length, place: tellPlace(context.place) },
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
          { expected: 'one', element, found: found.length, place: tellPlace(context.place) },
          found[0],
        );
      return found.length > 1 ? [] : found;
  }
}
