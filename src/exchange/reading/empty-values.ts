import { aboutConsent } from './about-consent.ts';

/**
 * Removes from a form what its sender left empty: `""`, null, and what contains nothing else. Programs write them for
 * absent values. Those about a consent stay: what they leave open could be a refusal. Numbers keep their digits, which
 * belong to the object that they are in.
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
    const left = value.filter((it) => !emptied(it));
    if (left.length < value.length) value.splice(0, value.length, ...left);
    return left.length === 0;
  }
  const members = value as Record<string, unknown>;
  const names = Object.keys(members);
  const empty = names.filter((name) => !aboutConsent.test(name) && emptied(members[name]));
  for (const name of empty) delete members[name];
  return empty.length === names.length;
}
