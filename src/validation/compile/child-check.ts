import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { enter, leave } from '../run/position.ts';
import { report } from '../run/report.ts';
import type { Obj } from '../values/object.ts';
import type { Found, FoundCheck } from './profile-compilation.ts';
import type { Slicing } from './slicing.ts';

export type ChildCheck = (holder: Obj, run: Run) => void;

export type Key = {
  readonly key: string /** Where id and extensions of a primitive stand. */;
  readonly beside: string | undefined;
  readonly type: string;
  readonly segment: Segment;
};

export type Child = {
  readonly keys: readonly Key[];
  readonly card: { readonly min: number; readonly max: number } | undefined;
  readonly allowed: ReadonlySet<string> | undefined;
  readonly each: FoundCheck | undefined;
  readonly slicing: Slicing | undefined;
  readonly element: ElementDefinition;
  readonly profile: string;
};

/** Of a choice between many types it is quicker to look at what is there than to ask for each. */
function presentKeys(keys: readonly Key[]): (holder: Obj) => readonly Key[] {
  if (keys.length < 4) return () => keys;
  const byName = new Map(
    keys.flatMap((it) => [[it.key, it] as const, ...(it.beside ? [[it.beside, it] as const] : [])]),
  );
  return (holder) => {
    const found: Key[] = [];
    for (const name in holder) {
      const key = byName.get(name);
      if (key && !found.includes(key)) found.push(key);
    }
    return found;
  };
}

export function childCheck(child: Child): ChildCheck {
  const { keys, card, slicing, element, profile } = child;
  const id = element.id ?? '';
  const place = { profile, element: id };
  const missing: Segment = { ...keys[0]!.segment, says: keys[0]!.segment.says.replace(/\.ofType.*$/, '') };
  const checks = keys.map((key) => keyCheck(child, key));
  const [only] = keys;
  const present = keys.length === 1 ? undefined : presentKeys(keys);
  return (holder, run) => {
    let count = 0;
    if (present) for (const key of present(holder)) count += checks[keys.indexOf(key)]!(holder, run);
    else if (holder[only!.key] !== undefined || (only!.beside !== undefined && holder[only!.beside] !== undefined))
      count = checks[0]!(holder, run);
    if (count === 0) slicing?.([], missing, false, run);
    if (!card || (count >= card.min && count <= card.max)) return;
    enter(run, missing, -1);
    if (count < card.min) report(run, 'min', { element: id, min: card.min, found: count }, place);
    else report(run, 'max', { element: id, max: card.max, found: count }, place);
    leave(run);
  };
}

/** Checks the values in one JSON property, and counts them. */
function keyCheck({ allowed, each, slicing, element, profile }: Child, { key, beside, type, segment }: Key) {
  const place = { profile, element: element.id ?? '' };
  const isAllowed = !allowed || allowed.has(type);
  const details = { element: place.element, type, allowed: [...(allowed ?? [])].join(' | ') };
  return (holder: Obj, run: Run): number => {
    const value = holder[key];
    const parts = beside === undefined ? undefined : holder[beside];
    if (value === undefined && parts === undefined) return 0;
    const list = Array.isArray(value) ? value : Array.isArray(parts) ? parts : undefined;
    const count = list ? list.length : 1;
    if (!isAllowed) {
      enter(run, segment, -1);
      report(run, 'type-not-allowed', details, place);
      leave(run);
      return count;
    }
    if (!each && !slicing) return count;
    const found: Found[] | undefined = slicing ? [] : undefined;
    for (let i = 0; i < count; i++) {
      const one: Found = list
        ? { value: (value as unknown[])?.[i], beside: (parts as unknown[])?.[i], type }
        : { value, beside: parts, type };
      found?.push(one);
      if (!each) continue;
      enter(run, segment, list ? i : -1);
      each(one, run);
      leave(run);
    }
    if (found) slicing?.(found, segment, list !== undefined, run);
    return count;
  };
}
