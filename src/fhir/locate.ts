import { type NotePlace, readJsonExactly } from './json-reader.ts';
import { defaultLimits, type Location, lineIndex, ParseError } from './parse-error.ts';
import { readFhirXml } from './xml-reader.ts';

/**
 * Line and column of a FHIRPath-like place (`Patient.name[0].given[1]`, `Observation.value`) in the text of a resource
 * in JSON or XML: of the property or tag, or of the nearest enclosing element when the place is empty. Undefined when
 * the text cannot be parsed. Reads the whole text; use `locator` for many places of one text.
 */
export const locate = (text: string, expression: string): Location | undefined => locator(text)(expression);

/** The same for many places of one text, which is parsed once, on first use. */
export function locator(text: string): (expression: string) => Location | undefined {
  let places: Places | undefined;
  const lines = lineIndex(text);
  return (expression) => {
    places ??= readPlaces(text);
    const offset = offsetOf(places, expression);
    return offset === undefined ? undefined : lines(offset);
  };
}

/**
 * The same in JSON for the keys of a value, which may be any text: line and column of the property, or of the nearest
 * enclosing one that exists.
 */
export function keyLocator(text: string): (keys: readonly (string | number)[]) => Location | undefined {
  let places: Places | undefined;
  const lines = lineIndex(text);
  return (keys) => {
    places ??= readPlaces(text);
    let here: unknown = places.root;
    let offset = isObject(here) ? places.offsets.get(here)?.get('') : undefined;
    for (const key of keys) {
      const found: number | undefined = isObject(here) ? places.offsets.get(here)?.get(key) : undefined;
      if (found === undefined) break;
      [offset, here] = [found, (here as Readonly<Record<string | number, unknown>>)[key]];
    }
    return offset === undefined ? undefined : lines(offset);
  };
}

type Places = { readonly root: unknown; readonly offsets: ReadonlyMap<object, ReadonlyMap<string | number, number>> };

function readPlaces(text: string): Places {
  const offsets = new Map<object, Map<string | number, number>>();
  const note: NotePlace = (parent, key, offset) => {
    const offsetsOfParent = offsets.get(parent);
    if (offsetsOfParent) offsetsOfParent.set(key, offset);
    else offsets.set(parent, new Map([[key, offset]]));
  };
  try {
    // Replaces a byte order mark by a space, so that offsets remain those of the text.
    const body = text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text;
    const isXml = body.trimStart().startsWith('<');
    const { depth } = defaultLimits;
    return { root: isXml ? readFhirXml(body, depth, note).resource : readJsonExactly(body, depth, note), offsets };
  } catch (error) {
    if (error instanceof ParseError) return { root: undefined, offsets };
    throw error;
  }
}

/** `name`, `name[2]`, `ofType(Quantity)`, `extension('url')`. */
const step = /(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)(?:\('?([^')]*)'?\))?(?:\[(\d+)\])?/y;

/** Current position: a value, and its counterpart in `_name`. */
type Here = { readonly value: unknown; readonly twin: unknown; readonly offset: number | undefined };

function offsetOf({ root, offsets }: Places, expression: string): number | undefined {
  if (!isObject(root)) return undefined;
  let here: Here = { value: root, twin: undefined, offset: offsets.get(root)?.get('') };
  step.lastIndex = 0;
  // The first step is the type of the root.
  step.exec(expression);
  for (let found = step.exec(expression); found; found = step.exec(expression)) {
    const [, name = '', argument, index] = found;
    if (name === 'ofType') continue;
    const next =
      argument === undefined
        ? member(here, name, index === undefined ? undefined : Number(index), offsets)
        : extensionWith(here, name, argument, offsets);
    if (!next) break;
    here = next;
  }
  return here.offset;
}

function member(here: Here, name: string, index: number | undefined, offsets: Places['offsets']): Here | undefined {
  const object = objectAt(here);
  const key = object && keyOf(object, name);
  if (!object || key === undefined) return undefined;
  const plain = key.startsWith('_') ? key.slice(1) : key;
  const whole = { value: object[plain], twin: object[`_${plain}`] };
  const places = offsets.get(object);
  const offset = places?.get(key) ?? places?.get(plain) ?? here.offset;
  if (index === undefined || !(Array.isArray(whole.value) || Array.isArray(whole.twin))) return { ...whole, offset };
  return {
    value: itemOf(whole.value, index),
    twin: itemOf(whole.twin, index),
    offset: itemOffset(whole, index, offsets) ?? offset,
  };
}

/** The object at this position: the value, the first of an array, or the id and extensions of a primitive. */
function objectAt({ value, twin }: Here): Readonly<Record<string, unknown>> | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  const other = Array.isArray(twin) ? twin[0] : twin;
  return isObject(one) ? one : isObject(other) ? other : undefined;
}

/** FHIRPath uses `value` where JSON has `valueQuantity` or `_value`. */
function keyOf(object: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  if (Object.hasOwn(object, `_${name}`)) return `_${name}`;
  return Object.keys(object).find((key) => key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)));
}

const itemOf = (list: unknown, index: number): unknown => (Array.isArray(list) ? list[index] : undefined);

const itemOffset = ({ value, twin }: Omit<Here, 'offset'>, index: number, offsets: Places['offsets']) =>
  [value, twin].map((it) => (isObject(it) ? offsets.get(it)?.get(index) : undefined)).find((it) => it !== undefined);

function extensionWith(here: Here, name: string, url: string, offsets: Places['offsets']): Here | undefined {
  const list = name === 'extension' ? objectAt(here)?.extension : undefined;
  const index = Array.isArray(list) ? list.findIndex((it) => isObject(it) && it.url === url) : -1;
  return index < 0 ? undefined : member(here, name, index, offsets);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
