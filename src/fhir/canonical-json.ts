import { decimalText } from './decimal.ts';

/**
 * Canonical text of a value, independent of the order of properties; input of digests and comparisons. RFC 8785
 * (https://www.rfc-editor.org/rfc/rfc8785) with two differences: numbers retain their written digits (1.00 is not 1.0),
 * and a lone surrogate is escaped instead of refused. Undefined properties are omitted, as in JSON.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let members = '';
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      members += `${index === 0 ? '' : ','}${memberText(value, index, value[index])}`;
    return `[${members}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${memberText(value, key, member)}`;
  }
  return `{${members}}`;
}

const memberText = (parent: object, key: string | number, value: unknown): string =>
  typeof value === 'number' ? (decimalText(parent, key) ?? 'null') : canonicalJson(value);
