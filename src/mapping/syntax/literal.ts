import type { Literal } from './tree.ts';

/** The value of a literal with its type; of a number, its digits where JavaScript would print others (`1.50`). */
export type LiteralValue = { readonly type: string; readonly value: Literal; readonly text?: string };

export function literalValue({ value, text }: { readonly value: Literal; readonly text: string }): LiteralValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'boolean', value };
  const digits = text.replace(/L$/, '');
  const type = Number.isInteger(value) && !digits.includes('.') ? 'integer' : 'decimal';
  return { type, value, ...(digits === String(value) ? {} : { text: digits }) };
}
