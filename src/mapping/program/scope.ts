import type { Step } from '../types/step.ts';
import type { PossibleTypes } from '../types/types.ts';

export type Variable = {
  readonly name: string;
  readonly mode: 'source' | 'target';
  readonly slot: number;
  readonly types: PossibleTypes;
  used: boolean;
  origin: Origin;
  /** The values that it can have, as far as they are known when the map is compiled. */
  listed?: readonly unknown[] | undefined;
  /** The element that it was created as: a value of the variable is one of the element. */
  element?: { readonly owner: PossibleTypes; readonly step: Step } | undefined;
};

/** What a group knows of an argument beside its types: it is compiled for that. */
export type KnownOfArgument = {
  readonly listed?: readonly unknown[] | undefined;
  readonly element?: Variable['element'] | undefined;
};

/** How generated code creates the node of a variable where one is needed. Its value is always a local variable. */
export type Origin =
  /** The node exists: a parameter, or the result of a closure. */
  | { readonly kind: 'existing' }
  | { readonly kind: 'same'; readonly as: Variable }
  | { readonly kind: 'root'; readonly type: string }
  | {
      readonly kind: 'child';
      readonly parent: Variable;
      readonly key: string;
      /** A name in generated code, or a number. */
      readonly index: string;
      /** Undefined: derived from the value. */
      readonly type: string | undefined;
      /** Names in generated code of a list of nodes and an index. The list is null unless the input deviates from its type. */
      readonly listed?: { readonly list: string; readonly at: string };
    };

/** A constant of the map: its FHIRPath values, evaluated when the map is compiled. */
export type ConstantValue = {
  readonly name: string;
  readonly values: readonly { type: string | undefined; value: unknown; text?: string | undefined }[];
  /** An argument that is the same for every message, and not a `let`. */
  readonly isArgument?: true;
};

/** The variables visible to a rule: its own, those of enclosing rules, and the constants of its map. */
export type Scope = {
  readonly find: (name: string) => Variable | undefined;
  readonly constant: (name: string) => ConstantValue | undefined;
  readonly declare: (name: string | undefined, mode: Variable['mode'], types: PossibleTypes) => Variable;
  readonly inner: () => Scope;
  /** All visible names, as candidates for a suggestion. */
  readonly names: () => string[];
  /** Own variables without a use. */
  readonly unused: () => Variable[];
  /** Number of slots in a frame of this group, once all of it is compiled. */
  readonly size: () => number;
};

export function scopeOf(constants: ReadonlyMap<string, ConstantValue>): Scope {
  const counter = { slots: 0 };
  const within = (outer: Scope | undefined): Scope => {
    const own = new Map<string, Variable>();
    const scope: Scope = {
      find: (name) => own.get(name) ?? outer?.find(name),
      constant: (name) => constants.get(name),
      declare: (name, mode, types) => {
        const variable: Variable = {
          name: name ?? '',
          mode,
          slot: counter.slots++,
          types,
          used: name === undefined,
          origin: { kind: 'existing' },
        };
        if (name !== undefined) own.set(name, variable);
        return variable;
      },
      inner: () => within(scope),
      names: () => [...own.keys(), ...(outer?.names() ?? constants.keys())],
      unused: () => [...own.values()].filter(({ used }) => !used),
      size: () => counter.slots,
    };
    return scope;
  };
  return within(undefined);
}

/** The same scope, recording the variables that are looked up: a closure finds them in its frame. */
export function trackReads(scope: Scope): { readonly scope: Scope; readonly reads: ReadonlySet<Variable> } {
  const reads = new Set<Variable>();
  const find = (name: string): Variable | undefined => {
    const found = scope.find(name);
    if (found) reads.add(found);
    return found;
  };
  return { scope: { ...scope, find }, reads };
}
