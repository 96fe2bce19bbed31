/**
 * Snapshots out of differentials (https://hl7.org/fhir/R4/profiling.html#snapshot): the elements of the base, changed by
 * what the differential says, unfolded into the types of elements where the differential reaches inside.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { typeModel, upperFirst } from '../fhir/model.ts';
import { listOf, type Node, treeOf } from './element-tree.ts';
import { mergeElement } from './merge-element.ts';
import type { Definitions } from './registry.ts';

/** The differential asks what cannot be: an element that is not there, a base that is not loaded. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

const made = new WeakMap<StructureDefinition, StructureDefinition>();
const coreUrl = 'http://hl7.org/fhir/StructureDefinition/';

/** The definition with a snapshot: its own, or else one made from its differential. Throws a SnapshotError. */
export function withSnapshot(definitions: Definitions, definition: StructureDefinition): StructureDefinition {
  if (definition.snapshot?.element?.length) return definition;
  const known = made.get(definition);
  if (known) return known;
  const snapshot = { element: generate(definitions, definition, new Set()) };
  const complete = { ...definition, snapshot } as StructureDefinition;
  made.set(definition, complete);
  return complete;
}

/** Always from the differential, also when the definition brings a snapshot. */
export const generateSnapshot = (definitions: Definitions, definition: StructureDefinition): ElementDefinition[] =>
  generate(definitions, definition, new Set());

type Making = {
  readonly definitions: Definitions;
  readonly root: Node;
  readonly busy: ReadonlySet<string>;
  /** The type itself: what an element refers to is not what a profile makes of it. */
  readonly pristine: () => Node;
  /** Choices that the differential names by type. */
  readonly named: Map<Node, Set<string>>;
};

function generate(definitions: Definitions, definition: StructureDefinition, busy: Set<string>): ElementDefinition[] {
  const { url = '', baseDefinition, differential } = definition;
  if (busy.has(url)) throw new SnapshotError(`${url} is based on itself`);
  const base = baseDefinition === undefined ? undefined : definitions.find('StructureDefinition', baseDefinition);
  if (!base) throw new SnapshotError(`its base ${baseDefinition ?? ''} is not loaded`);
  const within = new Set([...busy, url]);
  const elements = base.snapshot?.element?.length ? base.snapshot.element : generate(definitions, base, within);
  const root = cloneNode(treeOf(elements));
  const pristine = (): Node => {
    const core = definitions.find('StructureDefinition', coreUrl + (definition.type ?? ''));
    return core?.snapshot?.element ? treeOf(core.snapshot.element) : root;
  };
  const making: Making = { definitions, root, busy: within, named: new Map(), pristine };
  const sliceAt = new Map<string, string>();
  for (const element of differential?.element ?? []) {
    const steps = stepsOf(element, sliceAt);
    if (steps.length === 0) mergeElement(root.element, element);
    else apply(making, steps, element);
  }
  number(root, definition.type ?? root.element.path ?? '', definition.type ?? '');
  return listOf(root);
}

type Step = { readonly name: string; readonly slice: string | undefined };

/**
 * The way to an element: names from its path, slices from its id. Without a usable id the slices are those that were
 * opened before it: the order of a differential is that of the snapshot.
 */
function stepsOf(element: ElementDefinition, sliceAt: Map<string, string>): Step[] {
  const names = (element.path ?? '').split('.');
  if (names.some((name) => name === '')) throw new SnapshotError(`the path of ${element.id ?? '?'} has an empty part`);
  const path = element.path ?? '';
  for (const known of [...sliceAt.keys()]) if (known === path || known.startsWith(`${path}.`)) sliceAt.delete(known);
  if (element.sliceName) sliceAt.set(path, element.sliceName);
  const ids = (element.id ?? '').split('.');
  const usable = ids.length === names.length && ids.every((id, i) => i === 0 || id.split(':')[0] === names[i]);
  const last = names.length - 1;
  return names.slice(1).map((name, index) => {
    const at = index + 1;
    const own = at === last ? element.sliceName : undefined;
    const opened = sliceAt.get(names.slice(0, at + 1).join('.'));
    return { name, slice: own ?? (usable ? ids[at]!.split(':').slice(1).join(':') || undefined : opened) };
  });
}

function apply(making: Making, steps: readonly Step[], element: ElementDefinition): void {
  let node = making.root;
  for (const { name, slice } of steps) {
    const { child, type } = childNamed(making, node, name);
    const sliceName = slice ?? (type === undefined ? undefined : name);
    node = sliceName === undefined ? child : sliceNamed(child, sliceName, type);
    if (type !== undefined) restrict(making, child, type);
  }
  mergeElement(node.element, element);
}

/** The child of this name; `valueQuantity` is `value[x]` with the type that the name tells. */
function childNamed(making: Making, parent: Node, name: string): { readonly child: Node; readonly type?: string } {
  if (parent.children.length === 0) unfold(making, parent, name);
  const child = parent.children.find((it) => it.name === name);
  if (child) return { child };
  for (const choice of parent.children) {
    const stem = choice.name.replace('[x]', '');
    if (choice.name === stem || !name.startsWith(stem)) continue;
    const type = (choice.element.type ?? []).find(({ code }) => stem + upperFirst(code ?? '') === name)?.code;
    if (type !== undefined) return { child: choice, type };
  }
  throw new SnapshotError(`${parent.element.path ?? ''} has no element ${name}`);
}

/**
 * A differential that names `valueQuantity` instead of a slice of `value[x]` leaves only the types that it names so
 * (https://hl7.org/fhir/R4/profiling.html#choice-types).
 */
function restrict({ named }: Making, choice: Node, type: string): void {
  if (choice.element.slicing?.rules === 'open') choice.element.slicing.rules = 'closed';
  const types = named.get(choice) ?? new Set<string>();
  named.set(choice, types.add(type));
  choice.element.type = (choice.element.type ?? []).filter(({ code }) => types.has(code ?? ''));
}

/** The slice, made when the base has it not; `a/b` is slice b of slice a. */
function sliceNamed(sliced: Node, sliceName: string, type: string | undefined): Node {
  const exact = sliced.slices.find((it) => it.element.sliceName === sliceName);
  if (exact) return exact;
  const over = sliced.slices.find((it) => sliceName.startsWith(`${it.element.sliceName}/`));
  if (over) return sliceNamed(over, sliceName, type);
  imply(sliced, type);
  const { slicing: _, ...inherited } = structuredClone(sliced.element);
  const element = { ...inherited, sliceName, min: 0 } as ElementDefinition;
  if (type !== undefined) element.type = (element.type ?? []).filter(({ code }) => code === type);
  const slice: Node = { element, name: sliced.name, children: sliced.children.map(cloneNode), slices: [] };
  sliced.slices.push(slice);
  return slice;
}

/** How extensions and choices are sliced when nothing is said. */
function imply(sliced: Node, type: string | undefined): void {
  if (sliced.element.slicing || sliced.element.sliceName !== undefined) return;
  const isExtension = sliced.name === 'extension' || sliced.name === 'modifierExtension';
  if (isExtension)
    sliced.element.slicing = { discriminator: [{ type: 'value', path: 'url' }], ordered: false, rules: 'open' };
  else if (type !== undefined || sliced.name.endsWith('[x]'))
    sliced.element.slicing = { discriminator: [{ type: 'type', path: '$this' }], ordered: false, rules: 'open' };
}

const cloneNode = (node: Node): Node => ({
  element: structuredClone(node.element),
  name: node.name,
  children: node.children.map(cloneNode),
  slices: node.slices.map(cloneNode),
});

/** Gives an element the children of what it refers to, of the profile of its type, or of its type. */
function unfold(making: Making, node: Node, wantedChild: string): void {
  const { element } = node;
  if (element.contentReference) {
    const wanted = element.contentReference.replace(/^.*#/, '');
    const found = nodeWithId(making.pristine(), wanted);
    if (!found) throw new SnapshotError(`${element.path ?? ''} refers to ${wanted}, which is not there`);
    delete element.contentReference;
    element.type = structuredClone(found.element.type ?? []);
    node.children.push(...found.children.map(cloneNode));
    return;
  }
  node.children.push(...treeOf(elementsOfType(making, element, wantedChild)).children.map(cloneNode));
}

function nodeWithId(node: Node, path: string): Node | undefined {
  if (node.element.path === path && node.element.sliceName === undefined) return node;
  for (const child of node.children) {
    if (!path.startsWith(child.element.path ?? '')) continue;
    const found = nodeWithId(child, path);
    if (found) return found;
  }
  return undefined;
}

function elementsOfType(
  { definitions, busy }: Making,
  element: ElementDefinition,
  wantedChild: string,
): ElementDefinition[] {
  const types = element.type ?? [];
  const [only] = types;
  const profile = types.length === 1 && only?.profile?.length === 1 ? only.profile[0] : undefined;
  if (profile !== undefined && !busy.has(profile)) {
    const found = definitions.find('StructureDefinition', profile);
    if (found) return found.snapshot?.element ?? generate(definitions, found, new Set(busy));
  }
  const code = types.length === 1 ? typeCode(only?.code ?? '') : typeWith(wantedChild, types);
  const definition = definitions.find('StructureDefinition', coreUrl + code);
  if (!definition?.snapshot?.element)
    throw new SnapshotError(`${element.path ?? ''} has type ${code}, which is not known`);
  return definition.snapshot.element;
}

/** Of a choice between types: what all have in common, else the first type that has the element. */
const typeWith = (name: string, types: readonly { code?: string }[]): string =>
  typeModel('Element')?.elements.has(name)
    ? 'Element'
    : (types.find(({ code }) => typeModel(code ?? '')?.elements.has(name))?.code ?? 'Element');

const typeCode = (code: string): string => (typeModel(code) ? code : 'string');

/** Paths and ids as the place in the tree tells them. */
function number(node: Node, path: string, id: string): void {
  node.element.path = path;
  node.element.id = id;
  for (const child of node.children) number(child, `${path}.${child.name}`, `${id}.${child.name}`);
  for (const slice of node.slices) {
    const name = slice.element.sliceName ?? '';
    number(slice, path, `${id.replace(/:[^.:]*$/, '')}:${name}`);
  }
}
