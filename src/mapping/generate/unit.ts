import type { Node } from '../run/node.ts';
import type { Run } from '../run/run.ts';

/** Builder of the code of one map: the values that it refers to by name, and its functions. */
export type Unit = {
  readonly traced: boolean;
  /** The name of a value that the code refers to; the same name for the same value. */
  readonly constant: (value: unknown) => string;
  /** Adds a function beside the groups; `make` receives its name. */
  readonly define: (functionOf: (name: string) => string) => string;
  /** Whether a group needs the node of its parameter, not only the value. */
  readonly needsNode: (group: string, parameter: number) => boolean;
  /** A name that is unique in the unit. */
  readonly fresh: (letter: string) => string;
};

type LinkedGroups = Readonly<Record<string, (run: Run, ...nodes: readonly (Node | undefined)[]) => void>>;

/** The code of a group, and the parameters whose node it needs. */
export type GroupCode = { readonly text: string; readonly parameters: number; readonly nodes: ReadonlySet<number> };

const maxRounds = 5;

type Group = { readonly name: string; readonly code: (unit: Unit) => GroupCode };

/**
 * Compiles generated code to functions. No text of a map becomes code, except as a literal of JSON.stringify: names are the
 * compiler's own (a letter and a number), everything else is a constant.
 */
export function link(traced: boolean, groups: readonly Group[]): LinkedGroups {
  let needed: ReadonlyMap<string, ReadonlySet<number>> = new Map();
  // A group that passes a node on needs it too: repeat until nothing changes. A chain of groups would take as many rounds as
  // it is long; after maxRounds all parameters receive nodes.
  for (let round = 1; ; round++) {
    const { values, functions, codes } = generate(traced, groups, needed);
    const now = new Map(groups.map(({ name }, at) => [name, codes[at]!.nodes]));
    const more = [...now].some(([name, nodes]) => [...nodes].some((it) => !needed.get(name)?.has(it)));
    if (!more) return instantiate(values, functions, groups, codes);
    const all = codes.map(({ parameters }) => new Set(Array.from({ length: parameters }, (_, at) => at)));
    needed = round < maxRounds ? now : new Map(groups.map(({ name }, at) => [name, all[at]!]));
  }
}

function generate(traced: boolean, groups: readonly Group[], needed: ReadonlyMap<string, ReadonlySet<number>>) {
  const values: unknown[] = [];
  const names = new Map<unknown, string>();
  const functions: string[] = [];
  let count = 0;
  const fresh = (letter: string): string => `${letter}_${count++}`;
  const unit: Unit = {
    traced,
    constant: (value) => {
      const name = names.get(value) ?? `k${values.push(value) - 1}`;
      names.set(value, name);
      return name;
    },
    define: (functionOf) => {
      const name = fresh('q');
      functions.push(functionOf(name));
      return name;
    },
    needsNode: (group, parameter) => needed.get(group)?.has(parameter) === true,
    fresh,
  };
  return { values, functions, codes: groups.map(({ code }) => code(unit)) };
}

function instantiate(
  values: readonly unknown[],
  functions: readonly string[],
  groups: readonly Group[],
  codes: readonly GroupCode[],
): LinkedGroups {
  // The entry function of a group always receives nodes.
  const outside = groups.map(({ name }, group) => {
    const { parameters, nodes } = codes[group]!;
    const names = Array.from({ length: parameters }, (_, at) => `n${at}`);
    const callArguments = names.map((it, at) => (nodes.has(at) ? it : `${it}?.value`));
    return `${name}: (${['run', ...names].join(', ')}) => ${name}(${['run', ...callArguments].join(', ')})`;
  });
  const source = [
    '"use strict";',
    ...values.map((_, at) => `const k${at} = k[${at}];`),
    'let odd = false;',
    ...functions,
    ...codes.map(({ text }) => text),
    `return { ${outside.join(', ')} };`,
  ].join('\n');
  return new Function('k', source)(values) as LinkedGroups;
}

/** A value as a JavaScript literal. */
export const literal = (value: string | number | boolean): string => JSON.stringify(value);

/** A property of an object that may be absent. */
export const member = (object: string, key: string): string => `${object}?.[${literal(key)}]`;
