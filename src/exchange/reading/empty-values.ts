import { isAboutConsent } from './about-consent.ts';

/**
 * Removes from a form what its sender left empty: `""`, null, and what contains nothing else. Programs write them for
 * absent values. Those about a consent stay: what they leave open could be a refusal. In a list null takes their place:
 * the others keep their index, by which findings name them, and numbers the digits that belong to it.
 */
export function removeEmptyValues<T extends object>(form: T): T {
  emptied(form);
  return form;
}

/** Whether nothing is left of the value. */
function emptied(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    for (const [at, it] of value.entries()) if (emptied(it)) value[at] = null;
    return value.every((it) => it === null);
  }
  const members = value as Record<string, unknown>;
  const names = Object.keys(members);
  const empty = names.filter((name) => !isAboutConsent(name) && emptied(members[name]));
  for (const name of empty) delete members[name];
  return empty.length === names.length;
}
