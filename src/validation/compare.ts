/** Comparing a value with a limit of the same type: numbers, dates and times, quantities. */

import { isObject } from './equal.ts';
import { isDate } from './primitives.ts';

/** Below, equal to or above the limit; undefined when they cannot be compared. */
export function compareToLimit(value: unknown, limit: unknown): number | undefined {
  if (typeof value === 'number' && typeof limit === 'number') return value - limit;
  if (typeof value === 'string' && typeof limit === 'string') return compareTexts(value, limit);
  if (!isObject(value) || !isObject(limit)) return undefined;
  const [a, b] = [value.value, limit.value];
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  if (value.code === limit.code && value.system === limit.system) return a - b;
  return undefined;
}

/** Dates of differing precision are compared by what both have; a moment with a zone by its instant. */
function compareTexts(value: string, limit: string): number | undefined {
  if (value.length > 10 && limit.length > 10) {
    const [a, b] = [Date.parse(value), Date.parse(limit)];
    return Number.isNaN(a) || Number.isNaN(b) ? compareText(value, limit) : a - b;
  }
  const shared = Math.min(value.length, limit.length);
  const dates = isDate(value.slice(0, 10)) && isDate(limit.slice(0, 10));
  return dates ? compareText(value.slice(0, shared), limit.slice(0, shared)) : compareText(value, limit);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
