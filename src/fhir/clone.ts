import { copyDecimalText, hasDecimalTexts } from './decimal.ts';

/** A deep copy of a resource or any part of it; numbers keep their digits. */
export function clone<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const made: unknown = Array.isArray(value) ? value.map(copy) : copyObject(value);
  if (hasDecimalTexts(value)) for (const key of Object.keys(value)) copyDecimalText(value, key, made as object, key);
  return made;
}

function copyObject(value: object): object {
  // Spread defines properties instead of assigning them, so a key `__proto__` stays a key.
  const made: Record<string, unknown> = { ...value };
  for (const key of Object.keys(made)) {
    const child = made[key];
    if (typeof child === 'object' && child !== null) made[key] = copy(child);
  }
  return made;
}
