/**
 * Most invariants first test whether an element is present: `code.empty() or system.exists()`. Where that alone makes
 * the invariant true, its FHIRPath need not run; a test compares both on generated values.
 */
import { typeModel } from '../../fhir/model.ts';
import type { JsonObject } from '../values/object.ts';

type EarlyPass = (value: JsonObject) => boolean;

const emptiness = /^([a-zA-Z]+)\.(empty\(\)|exists\(\)|hasValue\(\)\.not\(\))(?: or |$)/;
const condition = /^([a-zA-Z]+)\.exists\(\) implies /;

/** The elements without any one of which the invariant certainly holds. */
export function neededBy(expression: string, type: string): string[] {
  const implied = condition.exec(expression);
  const rest = implied ? expression.slice(implied[0].length) : expression;
  if (/\b(?:implies|xor)\b/.test(rest)) return [];
  if (implied) return keysOf(type, implied[1]!) ? [implied[1]!] : [];
  const found: string[] = [];
  for (let left = expression; left !== ''; ) {
    const part = emptiness.exec(left);
    if (!part || !keysOf(type, part[1]!)) break;
    if (part[2] !== 'exists()') found.push(part[1]!);
    left = left.slice(part[0].length);
  }
  return found;
}

/** A test that is true when the invariant certainly holds; undefined when the expression has no such prefix. */
export function earlyPassOf(expression: string, type: string): EarlyPass | undefined {
  const implied = condition.exec(expression);
  const rest = implied ? expression.slice(implied[0].length) : expression;
  // They bind no tighter than `or`, so the prefix would not be an operand of its own.
  if (/\b(?:implies|xor)\b/.test(rest)) return undefined;
  if (implied) return absent(type, implied[1]!);
  const found: EarlyPass[] = [];
  for (let left = expression; left !== ''; ) {
    const part = emptiness.exec(left);
    if (!part) break;
    const test = part[2] === 'exists()' ? present(type, part[1]!) : absent(type, part[1]!);
    if (!test) break;
    found.push(test);
    left = left.slice(part[0].length);
  }
  const [first, second] = found;
  if (!first || !second) return first;
  return found.length === 2 ? (value) => first(value) || second(value) : (value) => found.some((it) => it(value));
}

/** The JSON properties of an element; undefined for a choice, which has too many for a quick test. */
function keysOf(type: string, element: string): readonly [key: string, beside: string] | undefined {
  const found = typeModel(type)?.elements.get(element);
  return found && !found.choice ? [element, `_${element}`] : undefined;
}

function absent(type: string, element: string): EarlyPass | undefined {
  const keys = keysOf(type, element);
  if (!keys) return undefined;
  const [key, beside] = keys;
  return (value) => value[key] === undefined && value[beside] === undefined;
}

function present(type: string, element: string): EarlyPass | undefined {
  const keys = keysOf(type, element);
  if (!keys) return undefined;
  const [key] = keys;
  return (value) => {
    const it = value[key];
    return it !== undefined && it !== null && (!Array.isArray(it) || it.length > 0);
  };
}
