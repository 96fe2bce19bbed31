import type { Variable } from '../program/scope.ts';
import type { GroupBuilder } from './group-builder.ts';
import { literal } from './unit.ts';

/** Builder of the body of one function of a condition. */
export type Body = {
  readonly builder: GroupBuilder;
  /** The name of `$this` in generated code. */
  readonly item: string;
  /** The value of a variable of the map. */
  readonly value: (variable: Variable) => string;
  /** A new local name of this function. */
  readonly own: (letter: string) => string;
  /** All names in use, local ones included. */
  readonly used: Set<string>;
  readonly owned: Set<string>;
  /** The place of the rule that its steps count for. */
  readonly rulePlace: string;
};

export function newBody(builder: GroupBuilder, place: string, item: string): Body {
  const used = new Set<string>([item]);
  const owned = new Set<string>();
  const note = (name: string): string => {
    used.add(name);
    return name;
  };
  return {
    builder,
    rulePlace: place,
    item,
    used,
    owned,
    value: (variable) => note(builder.value(variable)),
    own: (letter) => {
      const name = builder.fresh(letter);
      owned.add(name);
      return name;
    },
  };
}

/** The same function, with another `$this`. */
export const withItem = (body: Body, item: string): Body => {
  body.used.add(item);
  return { ...body, item };
};

/** Defines a function with the body of `make`, which must return a boolean, and returns the code of a call to it. */
export function inFunction(outer: Body, bodyOf: (inner: Body) => string): string {
  const inner = newBody(outer.builder, outer.rulePlace, outer.item);
  const text = bodyOf(inner);
  const parameters = [...inner.used].filter((name) => !inner.owned.has(name));
  for (const name of parameters) outer.used.add(name);
  const name = outer.builder.define((own) => `function ${own}(run, ${parameters.join(', ')}) { ${text} }`);
  return `${name}(run, ${parameters.join(', ')})`;
}

/**
 * Result of a generated condition when the input deviates from its type or a part has no generated code: the caller then
 * evaluates the whole condition with the FHIRPath engine.
 */
export const undecided = '((odd = true), false)';
export const deferToEngine = '{ odd = true; return false; }';

/** The `_` property with id and extensions of a primitive. */
export const sidecarCode = (holder: string, name: string): string => `${holder}?.[${literal(`_${name}`)}]`;
