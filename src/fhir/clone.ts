import { copyDecimalText } from './decimal.ts';

/** Deep copy of a resource or any part of it; numbers retain their digits. */
export function clone<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? copyArray(value) : copyObject(value);
}

function copyArray(array: readonly unknown[]): unknown[] {
  const copied = array.map(copy);
  for (let index = 0; index < copied.length; index++)
    if (typeof copied[index] === 'number') copyDecimalText(array, index, copied, index);
  return copied;
}

function copyObject(object: object): object {
  // Spread defines properties instead of assigning them, so a key `__proto__` stays a key.
  const copied: Record<string, unknown> = { ...object };
  for (const key in copied) {
    const child = copied[key];
    if (typeof child === 'object' && child !== null) copied[key] = copy(child);
    else if (typeof child === 'number') copyDecimalText(object, key, copied, key);
  }
  return copied;
}
