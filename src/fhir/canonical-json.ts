import { decimalText } from './decimal.ts';

/**
 * Canonical text of a value, independent of the order of properties; input of digests and comparisons. RFC 8785
 * (https://www.rfc-editor.org/rfc/rfc8785) with two differences: numbers retain their written digits (1.00 is not 1.0),
 * and a lone surrogate is escaped instead of refused. Undefined properties are omitted, as in JSON. `replaced`: what is
 * written for a text of the value; numbers are then as JavaScript prints them.
 */
export function canonicalJson(value: unknown, replaced: (text: string) => string = asItIs): string {
  if (typeof value === 'string') return quoted(replaced(value));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let members = '';
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      members += `${index === 0 ? '' : ','}${memberText(value, index, value[index], replaced)}`;
    return `[${members}]`;
  }
  for (const key of sorted(Object.keys(value))) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${quoted(key)}:${memberText(value, key, member, replaced)}`;
  }
  return `{${members}}`;
}

/** What is replaced is a copy, as digests stored so far were of a copy: its numbers have no written digits. */
function memberText(parent: object, key: string | number, value: unknown, replaced: (text: string) => string): string {
  if (typeof value === 'number' && replaced === asItIs) return decimalText(parent, key) ?? 'null';
  return canonicalJson(value, replaced);
}

/** In place, by code unit, as `sort()` does, which takes three times as long for the few names of an element. */
export function sorted(names: string[]): string[] {
  if (names.length > 20) return names.sort();
  for (let from = 1; from < names.length; from++) {
    const name = names[from]!;
    let to = from;
    for (; to > 0 && names[to - 1]! > name; to--) names[to] = names[to - 1]!;
    names[to] = name;
  }
  return names;
}

const asItIs = (text: string): string => text;

/** No quote, backslash, control character or surrogate: JSON escapes nothing of it. So is nearly all text of a message. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));
