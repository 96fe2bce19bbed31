import type { TargetListMode } from '../syntax/tree.ts';
import type { Run } from './run.ts';
export function listAt(target: Record<string, unknown>, key: string): unknown[] {
  const list = target[key];
  if (Array.isArray(list)) return list;
  const created: unknown[] = list === undefined ? [] : [list];
  target[key] = created;
  return created;
}

/** Inserts an element where rules with `first` or `last` fix the order, or where the list does not exist yet. Returns its index. */
export function insert(run: Run, target: Record<string, unknown>, key: string, value: unknown): number {
  const list = listAt(target, key);
  const at = insertion(run, list, undefined);
  list.splice(at, 0, value);
  const extras = target[`_${key}`];
  if (Array.isArray(extras)) extras.splice(at, 0, null);
  return at;
}

/** Index of the next element in a list: those of `first` stay in front, those of `last` at the end. */
export function insertion(run: Run, list: unknown[], mode: TargetListMode | undefined): number {
  if (mode !== 'first' && mode !== 'last' && run.pinned.size === 0) return list.length;
  const pins = run.pinned.get(list) ?? { first: 0, last: 0 };
  run.pinned.set(list, pins);
  if (mode === 'first') return pins.first++;
  if (mode !== 'last') return list.length - pins.last;
  pins.last++;
  return list.length;
}
