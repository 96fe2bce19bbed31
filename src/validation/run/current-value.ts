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
  return { type, focus: typed(type, primitive ?? undefined, isObject(value) ? value : undefined) };
}

/** The digits of the current number as written. */
export function writtenNumber(value: unknown, run: Run): string | undefined {
  const at = typeof value === 'number' ? holderOfCurrent(run) : undefined;
  return at && decimalText(at.holder, at.key);
}

/** The object or array that contains the current value, with its key: where the digits of a decimal are stored. */
function holderOfCurrent(run: Run): { readonly holder: object; readonly key: string | number } | undefined {
  const { frame, segments, index, depth } = run;
  let value: unknown = frame.resource;
  for (let at = frame.depth; at < depth - 1; at++)
    value = isObject(value) ? atIndex(value[segments[at]!.key], index[at]!) : undefined;
  const { key } = segments[depth - 1] ?? { key: '' };
  if (!isObject(value)) return undefined;
  const last = index[depth - 1]!;
  const list = value[key];
  if (last < 0) return { holder: value, key };
  return Array.isArray(list) ? { holder: list, key: last } : undefined;
}

const atIndex = (value: unknown, index: number): unknown => (index < 0 || !Array.isArray(value) ? value : value[index]);
