/**
 * What most invariants ask first is whether an element is there at all: `code.empty() or system.exists()`. Where that
 * alone makes the invariant true, its FHIRPath need not run; a test compares both on generated values.
 */
import { typeModel } from '../../fhir/model.ts';
import type { Obj } from '../values/object.ts';

type Shortcut = (value: Obj) => boolean;

const emptiness = /^([a-zA-Z]+)\.(empty\(\)|exists\(\)|hasValue\(\)\.not\(\))(?: or |$)/;
const condition = /^([a-zA-Z]+)\.exists\(\) implies /;

/** True: the invariant surely holds for a value of the type. Undefined when its expression has no such beginning. */
export function shortcutOf(expression: string, type: string): Shortcut | undefined {
  const implied = condition.exec(expression);
  const rest = implied ? expression.slice(implied[0].length) : expression;
  // They bind no tighter than `or`: the beginning would not stand by itself.
  if (/\b(?:implies|xor)\b/.test(rest)) return undefined;
  if (implied) return absent(type, implied[1]!);
  const found: Shortcut[] = [];
  for (let left = expression; left !== ''; ) {
    const part = emptiness.exec(left);
    if (!part) break;
    const made = part[2] === 'exists()' ? present(type, part[1]!) : absent(type, part[1]!);
    if (!made) break;
    found.push(made);
    left = left.slice(part[0].length);
  }
  const [first, second] = found;
  if (!first || !second) return first;
  return found.length === 2 ? (value) => first(value) || second(value) : (value) => found.some((it) => it(value));
}

/** The JSON properties of an element; those of a choice are many, and asking for each would be no shortcut. */
function keysOf(type: string, element: string): readonly [key: string, beside: string] | undefined {
  const found = typeModel(type)?.elements.get(element);
  return found && !found.choice ? [element, `_${element}`] : undefined;
}

function absent(type: string, element: string): Shortcut | undefined {
  const keys = keysOf(type, element);
  if (!keys) return undefined;
  const [key, beside] = keys;
  return (value) => value[key] === undefined && value[beside] === undefined;
}

function present(type: string, element: string): Shortcut | undefined {
  const keys = keysOf(type, element);
  if (!keys) return undefined;
  const [key] = keys;
  return (value) => {
    const it = value[key];
    return it !== undefined && it !== null && (!Array.isArray(it) || it.length > 0);
  };
}
