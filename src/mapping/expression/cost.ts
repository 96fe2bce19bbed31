import type { Node } from '../run/node.ts';
import type { RulePlace } from '../run/rule-place.ts';
import { countSteps, type Frame, type Run } from '../run/run.ts';
import type { Reading } from './readings.ts';

/** Lists shorter than this cost nothing worth counting. */
const free = 32;

/**
 * Counts what an expression goes through: the first list on the way of each thing that it reads. A condition that looks
 * through a long list for each of many items would otherwise let one message keep the gateway busy.
 */
export function countReadings(
  readings: readonly Reading[],
  run: Run,
  frame: Frame,
  focus: Node | undefined,
  place: RulePlace,
): void {
  for (let at = 0; at < readings.length; at++) {
    const { slot, steps } = readings[at]!;
    const length = firstList(slot === undefined ? focus?.value : frame[slot]?.value, steps);
    if (length > free) countSteps(run, length, place);
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
