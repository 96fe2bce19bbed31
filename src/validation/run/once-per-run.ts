import type { Run } from '../plan/plan.ts';

/** Computed once for `key` in this run. */
export function noted<T>(run: Run, key: object, name: string, compute: () => T): T {
  run.notes ??= new Map();
  const notes = run.notes.get(key) ?? new Map<string, unknown>();
  run.notes.set(key, notes);
  if (!notes.has(name)) notes.set(name, compute());
  return notes.get(name) as T;
}
