import { createHash } from 'node:crypto';

/** A text that every database can store: PostgreSQL stores neither NUL nor half of a surrogate pair. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** PostgreSQL refuses keys of 2,704 bytes; the values of a key are at most a quarter of that. */
const longestKey = 160;

/** A text as part of a key: a long one becomes its digest. */
export function keyText(text: string): string {
  const stored = storable(text);
  if (stored.length <= longestKey) return stored;
  return `sha256:${createHash('sha256').update(stored).digest('base64url')}`;
}
