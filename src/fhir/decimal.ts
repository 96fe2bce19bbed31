/**
 * Numbers keep their digits: 1.00 says more than 1 (https://hl7.org/fhir/R4/datatypes.html#decimal).
 * A JavaScript number can't hold that, so the text is remembered beside the object that holds the number,
 * only where it differs from what JavaScript would print.
 */
const texts = new WeakMap<object, Map<string, string>>();

/** Remembers how the number at `key` of `parent` (an object or an array) was written. */
export function setDecimalText(parent: object, key: string | number, text: string): void {
  if (String(Number(text)) === text) return;
  const textsOfParent = texts.get(parent);
  if (textsOfParent) textsOfParent.set(String(key), text);
  else texts.set(parent, new Map([[String(key), text]]));
}

/**
 * The number at `key` of `parent` as it was written: `1.00`. Undefined when no number stands there.
 * A text is forgotten when the number was changed since.
 */
export function decimalText(parent: object, key: string | number): string | undefined {
  const value = (parent as Record<string | number, unknown>)[key];
  if (typeof value !== 'number') return undefined;
  const text = texts.get(parent)?.get(String(key));
  return text !== undefined && Object.is(Number(text), value) ? text : String(value);
}

/** For code that copies a number from one object to another: the digits go along. */
export function copyDecimalText(from: object, key: string | number, to: object, toKey: string | number): void {
  const text = texts.get(from)?.get(String(key));
  if (text !== undefined) setDecimalText(to, toKey, text);
}

/** Whether any number in this object or array was written in a way that JavaScript would not print. */
export const hasDecimalTexts = (parent: object): boolean => texts.has(parent);
