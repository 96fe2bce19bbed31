import { type ElementReader, elementReader } from '../run/element-reader.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Source } from '../syntax/tree.ts';
import { isUnknown, type Step, stepTo } from '../types/step.ts';
import { type PossibleTypes, shortName } from '../types/types.ts';
import { type Context, reportProblem } from './program.ts';
export type CompiledPath = {
  readonly reads: readonly ElementReader[];
  readonly steps: readonly Step[];
  readonly types: PossibleTypes;
};

/** The steps of a path from a variable; undefined, with a problem reported, when an element is unknown. */
export function compilePath(
  from: PossibleTypes,
  path: readonly string[],
  at: Source | Context['place'],
  context: Context,
): CompiledPath | undefined {
  const reads: ElementReader[] = [];
  const steps: Step[] = [];
  let types = from;
  for (const name of path) {
    const step: Step | undefined = elementStep(types, name, at, context);
    if (!step) return undefined;
    reads.push(elementReader(types, step, context.types));
    steps.push(step);
    types = step.types;
  }
  return { reads, steps, types };
}

/** One element of the types that an owner may have; undefined, with a problem reported, when there is none. */
export function elementStep(
  owner: PossibleTypes,
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
  return reportProblem(
    context,
    'map-element-unknown',
    { type: shortName(step.owner), element: name, suggestion: didYouMean(name, step.candidates) || hint },
    at,
  );
}
