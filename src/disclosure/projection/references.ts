import type { Reference } from '@medplum/fhirtypes';
import { isElements } from './filter.ts';

/**
 * A copy without the references that `isWithheld` names: not their address, identifier or display, each of which could
 * reveal what was withheld. An element that becomes empty is removed. The same object where there is none.
 */
export function withoutReferences<T extends object>(value: T, isWithheld: (reference: Reference) => boolean): T {
  return (without(value, isWithheld) ?? {}) as T;
}

function without(value: unknown, isWithheld: (reference: Reference) => boolean): unknown {
  if (Array.isArray(value)) {
    const passed = value.map((it) => without(it, isWithheld));
    if (passed.every((it, index) => it === value[index])) return value;
    const kept = passed.filter((it) => it !== undefined);
    return kept.length ? kept : undefined;
  }
  if (!isElements(value)) return value;
  if (typeof value.reference === 'string' && isWithheld(value as Reference)) return undefined;
  let isChanged = false;
  const passed: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    const kept = without(part, isWithheld);
    if (kept !== part) isChanged = true;
    if (kept !== undefined) passed[name] = kept;
  }
  if (!isChanged || isEmptyExtension(passed)) return isChanged ? undefined : value;
  return Object.keys(passed).length > 0 ? passed : undefined;
}

/** An extension that lost its value says nothing, and is invalid. */
const isEmptyExtension = (it: Readonly<Record<string, unknown>>): boolean =>
  typeof it.url === 'string' && Object.keys(it).every((name) => name === 'url' || name === 'id');
