import { checkSourceCardinality } from './cardinality.ts';
import { compileFilters, expression, type Passes } from './conditions.ts';
import { childNode, type Node } from './node.ts';
import { type Act, type Context, complain } from './program.ts';
import { countSteps, type Frame, type Run, report, tellPlace } from './run.ts';
import type { Scope, Variable } from './scope.ts';
import { isUnknown, type Read, reader, type Step, stepTo, typeOfValue } from './step.ts';
import { didYouMean } from './suggestion.ts';
import type { Source } from './syntax/tree.ts';
import { type Static, shortName } from './types.ts';

export type CompiledSource = {
  /** Sets the variable to each node that the source gives, and acts. */
  readonly each: (run: Run, frame: Frame, act: Act) => void;
  readonly variable: Variable;
};

/** Compiles one source of a rule; its variable is declared in `scope`. */
export function compileSource(source: Source, scope: Scope, context: Context): CompiledSource | undefined {
  const base = scope.find(source.context);
  const constant = base ? undefined : scope.constant(source.context);
  if (!base && !constant) {
    const suggestion = didYouMean(source.context, scope.names());
    return complain(context, 'map-unknown-variable', { name: source.context, suggestion }, source);
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
  const passes = compileFilters(source, narrowed, scope, context);

  const isPlain = source.default === undefined && source.min === undefined && source.listMode === undefined;
  if (base && isPlain) {
    const wanted = source.type === undefined ? undefined : narrowed?.[0];
    const slots = { from: base.slot, to: variable.slot };
    if (source.path.length === 0) return { variable, each: ofVariable(slots, wanted, passes, context) };
    const [read] = walked.reads;
    if (source.path.length === 1 && read?.key !== undefined) {
      return { variable, each: ofElement(slots, { ...read, key: read.key }, wanted, passes, context) };
    }
  }

  const constantNodes = constant?.values.map(
    ({ type, value }): Node => ({ value, extra: undefined, type, parent: undefined, key: '', index: -1 }),
  );
  const start = base ? (frame: Frame): Node[] => one(frame[base.slot]) : (): Node[] => constantNodes ?? [];
  const element = source.path.join('.') || source.context;
  const each = (run: Run, frame: Frame, act: Act): void => {
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
  return { each, variable };
}

type Slots = { readonly from: number; readonly to: number };

const typeTest =
  (wanted: string | undefined, { types }: Context) =>
  (node: Node): boolean =>
    wanted === undefined || (node.type !== undefined && types.isA(node.type, wanted));

/** `src where ...`: the variable itself. */
function ofVariable(
  { from, to }: Slots,
  wanted: string | undefined,
  passes: Passes | undefined,
  context: Context,
): CompiledSource['each'] {
  const fits = typeTest(wanted, context);
  return (run, frame, act) => {
    const node = frame[from];
    if (node === undefined || !fits(node)) return;
    frame[to] = node;
    if (!passes || passes(run, frame, node)) act(run, frame);
  };
}

/** `src.element ...`, where one JSON property holds it: the way that nearly every rule goes, without a list in between. */
function ofElement(
  { from, to }: Slots,
  { key, sidecar, told, all }: Read & { readonly key: string },
  wanted: string | undefined,
  passes: Passes | undefined,
  context: Context,
): CompiledSource['each'] {
  const fits = typeTest(wanted, context);
  const model = wanted === undefined ? undefined : context.types.model(wanted);
  // What stands in a place for resources tells its type: the others need not become nodes.
  const resource = model?.kind === 'resource' && !model.abstract;
  return (run, frame, act) => {
    const node = frame[from];
    const holder = node?.value as Record<string, unknown> | null | undefined;
    if (typeof holder !== 'object' || holder === null) return;
    const found = holder[key];
    const extra = sidecar === undefined ? undefined : holder[sidecar];
    if (found === undefined && extra === undefined) return;
    if (resource && (found as { resourceType?: unknown } | null)?.resourceType !== wanted) return;
    if (extra === undefined && found !== null && !Array.isArray(found)) {
      const child = childNode(node!, key, -1, found, undefined, told ?? typeOfValue(found));
      frame[to] = child;
      if (fits(child) && (!passes || passes(run, frame, child))) act(run, frame);
      return;
    }
    const nodes: Node[] = [];
    all(node!, nodes);
    countSteps(run, nodes.length, context.place);
    for (let at = 0; at < nodes.length; at++) {
      const child = nodes[at]!;
      frame[to] = child;
      if (fits(child) && (!passes || passes(run, frame, child))) act(run, frame);
    }
  };
}

const one = (node: Node | undefined): Node[] => (node === undefined ? [] : [node]);

function readAll(read: Read, from: readonly Node[]): Node[] {
  const into: Node[] = [];
  for (const node of from) read.all(node, into);
  return into;
}

type Walked = { readonly reads: readonly Read[]; readonly types: Static };

/** The steps of a path from a variable; undefined, after a complaint, when an element is unknown. */
export function walk(
  from: Static,
  path: readonly string[],
  at: Source | Context['place'],
  context: Context,
): Walked | undefined {
  const reads: Read[] = [];
  let types = from;
  for (const name of path) {
    const step: Step | undefined = element(types, name, at, context);
    if (!step) return undefined;
    reads.push(reader(types, step, context.types));
    types = step.types;
  }
  return { reads, types };
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
    'map-unknown-element',
    { type: shortName(step.owner), element: name, suggestion: didYouMean(name, step.known) || hint },
    at,
  );
}

function typeFilter(written: string, at: Source, context: Context): Static {
  const name = context.types.nameOf(written);
  if (name !== undefined) return [name];
  return complain(
    context,
    'map-unknown-type',
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
