import type { Node } from '../run/node.ts';
import type { RulePlace } from '../run/rule-place.ts';
import { countSteps, type Frame, type Run } from '../run/run.ts';
import type { ReadPath } from './readings.ts';

/** Length of a list that is too cheap to count. */
const uncounted = 32;

/**
 * Counts the steps of an expression: the first list on each path that it reads. Otherwise a condition that scans a long list
 * for each of many items would let one message occupy the gateway.
 */
export function countReadings(
  readings: readonly ReadPath[],
  run: Run,
  frame: Frame,
  focus: Node | undefined,
  place: RulePlace,
): void {
  for (let at = 0; at < readings.length; at++) {
    const { slot, steps } = readings[at]!;
    const length = firstList(slot === undefined ? focus?.value : frame[slot]?.value, steps);
    if (length > uncounted) countSteps(run, length, place);
  }
}

function firstList(value: unknown, steps: readonly string[]): number {
  let found = value;
  for (let at = 0; at < steps.length && typeof found === 'object' && found !== null; at++) {
    found = (found as Record<string, unknown>)[steps[at]!];
    if (Array.isArray(found)) return found.length;
  }
  return 0;
}
