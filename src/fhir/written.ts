import { decimalText } from './decimal.ts';
import { writeJson } from './json.ts';

const texts = new WeakMap<object, string>();

/**
 * JSON of a resource that nobody changes any more, made once. A resource of a message is written for its receipt, for each
 * delivery and for the answer: writing them anew was 4 % of a message.
 */
export function writtenOnce(resource: object): string {
  const known = texts.get(resource);
  if (known !== undefined) return known;
  const text = writeJson(resource);
  texts.set(resource, text);
  return text;
}

/** The text that was made of it before; for anything that lives longer than a message, nothing is retained. */
export const writtenBefore = (resource: object): string => texts.get(resource) ?? writeJson(resource);

/** The same text as `writeJson` makes of a Bundle, from the texts of its resources. */
export const writtenBundle = (bundle: object): string =>
  written(bundle, (key, value) =>
    key === 'entry' && Array.isArray(value) ? `[${value.map(entryText).join(',')}]` : undefined,
  );

const entryText = (entry: unknown): string =>
  isObject(entry)
    ? written(entry, (key, value) => (key === 'resource' && isObject(value) ? writtenOnce(value) : undefined))
    : writeJson(entry ?? null);

type Part = (key: string, value: unknown) => string | undefined;

function written(object: object, partOf: Part): string {
  let members = '';
  for (const key of Object.keys(object)) {
    const value = (object as Readonly<Record<string, unknown>>)[key];
    if (value === undefined) continue;
    const text = partOf(key, value) ?? (typeof value === 'number' ? decimalText(object, key) : writeJson(value));
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${text}`;
  }
  return `{${members}}`;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
