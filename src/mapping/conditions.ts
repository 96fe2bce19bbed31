import { namedByMaps } from '../fhir/catalogue/map-findings.ts';
import { issue, type RuleCode } from '../fhir/issue.ts';
import { FhirPathEvaluationError } from '../fhirpath/index.ts';
import { countReadings } from './cost.ts';
import { type CompiledCondition, type CompiledExpression, compileCondition, compileExpression } from './expression.ts';
import type { Form } from './generate/form.ts';
import { tested } from './generate/inline.ts';
import { literal } from './generate/unit.ts';
import type { SourceRead } from './lineage.ts';
import { type Node, pathOf } from './node.ts';
import { type Context, complain } from './program.ts';
import type { Reading } from './rewrite.ts';
import { type Frame, type Run, raise, report, tellPlace } from './run.ts';
import type { Scope, Variable } from './scope.ts';
import { unquote } from './syntax/tokens.ts';
import type { Expression, Source } from './syntax/tree.ts';
import type { Static } from './types.ts';

/** Whether a node may go on; may tell an issue. */
export type Passes = (run: Run, frame: Frame, node: Node) => boolean;

/** where, check and log of a source, in this order, each on what the one before let through. */
export type Filters = {
  /** For nodes that a function of the compiler went through; the variable of the source is set before. */
  readonly passes: Passes | undefined;
  /** Statements that do `then` for the value of the variable, if it passes. */
  readonly code: (form: Form, then: string) => string;
  /** They look at the node of the variable each time, so that it has to be made before. */
  readonly early: (form: Form) => boolean;
  /** The variables that `passes` finds in its frame. */
  readonly reads: readonly Variable[];
};

type Filter = {
  readonly passes: Passes;
  readonly code: (form: Form, then: string) => string;
  /** Only the engine can do it: it is given the node. */
  readonly byEngine: boolean;
  readonly reads: readonly Variable[];
};

export function compileFilters(source: Source, variable: Variable, scope: Scope, context: Context): Filters {
  const { where, check, log } = source;
  // The variable of the source is the focus, and so is the one that it is read from when it has no path.
  const self = new Set([source.variable ?? '', source.path.length === 0 ? source.context : '']);
  const condition = where && compiledCondition(where, scope, variable, context, self);
  const demand = check && compiledCondition(check, scope, variable, context, self);
  const made = [
    condition && whereFilter(condition, variable, context),
    demand && checkFilter(demand, variable, context),
    log && compileLog(log, variable, scope, context),
  ].filter((it) => it !== undefined);
  return {
    passes: made.length === 0 ? undefined : (run, frame, node) => made.every(({ passes }) => passes(run, frame, node)),
    code: (form, then) => made.reduceRight((inner, { code }) => code(form, inner), then),
    early: ({ traced }) => made.some(({ byEngine }) => byEngine || traced),
    reads: made.flatMap(({ reads }) => reads),
  };
}

function whereFilter(condition: CompiledCondition, variable: Variable, context: Context): Filter {
  const decides = (run: Run, frame: Frame, node: Node): void => {
    for (const reading of condition.readings) run.lineage?.decided.push(...reads(reading, frame, node));
  };
  return {
    passes: (run, frame, node) => {
      decides(run, frame, node);
      return holds(condition, run, frame, node, context);
    },
    code: (form, then) =>
      `${form.traced ? traceReads(condition, variable, form) : ''} ${conditional(condition, variable, form, context, then)}`,
    byEngine: !condition.inline,
    reads: condition.reads,
  };
}

/** What a condition reads, for lineage: the first paths that it begins. */
function traceReads({ readings, reads }: CompiledCondition, variable: Variable, form: Form): string {
  return readings
    .map(({ slot, path }) => {
      const isFocus = slot === undefined || slot === variable.slot || slot === sameAs(variable)?.slot;
      const of = isFocus ? variable : reads.find((it) => it.slot === slot);
      return of
        ? `if (${form.node(of)} !== undefined) run.lineage.decided.push({ node: ${form.node(of)}, path: ${literal(path)} });`
        : '';
    })
    .join(' ');
}

const sameAs = ({ origin }: Variable): Variable | undefined => (origin.kind === 'same' ? origin.as : undefined);

function checkFilter(demand: CompiledCondition, variable: Variable, context: Context): Filter {
  const fail = (run: Run, node: Node): void =>
    report(run, 'map-check-failed', { place: tellPlace(context.place) }, node);
  return {
    passes: (run, frame, node) => {
      if (holds(demand, run, frame, node, context)) return true;
      fail(run, node);
      return false;
    },
    code: (form, then) =>
      conditional(demand, variable, form, context, then, `${form.constant(fail)}(run, ${form.early(variable)});`),
    byEngine: !demand.inline,
    reads: demand.reads,
  };
}

/** `if` of a condition: what of it stands in the code decides, unless only the engine knows. */
function conditional(
  condition: CompiledCondition,
  variable: Variable,
  form: Form,
  context: Context,
  then: string,
  otherwise = '',
): string {
  const { inline } = condition;
  const engine = (run: Run, frame: Frame, node: Node): boolean => holds(condition, run, frame, node, context);
  const ask = (often: boolean): string =>
    `${form.constant(engine)}(run, f, ${often ? form.node(variable) : form.early(variable)})`;
  const end = otherwise === '' ? '' : ` else { ${otherwise} }`;
  const base = sameAs(variable);
  const reads = base ? [...condition.reads, base] : condition.reads;
  if (!inline) return `${form.filled(reads, true)} if (${ask(true)}) { ${then} }${end}`;
  const test = tested(inline, form, variable, context.place);
  const known = form.fresh('c');
  return `let ${known} = ${test}; if (odd) { odd = false; ${form.filled(reads, false)} ${known} = ${ask(false)}; }
    if (${known}) { ${then} }${end}`;
}

function compiledCondition(
  text: Expression,
  scope: Scope,
  focus: Variable,
  context: Context,
  self: ReadonlySet<string>,
): CompiledCondition | undefined {
  const compiled = compileCondition(text, scope, focus, context.program.environment, self);
  return 'problem' in compiled
    ? complain(context, 'map-expression-invalid', { problem: compiled.problem }, compiled.at ?? text)
    : compiled;
}

function holds(test: CompiledCondition, run: Run, frame: Frame, node: Node, context: Context): boolean {
  countReadings(test.readings, run, frame, node, context.place);
  try {
    return test.holds(node, frame);
  } catch (error) {
    if (!(error instanceof FhirPathEvaluationError)) throw error;
    report(run, 'map-evaluation-failed', { place: tellPlace(context.place) }, node);
    return false;
  }
}

/** What an expression read, as nodes: of a variable, or of the focus. */
export function reads({ slot, path }: Reading, frame: Frame, focus: Node | undefined): SourceRead[] {
  const node = slot === undefined ? focus : frame[slot];
  return node ? [{ node, path }] : [];
}

/** Evaluates; what FHIRPath can't do on this message is an issue and an empty result. */
export function evaluated(
  compiled: CompiledExpression,
  run: Run,
  focus: Node | undefined,
  frame: Frame,
  context: Context,
): Node[] {
  countReadings(compiled.readings, run, frame, focus, context.place);
  try {
    return compiled.evaluate(focus, frame);
  } catch (error) {
    if (!(error instanceof FhirPathEvaluationError)) throw error;
    report(run, 'map-evaluation-failed', { place: tellPlace(context.place) }, focus);
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
  return 'problem' in compiled
    ? complain(context, 'map-expression-invalid', { problem: compiled.problem }, compiled.at ?? text)
    : compiled;
}

const literalText = /^(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")$/;

/**
 * `log ('order-status-normalised')` raises that rule of the catalogue, with its own severity and texts.
 * Another fixed text is told as a note. An expression would log what is in the message: only its place is told.
 */
function compileLog(log: Expression, variable: Variable, scope: Scope, context: Context): Filter | undefined {
  const place = tellPlace(context.place);
  if (literalText.test(log.text)) {
    const text = unquote(log.text);
    const note = (run: Run, node: Node): void =>
      namedByMaps.has(text)
        ? raise(run, issue(text as RuleCode, {} as never, { expression: pathOf(node) }))
        : report(run, 'map-note', { place, note: text }, node);
    return {
      passes: (run, _frame, node) => {
        note(run, node);
        return true;
      },
      code: (form, then) => `${form.constant(note)}(run, ${form.early(variable)}); ${then}`,
      byEngine: false,
      reads: [],
    };
  }
  const compiled = expression(log, scope, variable.types, context);
  if (!compiled) return undefined;
  const passes: Passes = (run, frame, node) => {
    if (evaluated(compiled, run, node, frame, context).length > 0) report(run, 'map-note-withheld', { place }, node);
    return true;
  };
  return {
    passes,
    code: (form, then) =>
      `${form.filled(compiled.reads, true)} ${form.constant(passes)}(run, f, ${form.node(variable)}); ${then}`,
    byEngine: true,
    reads: compiled.reads,
  };
}
