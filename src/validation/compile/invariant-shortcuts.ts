/**
 * Most invariants first test whether an element is present: `code.empty() or system.exists()`. Where that alone makes
 * the invariant true, its FHIRPath need not run; a test compares both on generated values.
 */
import { typeModel } from '../../fhir/model.ts';
import type { JsonObject } from '../values/object.ts';

type EarlyPass = (value: JsonObject) => boolean;

const emptiness = /^([a-zA-Z]+)\.(empty\(\)|exists\(\)|hasValue\(\)\.not\(\))(?: or |$)/;
const condition = /^([a-zA-Z]+)\.exists\(\) implies /;

type Shortcuts = {
  /** Elements without any one of which the invariant certainly holds. */
  readonly needs: readonly string[];
  /** Elements with any one of which it certainly holds. */
  readonly satisfiedBy: readonly string[];
};

/** Both are empty for an expression without such a prefix. */
export function shortcutsOf(expression: string, type: string): Shortcuts {
  const needs: string[] = [];
  const satisfiedBy: string[] = [];
  const implied = condition.exec(expression);
  const rest = implied ? expression.slice(implied[0].length) : expression;
  // They bind no tighter than `or`, so the prefix would not be an operand of its own.
  if (/\b(?:implies|xor)\b/.test(rest)) return { needs, satisfiedBy };
  if (implied) return { needs: keysOf(type, implied[1]!) ? [implied[1]!] : needs, satisfiedBy };
  for (let left = expression; left !== ''; ) {
    const part = emptiness.exec(left);
    if (!part || !keysOf(type, part[1]!)) break;
    (part[2] === 'exists()' ? satisfiedBy : needs).push(part[1]!);
    left = left.slice(part[0].length);
  }
  return { needs, satisfiedBy };
}

/** A test that is true when the invariant certainly holds; undefined when the expression has no such prefix. */
export function earlyPassOf(expression: string, type: string): EarlyPass | undefined {
  const { needs, satisfiedBy } = shortcutsOf(expression, type);
  const found = [
    ...needs.flatMap((it) => absent(type, it) ?? []),
    ...satisfiedBy.flatMap((it) => present(type, it) ?? []),
  ];
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
