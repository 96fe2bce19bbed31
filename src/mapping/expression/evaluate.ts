import { type Context, reportProblem } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { SourceRead } from '../run/lineage.ts';
import type { Node } from '../run/node.ts';
import { expressionFailed, type Frame, type Run } from '../run/run.ts';
import type { Expression } from '../syntax/tree.ts';
import type { PossibleTypes } from '../types/types.ts';
import { countReadings } from './cost.ts';
import { type CompiledExpression, compileExpression } from './expression.ts';
import type { ReadPath } from './readings.ts';
/** Compiles an expression, or reports why it does not. With `noFocus` it has variables only. */
export function checkedExpression(
  text: Expression,
  scope: Scope,
  focus: PossibleTypes,
  context: Context,
  noFocus = false,
): CompiledExpression | undefined {
  const compiled = compileExpression(text, scope, focus, context.program.environment, context.types.model, noFocus);
  if ('problem' in compiled)
    return reportProblem(context, 'map-expression-invalid', { problem: compiled.problem }, compiled.at ?? text);
  reportHiding(compiled, context);
  return compiled;
}

/** A constant takes precedence over an element of its name, of which the author of the map need not be aware. */
export function reportHiding({ hiding }: Pick<CompiledExpression, 'hiding'>, context: Context): void {
  for (const { name, ...at } of hiding) reportProblem(context, 'map-constant-hides-element', { name }, at);
}

/** Evaluates an expression; an evaluation error is reported as an issue, with an empty result. */
export function evaluateOrReport(
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
    expressionFailed(error, run, context.place, focus);
    return [];
  }
}

/** A path that an expression reads, as a source for lineage: of a variable, or of the focus. */
export function sourceReads({ slot, path }: ReadPath, frame: Frame, focus: Node | undefined): SourceRead[] {
  const node = slot === undefined ? focus : frame[slot];
  return node ? [{ node, path }] : [];
}
