/**
 * The elements of a snapshot as a tree: children below their parent, slices beside what they slice.
 * Snapshots are made and compiled on this form; the list of FHIR is its written form.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';

export type Node = {
  readonly element: ElementDefinition;
  /** The last part of the path: `value[x]`. */
  readonly name: string;
  readonly children: Node[];
  /** Of the same element and in their order; a slice of a slice is in its own `slices`. */
  readonly slices: Node[];
};

export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

export const nodeOf = (element: ElementDefinition): Node => ({
  element,
  name: lastName(element.path ?? ''),
  children: [],
  slices: [],
});

/** Whether slice `name` is a slice of slice `of`: `a/b` of `a`. */
const reslices = (name: string, of: string): boolean => name.startsWith(`${of}/`);

/** Throws when an element has no parent before it. */
export function treeOf(elements: readonly ElementDefinition[]): Node {
  const [first, ...rest] = elements;
  if (!first) throw new Error('a snapshot without elements');
  const root = nodeOf(first);
  /** The open branch, one node a level; `level` is the number of dots in the path. */
  const open: Node[] = [root];
  for (const element of rest) {
    const path = element.path ?? '';
    const level = path.split('.').length - 1;
    const parent = open[level - 1];
    if (level < 1 || !parent) throw new Error(`element ${element.id ?? path} has no parent before it`);
    const node = nodeOf(element);
    const before = open[level];
    open.length = level;
    const sliced = parent.children.findLast((it) => it.name === node.name);
    // Some published profiles name a slice of an element that is not sliced: then it is the element itself.
    if (element.sliceName !== undefined && sliced) {
      holderOf(sliced, element.sliceName).slices.push(node);
    } else if (before && before.name === node.name && parent.children.includes(before)) {
      throw new Error(`element ${element.id ?? path} occurs twice`);
    } else parent.children.push(node);
    open[level] = node;
  }
  return root;
}

/** Where a slice of this name hangs: below the slice that it slices again, else below the element. */
export function holderOf(sliced: Node, sliceName: string): Node {
  const over = sliced.slices.find((it) => reslices(sliceName, it.element.sliceName ?? ''));
  return over ? holderOf(over, sliceName) : sliced;
}

/** The written form: an element, its children, then its slices with theirs. */
export function listOf(node: Node): ElementDefinition[] {
  return [node.element, ...node.children.flatMap(listOf), ...node.slices.flatMap(listOf)];
}

export const childOf = (node: Node, name: string): Node | undefined =>
  node.children.find((it) => it.name === name || it.name === `${name}[x]`);
