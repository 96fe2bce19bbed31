import { type Context, reportProblem } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Source, Target } from '../syntax/tree.ts';
import { isUnknown, type Step, stepTo } from '../types/step.ts';
import type { PossibleTypes } from '../types/types.ts';

/** Reports a cardinality that no message can meet: above the maximum of the element, or a minimum above the maximum. */
export function checkSourceCardinality(source: Source, owner: PossibleTypes, context: Context): void {
  const { min, max, path } = source;
  if (min === undefined) return;
  const most = repeats(owner, path, context) === false ? 1 : undefined;
  const written = `${min}..${max ?? '*'}`;
  const name = path.join('.') || source.context;
  if (typeof max === 'number' && max < min)
    reportProblem(context, 'map-cardinality-impossible', { element: name, written, most: max }, source);
  else if (most !== undefined && min > most)
    reportProblem(context, 'map-cardinality-impossible', { element: name, written, most }, source);
}

/** Reports two values that one rule assigns to an element with maximum 1: the second would be lost. */
export function checkTargetCardinality(targets: readonly Target[], scope: Scope, context: Context): void {
  const assigned = new Set<string>();
  for (const target of targets) {
    const owner = target.context === undefined ? undefined : scope.find(target.context);
    if (!target.transform || !owner || target.path.length === 0) continue;
    const place = `${target.context}.${target.path.join('.')}`;
    if (assigned.has(place) && repeats(owner.types, target.path, context) === false)
      reportProblem(context, 'map-value-repeated', { element: place }, target);
    assigned.add(place);
  }
}

/** Whether a path may have several values; undefined when its types are unknown. */
function repeats(owner: PossibleTypes, path: readonly string[], { types }: Context): boolean | undefined {
  let at = owner;
  let found: boolean | undefined = false;
  for (const name of path) {
    const step: ReturnType<typeof stepTo> = stepTo(at, name, types);
    if (isUnknown(step) || step.array === undefined) return undefined;
    const { array, types: next }: Step = step;
    found ||= array;
    at = next;
  }
  return found;
}
