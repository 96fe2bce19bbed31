import type { Variable } from '../program/scope.ts';
import { typeOfValue } from '../run/element-reader.ts';
import { childNode, rootNode } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import { literal, type Unit } from './unit.ts';

/**
 * Generates the code of one part of a group. Inner parts are generated first, because they determine which nodes are needed.
 */
export type Code = (builder: GroupBuilder) => string;

/** Builder of the code of one group. The variable in slot 5 has its value in `x5` and its node, where needed, in `n5`. */
export type GroupBuilder = Unit & {
  readonly value: (variable: Variable) => string;
  /** The name of the node; the code that declares the variable creates it. */
  readonly node: (variable: Variable) => string;
  /** An expression for the node, for a rare path: it does not cause the node to be created every time. */
  readonly inlineNode: (variable: Variable) => string;
  /** The same at a point before the node is declared. */
  readonly undeclaredNode: (variable: Variable) => string;
  /** The expression that creates the node of a variable; empty when nothing needs it. */
  readonly nodeDeclaration: (variable: Variable) => string;
  /** Declares a JavaScript variable at group level. */
  readonly hoist: (name: string) => string;
  /** Statements that store the nodes a closure reads in the frame. `often`: it runs for every message, so create the nodes once. */
  readonly fillFrame: (variables: Iterable<Variable>, often: boolean) => string;
  readonly hoisted: ReadonlySet<string>;
  /** Parameters whose nodes are needed. */
  readonly nodeParameters: ReadonlySet<Variable>;
  readonly usesFrame: () => boolean;
};

export function newGroupBuilder(unit: Unit): GroupBuilder {
  const needed = new Set<Variable>();
  const hoisted = new Set<string>();
  const nodeParameters = new Set<Variable>();
  let framed = false;
  const value = (it: Variable): string => (it.origin.kind === 'same' ? value(it.origin.as) : `x${it.slot}`);
  const node = (it: Variable): string => {
    if (it.origin.kind === 'same') return node(it.origin.as);
    if (it.origin.kind === 'existing') nodeParameters.add(it);
    else needed.add(it);
    if (it.origin.kind === 'child') node(it.origin.parent);
    return `n${it.slot}`;
  };
  const nodeExpression = (it: Variable): string => {
    const { origin } = it;
    if (origin.kind === 'root') return `${unit.constant(rootNode)}(${value(it)}, ${literal(origin.type)})`;
    if (origin.kind !== 'child') return `n${it.slot}`;
    const { parent, key, index, type, listed } = origin;
    const typeCode = type === undefined ? `${unit.constant(typeOfValue)}(${value(it)})` : literal(type);
    const child = `${unit.constant(childNode)}(${inlineNode(parent)}, ${literal(key)}, ${index}, ${value(it)}, undefined, ${typeCode})`;
    return listed === undefined ? child : `(${listed.list} === null ? ${child} : ${listed.list}[${listed.at}])`;
  };
  const inlineNode = (it: Variable): string => {
    if (it.origin.kind === 'same') return inlineNode(it.origin.as);
    if (it.origin.kind === 'existing') return node(it);
    return needed.has(it) ? `n${it.slot}` : nodeExpression(it);
  };
  return {
    ...unit,
    value,
    node,
    inlineNode,
    undeclaredNode: (it) => (it.origin.kind === 'child' ? nodeExpression(it) : inlineNode(it)),
    nodeDeclaration: (it) => (needed.has(it) ? nodeExpression(it) : ''),
    hoist: (name) => {
      hoisted.add(name);
      return name;
    },
    fillFrame: (variables, often) => {
      framed = true;
      return [...variables].map((it) => `f[${it.slot}] = ${often ? node(it) : inlineNode(it)};`).join(' ');
    },
    hoisted,
    nodeParameters,
    usesFrame: () => framed,
  };
}

/** Code that calls a closure: it reads its variables from the frame and stores the variables that it sets there. */
export function actionCode(
  act: (run: Run, frame: Frame) => void,
  reads: Iterable<Variable>,
  sets: readonly Variable[] = [],
  often = true,
): Code {
  return (builder) => {
    const stores = sets.map((it) => {
      const [node, value] = [builder.hoist(`n${it.slot}`), builder.hoist(`x${it.slot}`)];
      const { origin } = it;
      const index =
        origin.kind === 'child' && origin.index !== '-1' ? `${builder.hoist(origin.index)} = ${node}?.index;` : '';
      return `${node} = f[${it.slot}]; ${value} = ${node}?.value; ${index}`;
    });
    return `${builder.fillFrame(reads, often)} ${builder.constant(act)}(run, f); ${stores.join(' ')}`;
  };
}
