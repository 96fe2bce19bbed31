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
  for (const key of Object.keys(value).sort()) {
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

const asItIs = (text: string): string => text;

/** No quote, backslash, control character or surrogate: JSON escapes nothing of it. So is nearly all text of a message. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));
