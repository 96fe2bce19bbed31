/**
 * The elements of a snapshot as a tree: children below their parent, slices below the element that they slice.
 * Snapshots are generated and compiled in this form; FHIR lists the elements instead.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';

export type Node = {
  readonly element: ElementDefinition;
  /** The last part of the path: `value[x]`. */
  readonly name: string;
  readonly children: Node[];
  /** In their order; a resliced slice contains its own `slices`. */
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
  if (!first) throw new Error('the snapshot has no elements');
  const root = nodeOf(first);
  /** The current branch, one node per level; `level` is the number of dots in the path. */
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
      sliceParentOf(sliced, element.sliceName).slices.push(node);
    } else if (before && before.name === node.name && parent.children.includes(before)) {
      throw new Error(`element ${element.id ?? path} occurs twice`);
    } else parent.children.push(node);
    open[level] = node;
  }
  return root;
}

/** The parent of a slice of this name: the slice that it reslices, or else the element. */
export function sliceParentOf(sliced: Node, sliceName: string): Node {
  const resliced = sliced.slices.find((it) => reslices(sliceName, it.element.sliceName ?? ''));
  return resliced ? sliceParentOf(resliced, sliceName) : sliced;
}

/** The elements in the order of a snapshot: an element, its children, then its slices with theirs. */
export function listOf(node: Node): ElementDefinition[] {
  return [node.element, ...node.children.flatMap(listOf), ...node.slices.flatMap(listOf)];
}

export const childOf = (node: Node, name: string): Node | undefined =>
  node.children.find((it) => it.name === name || it.name === `${name}[x]`);
