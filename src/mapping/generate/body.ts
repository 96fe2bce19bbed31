import type { Variable } from '../program/scope.ts';
import type { Form } from './form.ts';
import { literal } from './unit.ts';

/** The inside of one function of a condition while its code is made. */
export type Body = {
  readonly form: Form;
  /** The name of what $this is here. */
  readonly item: string;
  /** The value of a variable of the map. */
  readonly value: (variable: Variable) => string;
  /** A name of this function's own. */
  readonly own: (letter: string) => string;
  /** Names that are used here, the own ones too. */
  readonly used: Set<string>;
  readonly owned: Set<string>;
  /** The rule whose budget it counts on. */
  readonly place: string;
};

export function newBody(form: Form, place: string, item: string): Body {
  const used = new Set<string>([item]);
  const owned = new Set<string>();
  const note = (name: string): string => {
    used.add(name);
    return name;
  };
  return {
    form,
    place,
    item,
    used,
    owned,
    value: (variable) => note(form.value(variable)),
    own: (letter) => {
      const name = form.fresh(letter);
      owned.add(name);
      return name;
    },
  };
}

/** The same function, with another $this. */
export const about = (body: Body, item: string): Body => {
  body.used.add(item);
  return { ...body, item };
};

/** A call of a function of its own; `make` gives what it does, and ends by returning a boolean. */
export function inFunction(outer: Body, make: (inner: Body) => string): string {
  const inner = newBody(outer.form, outer.place, outer.item);
  const text = make(inner);
  const given = [...inner.used].filter((name) => !inner.owned.has(name));
  for (const name of given) outer.used.add(name);
  const name = outer.form.define((own) => `function ${own}(run, ${given.join(', ')}) { ${text} }`);
  return `${name}(run, ${given.join(', ')})`;
}

/**
 * What a generated condition says when the input is not as its type has it, or when it comes to a part that it can't do:
 * the FHIRPath engine is asked then.
 */
export const undecided = '((odd = true), false)';
export const leave = '{ odd = true; return false; }';

/** A JSON property that is there, with what belongs to a primitive beside it. */
export const beside = (holder: string, name: string): string => `${holder}?.[${literal(`_${name}`)}]`;
