import { decimalText } from './decimal.ts';

/**
 * One text for equal values, whatever the order of their properties: what a digest is taken of.
 * Numbers keep their digits; undefined properties are left out, as in JSON.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item, index) => text(value, index, item)).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${text(value, key, member)}`).join(',')}}`;
}

const text = (parent: object, key: string | number, value: unknown): string =>
  typeof value === 'number' ? (decimalText(parent, key) ?? 'null') : canonicalJson(value);
