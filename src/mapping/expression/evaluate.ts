import { FhirPathEvaluationError } from '../../fhirpath/index.ts';
import { type Context, complain } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { SourceRead } from '../run/lineage.ts';
import type { Node } from '../run/node.ts';
import { tellPlace } from '../run/rule-place.ts';
import { type Frame, type Run, report } from '../run/run.ts';
import type { Expression } from '../syntax/tree.ts';
import type { Static } from '../types/types.ts';
import { countReadings } from './cost.ts';
import { type CompiledExpression, compileExpression } from './expression.ts';
import type { Reading } from './readings.ts';
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

/** What an expression read, as nodes: of a variable, or of the focus. */
export function reads({ slot, path }: Reading, frame: Frame, focus: Node | undefined): SourceRead[] {
  const node = slot === undefined ? focus : frame[slot];
  return node ? [{ node, path }] : [];
}
