import type { Variable } from '../program/scope.ts';
import { childNode, rootNode } from '../run/node.ts';
import { typeOfValue } from '../run/read.ts';
import type { Frame, Run } from '../run/run.ts';
import { literal, type Unit } from './unit.ts';

/**
 * Code of one part of a group. What stands within a part is made before it: only then is known which nodes it needs.
 */
export type Code = (form: Form) => string;

/** One group while its code is made. A variable `5` has its value in `x5` and its node, where one is needed, in `n5`. */
export type Form = Unit & {
  readonly value: (variable: Variable) => string;
  /** The name of the node: it is made with the variable. */
  readonly node: (variable: Variable) => string;
  /** An expression that makes the node, for what happens seldom. */
  readonly seldom: (variable: Variable) => string;
  /** The same before the node is made. */
  readonly early: (variable: Variable) => string;
  /** Sets the node of a variable whose value stands in `x`; empty when nobody needs it. */
  readonly declared: (variable: Variable) => string;
  /** A variable of the whole group. */
  readonly hoist: (name: string) => string;
  /** Statements that put what a function of the compiler reads where it looks for it. */
  readonly filled: (variables: Iterable<Variable>, often: boolean) => string;
  readonly hoisted: ReadonlySet<string>;
  /** Variables that were given, whose nodes are asked for. */
  readonly asked: ReadonlySet<Variable>;
  readonly framed: () => boolean;
};

export function newForm(unit: Unit): Form {
  const needed = new Set<Variable>();
  const hoisted = new Set<string>();
  const asked = new Set<Variable>();
  let framed = false;
  const value = (it: Variable): string => (it.origin.kind === 'same' ? value(it.origin.as) : `x${it.slot}`);
  const node = (it: Variable): string => {
    if (it.origin.kind === 'same') return node(it.origin.as);
    if (it.origin.kind === 'held') asked.add(it);
    else needed.add(it);
    if (it.origin.kind === 'child') node(it.origin.parent);
    return `n${it.slot}`;
  };
  const made = (it: Variable): string => {
    const { origin } = it;
    if (origin.kind === 'root') return `${unit.constant(rootNode)}(${value(it)}, ${literal(origin.type)})`;
    if (origin.kind !== 'child') return `n${it.slot}`;
    const { parent, key, index, type, listed } = origin;
    const told = type === undefined ? `${unit.constant(typeOfValue)}(${value(it)})` : literal(type);
    const child = `${unit.constant(childNode)}(${seldom(parent)}, ${literal(key)}, ${index}, ${value(it)}, undefined, ${told})`;
    return listed === undefined ? child : `(${listed.list} === null ? ${child} : ${listed.list}[${listed.at}])`;
  };
  const seldom = (it: Variable): string => {
    if (it.origin.kind === 'same') return seldom(it.origin.as);
    if (it.origin.kind === 'held') return node(it);
    return needed.has(it) ? `n${it.slot}` : made(it);
  };
  return {
    ...unit,
    value,
    node,
    seldom,
    early: (it) => (it.origin.kind === 'child' ? made(it) : seldom(it)),
    declared: (it) => (needed.has(it) ? made(it) : ''),
    hoist: (name) => {
      hoisted.add(name);
      return name;
    },
    filled: (variables, often) => {
      framed = true;
      return [...variables].map((it) => `f[${it.slot}] = ${often ? node(it) : seldom(it)};`).join(' ');
    },
    hoisted,
    asked,
    framed: () => framed,
  };
}

/** What the compiler does by a function of its own: it finds its variables in a frame, and leaves there what it makes. */
export function called(
  act: (run: Run, frame: Frame) => void,
  reads: Iterable<Variable>,
  makes: readonly Variable[] = [],
  often = true,
): Code {
  return (form) => {
    const kept = makes.map((it) => {
      const [node, value] = [form.hoist(`n${it.slot}`), form.hoist(`x${it.slot}`)];
      const { origin } = it;
      const index =
        origin.kind === 'child' && origin.index !== '-1' ? `${form.hoist(origin.index)} = ${node}?.index;` : '';
      return `${node} = f[${it.slot}]; ${value} = ${node}?.value; ${index}`;
    });
    return `${form.filled(reads, often)} ${form.constant(act)}(run, f); ${kept.join(' ')}`;
  };
}
