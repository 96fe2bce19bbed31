import { decimalText } from '../../fhir/decimal.ts';
import { typed } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';

/** An element around the current one, `levels` above it, as a focus of FHIRPath with its type. */
export function elementAbove(run: Run, levels: number): { readonly type: string; readonly focus: unknown } | undefined {
  const { frame, segments, index } = run;
  const end = run.depth - levels;
  if (end <= frame.depth) return { type: frame.resource.resourceType, focus: frame.resource };
  let holder: unknown = frame.resource;
  let value: unknown = frame.resource;
  for (let at = frame.depth; at < end; at++) {
    holder = value;
    value = isObject(value) ? atIndex(value[segments[at]!.key], index[at]!) : undefined;
  }
  const { key, type } = segments[end - 1]!;
  if (!key.startsWith('_')) return { type, focus: value };
  const primitive = isObject(holder) ? atIndex(holder[key.slice(1)], index[end - 1]!) : undefined;
  const text = isObject(holder) ? writtenAt(holder, key.slice(1), index[end - 1]!) : undefined;
  return { type, focus: typed(type, primitive ?? undefined, isObject(value) ? value : undefined, text) };
}

/**
 * The current value as a focus of FHIRPath: a primitive with its id, its extensions and the digits of a decimal, as
 * navigation from its parent selects it. The value itself where it has none of these.
 */
export function currentFocus(value: unknown, run: Run): unknown {
  if (typeof value === 'object' || value === undefined) return value;
  const holder = parentOfCurrent(run);
  const segment = run.segments[run.depth - 1];
  if (!isObject(holder) || !segment) return value;
  const [{ key, type }, at] = [segment, run.index[run.depth - 1]!];
  // A rule about a part of the value, such as an expression of another place, has a focus of its own.
  if (atIndex(holder[key], at) !== value) return value;
  const beside = holder[`_${key}`] === undefined ? undefined : atIndex(holder[`_${key}`], at);
  const text = type === 'decimal' ? writtenAt(holder, key, at) : undefined;
  if (!isObject(beside) && (text === undefined || text === String(value))) return value;
  return typed(type, value, isObject(beside) ? beside : undefined, text);
}

/** The digits of a number in an object, or in the array there. */
function writtenAt(holder: object, key: string, at: number): string | undefined {
  if (at < 0) return decimalText(holder, key);
  const list = (holder as Record<string, unknown>)[key];
  return Array.isArray(list) ? decimalText(list, at) : undefined;
}

/** The digits of the current number as written. */
export function writtenNumber(value: unknown, run: Run): string | undefined {
  const at = typeof value === 'number' ? holderOfCurrent(run) : undefined;
  return at && decimalText(at.holder, at.key);
}

/** The object or array that contains the current value, with its key: where the digits of a decimal are stored. */
function holderOfCurrent(run: Run): { readonly holder: object; readonly key: string | number } | undefined {
  const { segments, index, depth } = run;
  const value = parentOfCurrent(run);
  const { key } = segments[depth - 1] ?? { key: '' };
  if (!isObject(value)) return undefined;
  const last = index[depth - 1]!;
  const list = value[key];
  if (last < 0) return { holder: value, key };
  return Array.isArray(list) ? { holder: list, key: last } : undefined;
}

/** The element that contains the current value. */
function parentOfCurrent({ frame, segments, index, depth }: Run): unknown {
  let value: unknown = frame.resource;
  for (let at = frame.depth; at < depth - 1; at++)
    value = isObject(value) ? atIndex(value[segments[at]!.key], index[at]!) : undefined;
  return value;
}

const atIndex = (value: unknown, index: number): unknown => (index < 0 || !Array.isArray(value) ? value : value[index]);
