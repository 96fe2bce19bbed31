import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** Hex SHA-256 of a text, or of a value's canonical JSON. */
export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(typeof value === 'string' ? value : canonicalJson(value))
    .digest('hex');
