import { type ElementReader, elementReader } from '../run/element-reader.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Place, Source } from '../syntax/tree.ts';
import { isUnknown, type Step, stepOfSubtype, stepTo } from '../types/step.ts';
import { type PossibleTypes, shortName, type Types } from '../types/types.ts';
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
    const step: Step | undefined = sourceStep(types, name, at, context);
    if (!step) return undefined;
    reads.push(step.ofSubtype ? subtypeReader(name, context.types) : elementReader(types, step, context.types));
    steps.push(step);
    types = step.types;
  }
  return { reads, steps, types };
}

/** One element of a source. That of a resource of unknown type may be one that some resources have. */
function sourceStep(owner: PossibleTypes, name: string, at: Place, context: Context): Step | undefined {
  const ofSubtype = isUnknown(stepTo(owner, name, context.types))
    ? stepOfSubtype(owner, name, context.types)
    : undefined;
  if (!ofSubtype) return elementStep(owner, name, at, context);
  const type = shortName(owner?.[0] ?? '');
  if (!isUnknown(ofSubtype)) {
    reportProblem(context, 'map-element-of-subtype', { type, element: name }, at);
    return ofSubtype;
  }
  const suggestion = didYouMean(name, ofSubtype.candidates);
  return reportProblem(context, 'map-element-unknown', { type, element: name, suggestion }, at);
}

/** Reads an element by the type that each node has. */
function subtypeReader(name: string, types: Types): ElementReader {
  const byType = new Map<string | undefined, ElementReader | undefined>();
  const readerFor = (type: string | undefined): ElementReader | undefined => {
    if (byType.has(type)) return byType.get(type);
    const owner = type === undefined ? undefined : [type];
    const step = stepTo(owner, name, types);
    const reader = isUnknown(step) ? undefined : elementReader(owner, step, types);
    if (type === undefined || types.model(type)) byType.set(type, reader);
    return reader;
  };
  return { all: (node, into) => readerFor(node.type)?.all(node, into) };
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
