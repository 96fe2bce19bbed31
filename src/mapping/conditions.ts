import { namedByMaps } from '../fhir/catalogue/mapping.ts';
import { issue, type RuleCode } from '../fhir/issue.ts';
import { FhirPathEvaluationError } from '../fhirpath/index.ts';
import { countReadings } from './cost.ts';
import { type CompiledCondition, type CompiledExpression, compileCondition, compileExpression } from './expression.ts';
import type { SourceRead } from './lineage.ts';
import { type Node, pathOf } from './node.ts';
import { type Context, complain } from './program.ts';
import type { Reading } from './rewrite.ts';
import { type Frame, type Run, raise, report, tellPlace } from './run.ts';
import type { Scope } from './scope.ts';
import { unquote } from './syntax/tokens.ts';
import type { Expression, Source } from './syntax/tree.ts';
import type { Static } from './types.ts';

/** Whether a node may go on; may tell an issue. */
export type Passes = (run: Run, frame: Frame, node: Node) => boolean;

/** where, check and log, in this order, each on what the one before let through. The variable of the source is set before. */
export function compileFilters(source: Source, types: Static, scope: Scope, context: Context): Passes | undefined {
  const { where, check, log } = source;
  // The variable of the source is the focus, and so is the one that it is read from when it has no path.
  const self = new Set([source.variable ?? '', source.path.length === 0 ? source.context : '']);
  const made: Passes[] = [];
  const condition = where && compiledCondition(where, scope, types, context, self);
  if (condition) {
    made.push((run, frame, node) => {
      if (run.lineage)
        for (const reading of condition.readings) run.lineage.decided.push(...reads(reading, frame, node));
      return holds(condition, run, frame, node, context);
    });
  }
  const demand = check && compiledCondition(check, scope, types, context, self);
  if (demand) {
    made.push((run, frame, node) => {
      if (holds(demand, run, frame, node, context)) return true;
      report(run, 'map-check-failed', { place: tellPlace(context.place) }, node);
      return false;
    });
  }
  const note = log && compileLog(log, types, scope, context);
  if (note) {
    made.push((run, frame, node) => {
      note(run, frame, node);
      return true;
    });
  }
  if (made.length <= 1) return made[0];
  return (run, frame, node) => made.every((passes) => passes(run, frame, node));
}

function compiledCondition(
  text: Expression,
  scope: Scope,
  focus: Static,
  context: Context,
  self: ReadonlySet<string>,
): CompiledCondition | undefined {
  const compiled = compileCondition(text, scope, focus, context.program.environment, self);
  return 'problem' in compiled
    ? complain(context, 'map-expression', { problem: compiled.problem }, compiled.at ?? text)
    : compiled;
}

function holds(test: CompiledCondition, run: Run, frame: Frame, node: Node, context: Context): boolean {
  countReadings(test.readings, run, frame, node, context.place);
  try {
    return test.holds(node, frame);
  } catch (error) {
    if (!(error instanceof FhirPathEvaluationError)) throw error;
    report(run, 'map-evaluate', { place: tellPlace(context.place) }, node);
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
  return 'problem' in compiled
    ? complain(context, 'map-expression', { problem: compiled.problem }, compiled.at ?? text)
    : compiled;
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
      raise(run, issue(rule, {} as never, { expression: pathOf(node) }));
    };
  }
  const compiled = expression(log, scope, types, context);
  if (!compiled) return undefined;
  return (run, frame, node) => {
    if (evaluated(compiled, run, node, frame, context).length > 0) report(run, 'map-note-withheld', { place }, node);
  };
}
