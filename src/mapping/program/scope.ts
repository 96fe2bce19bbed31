import type { Static } from '../types/types.ts';

export type Variable = {
  readonly name: string;
  readonly mode: 'source' | 'target';
  readonly slot: number;
  readonly types: Static;
  used: boolean;
  origin: Origin;
};

/** How generated code makes the node of a variable when something asks for it; its value it has at hand. */
export type Origin =
  /** The node is there: it was given, or a function of the compiler found it. */
  | { readonly kind: 'held' }
  | { readonly kind: 'same'; readonly as: Variable }
  | { readonly kind: 'root'; readonly type: string }
  | {
      readonly kind: 'child';
      readonly parent: Variable;
      readonly key: string;
      /** A name of generated code, or a number. */
      readonly index: string;
      /** Undefined: the value tells. */
      readonly type: string | undefined;
      /** The names of a list of nodes and a place in it: null, unless the input is not as its type has it. */
      readonly listed?: { readonly list: string; readonly at: string };
    };

/** A constant of the map: its FHIRPath values, known since the map was compiled. */
export type ConstantValue = {
  readonly name: string;
  readonly values: readonly { type: string | undefined; value: unknown }[];
};

/** The variables that a rule sees: its own, those of the rules around it, and the constants of its map. */
export type Scope = {
  readonly find: (name: string) => Variable | undefined;
  readonly constant: (name: string) => ConstantValue | undefined;
  readonly declare: (name: string | undefined, mode: Variable['mode'], types: Static) => Variable;
  readonly inner: () => Scope;
  /** All names in sight, for `did you mean`. */
  readonly names: () => string[];
  /** Own variables that nobody used. */
  readonly unused: () => Variable[];
  /** How many slots a frame of this group needs, once all of it is compiled. */
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
          origin: { kind: 'held' },
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

/** The same scope, noting which variables are looked up: what a function of the compiler reads. */
export function watched(scope: Scope): { readonly scope: Scope; readonly reads: ReadonlySet<Variable> } {
  const reads = new Set<Variable>();
  const find = (name: string): Variable | undefined => {
    const found = scope.find(name);
    if (found) reads.add(found);
    return found;
  };
  return { scope: { ...scope, find }, reads };
}
