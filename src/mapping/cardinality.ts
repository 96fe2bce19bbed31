import { type Context, complain } from './program.ts';
import type { Scope } from './scope.ts';
import { isUnknown, type Step, stepTo } from './step.ts';
import type { Source, Target } from './syntax/tree.ts';
import type { Static } from './types.ts';

/** A cardinality that no message can have: more than the element holds, or more at least than at most. */
export function checkSourceCardinality(source: Source, owner: Static, context: Context): void {
  const { min, max, path } = source;
  if (min === undefined) return;
  const most = repeats(owner, path, context) === false ? 1 : undefined;
  const written = `${min}..${max ?? '*'}`;
  const name = path.join('.') || source.context;
  if (typeof max === 'number' && max < min)
    complain(context, 'map-cardinality-impossible', { element: name, written, most: max }, source);
  else if (most !== undefined && min > most)
    complain(context, 'map-cardinality-impossible', { element: name, written, most }, source);
}

/** Two values that one rule gives to an element that holds one: the second would never be kept. */
export function checkTargetCardinality(targets: readonly Target[], scope: Scope, context: Context): void {
  const given = new Set<string>();
  for (const target of targets) {
    const owner = target.context === undefined ? undefined : scope.find(target.context);
    if (!target.transform || !owner || target.path.length === 0) continue;
    const place = `${target.context}.${target.path.join('.')}`;
    if (given.has(place) && repeats(owner.types, target.path, context) === false)
      complain(context, 'map-value-repeated', { element: place }, target);
    given.add(place);
  }
}

/** Whether a path may lead to several elements; undefined when nothing is known of it. */
function repeats(owner: Static, path: readonly string[], { types }: Context): boolean | undefined {
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
