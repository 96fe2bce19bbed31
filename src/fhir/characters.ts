import { type Issue, issue } from './issue.ts';
import { keyLocator, locate } from './locate.ts';
import { shownPlace } from './parse-error.ts';
import { isWritable } from './xml-text.ts';

/**
 * Characters that no XML 1.0 can carry, and FHIR's string with it (https://hl7.org/fhir/R4/datatypes.html#string): NUL and
 * most other controls, U+FFFE, U+FFFF, halves of surrogate pairs. Finds the first one in the values and names under
 * `root`; `root` itself is named `name` in the expression, and `text` is where line and column come from.
 */
export function forbiddenCharacter(root: unknown, name: string, text = ''): Issue | undefined {
  const keys = findUnwritable(root, []);
  if (!keys) return undefined;
  const expression = shownPlace(name, keys);
  const isJson = /^\s*[[{]/.test(text);
  const place = text === '' ? {} : isJson ? keyLocator(text)(keys) : locate(text, expression);
  return issue('character-forbidden', {}, { expression, ...place });
}

/** Whether a JSON text can hold such a character at all: written as it is, or as an escape. */
export const mayHoldForbidden = (json: string): boolean => /\\[bfu]|[\ud800-\udfff\ufffe\uffff]/.test(json);

type Key = string | number;

function findUnwritable(value: unknown, path: Key[]): readonly Key[] | undefined {
  if (typeof value === 'string') return isWritable(value) ? undefined : [...path];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key in value) {
    if (!isWritable(key)) return [...path];
    path.push(Array.isArray(value) ? Number(key) : key);
    const found = findUnwritable((value as Record<string, unknown>)[key], path);
    path.pop();
    if (found) return found;
  }
  return undefined;
}
