/** Freezes a value and all that is in it: a later change in place throws a TypeError. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const it of Object.values(value)) deepFreeze(it);
}

/** The entries of a Bundle: none may be replaced, added or given another resource. */
export function freezeEntries(entries: readonly object[] | undefined): void {
  for (const it of Object.freeze(entries) ?? []) Object.freeze(it);
}
