/**
 * Decimals retain their digits: 1.00 is more precise than 1 (https://hl7.org/fhir/R4/datatypes.html#decimal). A
 * JavaScript number loses them, so this map stores the written text by parent object and key, only where it differs
 * from the text that JavaScript would print.
 */
const texts = new WeakMap<object, Map<string, string>>();

/** Stores the written text of the number at `key` of `parent` (an object or an array). */
export function setDecimalText(parent: object, key: string | number, text: string): void {
  if (String(Number(text)) === text) return;
  const textsOfParent = texts.get(parent);
  if (textsOfParent) textsOfParent.set(String(key), text);
  else texts.set(parent, new Map([[String(key), text]]));
}

/**
 * The number at `key` of `parent` as written: `1.00`. Undefined when the value is not a number. The stored text is
 * ignored after a change of the number.
 */
export function decimalText(parent: object, key: string | number): string | undefined {
  const value = (parent as Record<string | number, unknown>)[key];
  if (typeof value !== 'number') return undefined;
  const text = texts.get(parent)?.get(String(key));
  return text !== undefined && Object.is(Number(text), value) ? text : String(value);
}

/** Copies the written digits with a number that is copied from one object to another. */
export function copyDecimalText(from: object, key: string | number, to: object, toKey: string | number): void {
  const text = texts.get(from)?.get(String(key));
  if (text !== undefined) setDecimalText(to, toKey, text);
}

/** Copies the written digits of all numbers to a copy of the object that has the same keys. */
export function copyDecimalTexts<T extends object>(from: object, to: T): T {
  const known = texts.get(from);
  if (known) texts.set(to, new Map(known));
  return to;
}

/** Whether any number in this object or array has a written text that JavaScript would not print. */
export const hasDecimalTexts = (parent: object): boolean => texts.has(parent);
