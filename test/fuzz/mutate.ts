import type { Random } from '../support/random.ts';

export const prototypeNames: readonly string[] = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];

const odd: readonly unknown[] = [
  null,
  0,
  -1,
  1.5,
  1e21,
  true,
  '',
  ' ',
  'x',
  '\u0000',
  '\ud800',
  '\uffff',
  'a'.repeat(3000),
  '2026-02-31',
  'http://[',
  'Task/1',
  '#x',
  ...prototypeNames,
  [],
  {},
  [[]],
  [null],
  [{}],
  [1],
  { resourceType: 'Task' },
  { resourceType: 'constructor' },
  { resourceType: 'Parameters', parameter: {} },
  { length: 5 },
  { toString: 1 },
  { reference: 5 },
  { reference: 'urn:uuid:1' },
  { coding: {} },
];

type Container = Record<string, unknown> | unknown[];

/** The same document with a few of its values, names and repetitions changed. */
export function mutateJson(document: unknown, random: Random): unknown {
  const root = { document: structuredClone(document) };
  for (let n = 1 + random.int(3); n > 0; n--) change(root, random);
  return root.document;
}

function change(root: Container, random: Random): void {
  const [holder, key] = placeIn(root, random);
  const value = at(holder, key);
  switch (random.int(8)) {
    case 0:
    case 1:
    case 2:
      put(holder, key, structuredClone(random.pick(odd)));
      break;
    case 3:
      put(holder, key, [value]);
      break;
    case 4:
      put(holder, key, Array.isArray(value) ? value[0] : { value });
      break;
    case 5:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else if (key !== 'document') delete holder[key];
      break;
    case 6:
      if (Array.isArray(holder)) holder.push(structuredClone(value));
      else if (key !== 'document') {
        delete holder[key];
        put(holder, random.pick([...prototypeNames, `_${key}`, 'x', 'resourceType', 'contained', 'meta']), value);
      }
      break;
    default:
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        put(
          value as Container,
          random.pick(['id', 'meta', 'text', 'extension', 'resourceType', 'contained']),
          structuredClone(random.pick(odd)),
        );
      else put(holder, key, structuredClone(random.pick(odd)));
  }
}

const at = (holder: Container, key: string): unknown => (holder as Record<string, unknown>)[key];

/** `__proto__` as a member, as JSON.parse makes it. */
function put(holder: Container, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Somewhere in the document; near the root as often as deep in it. */
function placeIn(root: Container, random: Random): [Container, string] {
  let [holder, key] = [root, 'document'];
  for (;;) {
    const value = at(holder, key);
    if (typeof value !== 'object' || value === null || random.chance(0.2)) return [holder, key];
    const keys = Object.keys(value);
    if (keys.length === 0) return [holder, key];
    [holder, key] = [value as Container, random.pick(keys)];
  }
}

const scraps: readonly string[] = ['"', '{', '}', '[', ']', '<', '>', '&', '|', '^', '\\', '\r', '\u0000', '�', '&#0;'];

/** The same text, cut off or with a character too many. */
export function mutateText(text: string, random: Random): string {
  const place = random.int(text.length + 1);
  switch (random.int(3)) {
    case 0:
      return text.slice(0, place);
    case 1:
      return text.slice(0, place) + random.pick(scraps) + text.slice(place + random.int(2));
    default: {
      const [from, to] = [random.int(text.length + 1), random.int(text.length + 1)].sort((a, b) => a - b);
      return text.slice(0, place) + text.slice(from, Math.min(to ?? 0, (from ?? 0) + 500)) + text.slice(place);
    }
  }
}
