import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** Hex SHA-256 of a text, or of a value's canonical JSON. */
export const digestOf = (value: unknown): string =>
  hash('sha256', typeof value === 'string' ? value : canonicalJson(value), 'hex');
