import { copyDecimalText } from './decimal.ts';

/** A deep copy of a resource or any part of it; numbers keep their digits. */
export function clone<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? copyArray(value) : copyObject(value);
}

function copyArray(array: readonly unknown[]): unknown[] {
  const made = array.map(copy);
  for (let index = 0; index < made.length; index++)
    if (typeof made[index] === 'number') copyDecimalText(array, index, made, index);
  return made;
}

function copyObject(object: object): object {
  // Spread defines properties instead of assigning them, so a key `__proto__` stays a key.
  const made: Record<string, unknown> = { ...object };
  for (const key in made) {
    const child = made[key];
    if (typeof child === 'object' && child !== null) made[key] = copy(child);
    else if (typeof child === 'number') copyDecimalText(object, key, made, key);
  }
  return made;
}
