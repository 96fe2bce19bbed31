import type { Edit } from './journey.ts';

/** A value of a message that one side sends otherwise: `event: path`. Both values are of one length. */
export type Secret = { readonly at: string; readonly a: string; readonly b: string };

/** Elements of free text, and those that a sender numbers or names. */
const texts: ReadonlySet<string> = new Set([
  ...['text', 'description', 'family', 'given', 'comment', 'valueString', 'title'],
  ...['authorString'],
]);

/** Values with a form of their own; what is derived from them and may be known (age group, municipality) is the same. */
const typed: readonly (readonly [string, string])[] = [
  ['999901102', '999902337'],
  ['0600000001', '0600000999'],
  ['P03', 'P76'],
];

const letters = (n: number): string => [...String(n).padStart(4, '0')].map((it) => 'bcdfghjklm'[Number(it)]).join('');

/**
 * Values in every element of the messages that can have one, collected while one side sends them. `edit` writes them; with
 * `other`, the secrets that this side says otherwise.
 */
export function secrets() {
  const found = new Map<string, Secret>();
  const named = (at: string): Secret => {
    const known = found.get(at);
    if (known) return known;
    const secret = { at, a: `Qz${letters(found.size)}q`, b: `Qy${letters(found.size)}q` };
    found.set(at, secret);
    return secret;
  };
  for (const [a, b] of typed) found.set(`value ${a}`, { at: `value ${a}`, a, b });
  const edit =
    (other: ReadonlySet<string>): Edit =>
    (event, body) => {
      if (!/^[[{]/.test(body)) return body;
      const walk = (value: unknown, path: string, key: string, within: Readonly<Record<string, unknown>>): unknown => {
        if (Array.isArray(value)) return value.map((it, index) => walk(it, `${path}[${index}]`, key, within));
        if (typeof value === 'object' && value !== null)
          return Object.fromEntries(
            Object.entries(value).map(([name, it]) => [
              name,
              walk(it, `${path}.${name}`, name, value as Readonly<Record<string, unknown>>),
            ]),
          );
        if (typeof value !== 'string') return value;
        const isNumber = key === 'value' && /^https:\/\/(his|ehr)\./.test(String(within.system));
        const isName = key === 'display' && within.system === undefined;
        if (!texts.has(key) && !isNumber && !isName) return value;
        const secret = named(`${event}: ${path}`);
        return other.has(secret.at) ? secret.b : secret.a;
      };
      let text = JSON.stringify(walk(JSON.parse(body), '', '', {}));
      for (const [a, b] of typed) if (other.has(`value ${a}`)) text = text.replaceAll(a, b);
      return text;
    };
  return { all: () => [...found.values()], edit };
}

/** Those whose value does not occur in what somebody reads. */
export const withheldFrom = (all: readonly Secret[], reads: string): readonly Secret[] =>
  all.filter(({ a }) => !reads.includes(a));
