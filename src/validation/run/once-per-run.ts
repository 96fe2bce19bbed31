import type { Run } from '../plan/plan.ts';

/** A value computed once per run for `key`. */
export function oncePerRun<T>(run: Run, key: object, name: string, compute: () => T): T {
  run.memo ??= new Map();
  const notes = run.memo.get(key) ?? new Map<string, unknown>();
  run.memo.set(key, notes);
  if (!notes.has(name)) notes.set(name, compute());
  return notes.get(name) as T;
}
