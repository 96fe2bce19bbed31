import { namedByMaps } from '../fhir/catalogue/mapping.ts';
import { issue, type RuleCode } from '../fhir/issue.ts';
import { FhirPathEvaluationError } from '../fhirpath/index.ts';
import { type CompiledExpression, compileExpression, type Reading } from './expression.ts';
import type { SourceRead } from './lineage.ts';
import { type Node, pathOf } from './node.ts';
import { type Context, complain } from './program.ts';
import { type Frame, type Run, report, tellPlace } from './run.ts';
import type { Scope, Variable } from './scope.ts';
import { isUnknown, type Read, reader, type Step, stepTo } from './step.ts';
import { didYouMean } from './suggestion.ts';
import { unquote } from './syntax/tokens.ts';
import type { Expression, Source } from './syntax/tree.ts';
import { type Static, shortName } from './types.ts';

export type CompiledSource = {
  readonly select: (run: Run, frame: Frame) => Node[];
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
  const narrowed = source.type === undefined ? walked.types : typeFilter(source.type, source, context);
  if (source.type !== undefined && !narrowed) return undefined;
  const variable = scope.declare(
    source.variable,
    base?.mode === 'target' && source.path.length === 0 ? 'target' : 'source',
    narrowed,
  );

  const fallback = source.default && expression(source.default, scope, undefined, context);
  const keep = filters(source, variable, narrowed, scope, context);
  const constantNodes = constant?.values.map(
    ({ type, value }): Node => ({ value, extra: undefined, type, parent: undefined, key: '', index: -1 }),
  );
  const start = base ? (frame: Frame): Node[] => one(frame[base.slot]) : (): Node[] => constantNodes ?? [];
  const element = source.path.join('.') || source.context;

  const select = (run: Run, frame: Frame): Node[] => {
    let found = start(frame);
    for (const read of walked.reads) found = readAll(read, found);
    if (source.type !== undefined) found = found.filter((node) => isOfType(node, narrowed!, context));
    checkCardinality(source, element, found, frame[base?.slot ?? -1], run, context);
    if (found.length === 0 && fallback) found = fallback.evaluate(undefined, frame);
    for (const filter of keep) found = filter(run, frame, found);
    return source.listMode === undefined ? found : listed(source.listMode, found, element, run, context);
  };
  return { select, variable };
}

const one = (node: Node | undefined): Node[] => (node === undefined ? [] : [node]);

function readAll(read: Read, from: readonly Node[]): Node[] {
  const into: Node[] = [];
  for (const node of from) read(node, into);
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

type Filter = (run: Run, frame: Frame, found: Node[]) => Node[];

/** where, check and log, in this order, each on what the one before let through. */
function filters(
  { where, check, log }: Source,
  variable: Variable,
  types: Static,
  scope: Scope,
  context: Context,
): Filter[] {
  const each =
    (test: (run: Run, frame: Frame, node: Node) => boolean): Filter =>
    (run, frame, found) =>
      found.filter((node) => {
        frame[variable.slot] = node;
        return test(run, frame, node);
      });
  const made: Filter[] = [];
  const condition = where && expression(where, scope, types, context);
  if (condition) {
    made.push(
      each((run, frame, node) => {
        if (run.lineage)
          for (const reading of condition.readings) run.lineage.decided.push(...reads(reading, frame, node));
        return holds(condition, run, frame, node, context);
      }),
    );
  }
  const demand = check && expression(check, scope, types, context);
  if (demand) {
    made.push(
      each((run, frame, node) => {
        if (holds(demand, run, frame, node, context)) return true;
        report(run, 'map-check-failed', { place: tellPlace(context.place) }, node);
        return false;
      }),
    );
  }
  const note = log && compileLog(log, types, scope, context);
  if (note) {
    made.push(
      each((run, frame, node) => {
        note(run, frame, node);
        return true;
      }),
    );
  }
  return made;
}

/** What an expression read, as nodes: of a variable, or of the focus. */
export function reads({ slot, path }: Reading, frame: Frame, focus: Node | undefined): SourceRead[] {
  const node = slot === undefined ? focus : frame[slot];
  return node ? [{ node, path }] : [];
}

function holds(test: CompiledExpression, run: Run, frame: Frame, node: Node, context: Context): boolean {
  const values = evaluated(test, run, node, frame, context);
  return values.length === 1 ? values[0]!.value !== false : values.length > 1;
}

/** Evaluates; what FHIRPath can't do on this message is an issue and an empty result. */
export function evaluated(
  compiled: CompiledExpression,
  run: Run,
  focus: Node | undefined,
  frame: Frame,
  context: Context,
): Node[] {
  try {
    return compiled.evaluate(focus, frame);
  } catch (error) {
    if (!(error instanceof FhirPathEvaluationError)) throw error;
    report(run, 'map-evaluate', { place: tellPlace(context.place) }, focus);
    return [];
  }
}

export function expression(
  text: Expression,
  scope: Scope,
  focus: Static,
  context: Context,
): CompiledExpression | undefined {
  const compiled = compileExpression(text, scope, focus, context.program.environment);
  return 'problem' in compiled ? complain(context, 'map-expression', compiled, text) : compiled;
}

const literalText = /^(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")$/;

/**
 * `log ('order-status-normalised')` raises that rule of the catalogue, with its own severity and texts.
 * Another fixed text is told as a note. An expression would log what is in the message: only its place is told.
 */
function compileLog(
  log: Expression,
  types: Static,
  scope: Scope,
  context: Context,
): ((run: Run, frame: Frame, node: Node) => void) | undefined {
  const place = tellPlace(context.place);
  if (literalText.test(log.text)) {
    const text = unquote(log.text);
    if (!namedByMaps.has(text)) return (run, _frame, node) => report(run, 'map-note', { place, note: text }, node);
    const rule = text as RuleCode;
    return (run, _frame, node) => {
      run.issues.push(issue(rule, {} as never, { expression: pathOf(node) }));
    };
  }
  const compiled = expression(log, scope, types, context);
  if (!compiled) return undefined;
  return (run, frame, node) => {
    if (evaluated(compiled, run, node, frame, context).length > 0) report(run, 'map-note-withheld', { place }, node);
  };
}

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
