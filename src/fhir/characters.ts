import { type Issue, issue } from './issue.ts';
import { locate } from './locate.ts';
import { shownName } from './parse-error.ts';
import { isWritable } from './xml-text.ts';

/**
 * Characters that no XML 1.0 can carry, and FHIR's string with it (https://hl7.org/fhir/R4/datatypes.html#string): NUL and
 * most other controls, U+FFFE, U+FFFF, halves of surrogate pairs. Finds the first one in the values and names under
 * `root`; `root` itself is named `name` in the expression, and `text` is where line and column come from.
 */
export function forbiddenCharacter(root: unknown, name: string, text = ''): Issue | undefined {
  const place = findUnwritable(root, [shownName(name)]);
  if (!place) return undefined;
  const expression = place.join('');
  return issue('character-forbidden', {}, { expression, ...(text ? locate(text, expression) : {}) });
}

/** Whether a JSON text can hold such a character at all: written as it is, or as an escape. */
export const mayHoldForbidden = (json: string): boolean => /\\[bfu]|[\ud800-\udfff\ufffe\uffff]/.test(json);

function findUnwritable(value: unknown, path: string[]): readonly string[] | undefined {
  if (typeof value === 'string') return isWritable(value) ? undefined : [...path];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key in value) {
    if (!isWritable(key)) return [...path];
    path.push(Array.isArray(value) ? `[${key}]` : `.${shownName(key)}`);
    const found = findUnwritable((value as Record<string, unknown>)[key], path);
    path.pop();
    if (found) return found;
  }
  return undefined;
}
