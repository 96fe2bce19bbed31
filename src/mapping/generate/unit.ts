import type { Node } from '../run/node.ts';
import type { Run } from '../run/run.ts';

/** The code of one map while it is made: the values that it refers to by name, and its functions. */
export type Unit = {
  readonly traced: boolean;
  /** The name of a value that the code refers to. */
  readonly constant: (value: unknown) => string;
  /** Adds a function beside the groups; `make` is given its name. */
  readonly define: (make: (name: string) => string) => string;
  /** Whether a group asks for the node of its parameter, or is content with the value. */
  readonly asksNode: (group: string, parameter: number) => boolean;
  /** A name that stands nowhere else in the unit. */
  readonly fresh: (letter: string) => string;
};

type Generated = Readonly<Record<string, (run: Run, ...given: readonly (Node | undefined)[]) => void>>;

/** The code of a group, and for which of its parameters it asks the node. */
export type GroupCode = { readonly text: string; readonly parameters: number; readonly nodes: ReadonlySet<number> };

const mostRounds = 5;

type Group = { readonly name: string; readonly code: (unit: Unit) => GroupCode };

/**
 * Makes functions of generated code. Nothing of a map's text stands in the code but as what JSON.stringify makes of it:
 * names are the compiler's own (a letter and a number), all else is a constant.
 */
export function link(traced: boolean, groups: readonly Group[]): Generated {
  let asked: ReadonlyMap<string, ReadonlySet<number>> = new Map();
  // A group that passes a node on asks for it too: until no more is asked for. A long chain of groups would take as many
  // rounds as it is long; then all of them are given nodes.
  for (let round = 1; ; round++) {
    const { values, functions, codes } = generated(traced, groups, asked);
    const now = new Map(groups.map(({ name }, at) => [name, codes[at]!.nodes]));
    const more = [...now].some(([name, nodes]) => [...nodes].some((it) => !asked.get(name)?.has(it)));
    if (!more) return evaluated(values, functions, groups, codes);
    const all = codes.map(({ parameters }) => new Set(Array.from({ length: parameters }, (_, at) => at)));
    asked = round < mostRounds ? now : new Map(groups.map(({ name }, at) => [name, all[at]!]));
  }
}

function generated(traced: boolean, groups: readonly Group[], asked: ReadonlyMap<string, ReadonlySet<number>>) {
  const values: unknown[] = [];
  const known = new Map<unknown, string>();
  const functions: string[] = [];
  let count = 0;
  const fresh = (letter: string): string => `${letter}_${count++}`;
  const unit: Unit = {
    traced,
    constant: (value) => {
      const name = known.get(value) ?? `k${values.push(value) - 1}`;
      known.set(value, name);
      return name;
    },
    define: (make) => {
      const name = fresh('q');
      functions.push(make(name));
      return name;
    },
    asksNode: (group, parameter) => asked.get(group)?.has(parameter) === true,
    fresh,
  };
  return { values, functions, codes: groups.map(({ code }) => code(unit)) };
}

function evaluated(
  values: readonly unknown[],
  functions: readonly string[],
  groups: readonly Group[],
  codes: readonly GroupCode[],
): Generated {
  // From outside a group is always given nodes.
  const outside = groups.map(({ name }, group) => {
    const { parameters, nodes } = codes[group]!;
    const names = Array.from({ length: parameters }, (_, at) => `n${at}`);
    const given = names.map((it, at) => (nodes.has(at) ? it : `${it}?.value`));
    return `${name}: (${['run', ...names].join(', ')}) => ${name}(${['run', ...given].join(', ')})`;
  });
  const source = [
    '"use strict";',
    ...values.map((_, at) => `const k${at} = k[${at}];`),
    'let odd = false;',
    ...functions,
    ...codes.map(({ text }) => text),
    `return { ${outside.join(', ')} };`,
  ].join('\n');
  return new Function('k', source)(values) as Generated;
}

/** A value as it stands in code: any text, quoted. */
export const literal = (value: string | number | boolean): string => JSON.stringify(value);

/** An element of an object that may be absent. */
export const member = (object: string, key: string): string => `${object}?.[${literal(key)}]`;
