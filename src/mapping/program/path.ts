import { type Read, reader } from '../run/read.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Source } from '../syntax/tree.ts';
import { isUnknown, type Step, stepTo } from '../types/step.ts';
import { type Static, shortName } from '../types/types.ts';
import { type Context, complain } from './program.ts';
export type Walked = { readonly reads: readonly Read[]; readonly steps: readonly Step[]; readonly types: Static };

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
    'map-unknown-element',
    { type: shortName(step.owner), element: name, suggestion: didYouMean(name, step.known) || hint },
    at,
  );
}
