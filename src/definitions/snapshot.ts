/**
 * Generates snapshots (https://hl7.org/fhir/R4/profiling.html#snapshot): the elements of the base, changed by the
 * differential, expanded into the types of elements where the differential constrains their children.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { clone } from '../fhir/clone.ts';
import { typeModel, upperFirst } from '../fhir/model.ts';
import { listOf, type Node, treeOf } from './element-tree.ts';
import { mergeElement } from './merge-element.ts';
import type { Definitions } from './registry.ts';

/** A differential that cannot be applied: an unknown element, a base that is not loaded. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

const generated = new WeakMap<StructureDefinition, StructureDefinition>();
const coreUrl = 'http://hl7.org/fhir/StructureDefinition/';

/** The definition with a snapshot: its own, or one generated from its differential. Throws a SnapshotError. */
export function withSnapshot(definitions: Definitions, definition: StructureDefinition): StructureDefinition {
  if (definition.snapshot?.element?.length) return definition;
  const cached = generated.get(definition);
  if (cached) return cached;
  const snapshot = { element: generate(definitions, definition, new Set()) };
  const complete = { ...definition, snapshot } as StructureDefinition;
  generated.set(definition, complete);
  return complete;
}

/** From the differential, even when the definition has a snapshot. */
export const generateSnapshot = (definitions: Definitions, definition: StructureDefinition): ElementDefinition[] =>
  generate(definitions, definition, new Set());

type Generation = {
  readonly definitions: Definitions;
  readonly root: Node;
  readonly inProgress: ReadonlySet<string>;
  /** The unconstrained type: a contentReference does not refer to the constrained elements of the profile. */
  readonly typeTree: () => Node;
  /** Types by which the differential names a choice. */
  readonly namedTypes: Map<Node, Set<string>>;
  /** The slices of a node by name: a differential may declare thousands. */
  readonly slices: Map<Node, Map<string, Node>>;
};

function generate(
  definitions: Definitions,
  definition: StructureDefinition,
  inProgress: Set<string>,
): ElementDefinition[] {
  const { url = '', baseDefinition, differential } = definition;
  if (inProgress.has(url)) throw new SnapshotError(`${url} is based on itself`);
  const base = baseDefinition === undefined ? undefined : definitions.find('StructureDefinition', baseDefinition);
  if (!base) throw new SnapshotError(`its base ${baseDefinition ?? ''} is not loaded`);
  const within = new Set([...inProgress, url]);
  const elements = base.snapshot?.element?.length ? base.snapshot.element : generate(definitions, base, within);
  const root = cloneNode(treeOf(elements));
  const pristine = (): Node => {
    const core = definitions.find('StructureDefinition', coreUrl + (definition.type ?? ''));
    return core?.snapshot?.element ? treeOf(core.snapshot.element) : root;
  };
  const making: Generation = {
    definitions,
    root,
    inProgress: within,
    namedTypes: new Map(),
    slices: new Map(),
    typeTree: pristine,
  };
  const sliceAt = new Map<string, string>();
  for (const element of differential?.element ?? []) {
    const steps = stepsOf(element, sliceAt);
    if (steps.length === 0) mergeElement(root.element, element);
    else apply(making, steps, element);
  }
  assignPaths(root, definition.type ?? root.element.path ?? '', definition.type ?? '');
  return listOf(root);
}

type Step = { readonly name: string; readonly slice: string | undefined };

/**
 * The steps to an element: names from its path, slices from its id. Without a usable id, the slices are those opened
 * before it, since a differential has the order of the snapshot.
 */
function stepsOf(element: ElementDefinition, sliceAt: Map<string, string>): Step[] {
  const names = (element.path ?? '').split('.');
  if (names.some((name) => name === '')) throw new SnapshotError(`the path of ${element.id ?? '?'} has an empty part`);
  const path = element.path ?? '';
  for (const opened of [...sliceAt.keys()])
    if (opened === path || opened.startsWith(`${path}.`)) sliceAt.delete(opened);
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

function apply(making: Generation, steps: readonly Step[], element: ElementDefinition): void {
  let node = making.root;
  for (const { name, slice } of steps) {
    const { child, type } = childNamed(making, node, name);
    const sliceName = slice ?? (type === undefined ? undefined : name);
    node = sliceName === undefined ? child : sliceNamed(making, child, sliceName, type);
    if (type !== undefined) restrictChoice(making, child, type);
  }
  mergeElement(node.element, element);
}

/** The child of this name; `valueQuantity` is `value[x]` with the type Quantity. */
function childNamed(making: Generation, parent: Node, name: string): { readonly child: Node; readonly type?: string } {
  if (parent.children.length === 0) expand(making, parent, name);
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
 * A differential that names `valueQuantity` instead of a slice of `value[x]` allows only the types named like that
 * (https://hl7.org/fhir/R4/profiling.html#choice-types).
 */
function restrictChoice({ namedTypes: named }: Generation, choice: Node, type: string): void {
  if (choice.element.slicing?.rules === 'open') choice.element.slicing.rules = 'closed';
  const types = named.get(choice) ?? new Set<string>();
  named.set(choice, types.add(type));
  choice.element.type = (choice.element.type ?? []).filter(({ code }) => types.has(code ?? ''));
}

/** The slice, created when the base does not have it; `a/b` is slice b of slice a. */
function sliceNamed(making: Generation, sliced: Node, sliceName: string, type: string | undefined): Node {
  const byName = making.slices.get(sliced) ?? slicesByName(sliced);
  making.slices.set(sliced, byName);
  const exact = byName.get(sliceName);
  if (exact) return exact;
  for (let end = sliceName.indexOf('/'); end > 0; end = sliceName.indexOf('/', end + 1)) {
    const resliced = byName.get(sliceName.slice(0, end));
    if (resliced) return sliceNamed(making, resliced, sliceName, type);
  }
  addDefaultSlicing(sliced, type);
  const element: ElementDefinition = Object.assign(clone(sliced.element), { sliceName, min: 0 });
  delete element.slicing;
  if (type !== undefined) element.type = (element.type ?? []).filter(({ code }) => code === type);
  const slice: Node = { element, name: sliced.name, children: sliced.children.map(cloneNode), slices: [] };
  sliced.slices.push(slice);
  byName.set(sliceName, slice);
  return slice;
}

function slicesByName({ slices }: Node): Map<string, Node> {
  const byName = new Map<string, Node>();
  for (const slice of slices) {
    const name = slice.element.sliceName ?? '';
    if (!byName.has(name)) byName.set(name, slice);
  }
  return byName;
}

/** Adds the slicing of extensions and choices that FHIR implies when none is declared. */
function addDefaultSlicing(sliced: Node, type: string | undefined): void {
  if (sliced.element.slicing || sliced.element.sliceName !== undefined) return;
  const isExtension = sliced.name === 'extension' || sliced.name === 'modifierExtension';
  if (isExtension)
    sliced.element.slicing = { discriminator: [{ type: 'value', path: 'url' }], ordered: false, rules: 'open' };
  else if (type !== undefined || sliced.name.endsWith('[x]'))
    sliced.element.slicing = { discriminator: [{ type: 'type', path: '$this' }], ordered: false, rules: 'open' };
}

const cloneNode = (node: Node): Node => ({
  element: clone(node.element),
  name: node.name,
  children: node.children.map(cloneNode),
  slices: node.slices.map(cloneNode),
});

/** Adds the children of the contentReference, of the profile of the type, or of the type. */
function expand(making: Generation, node: Node, childName: string): void {
  const { element } = node;
  if (element.contentReference) {
    const path = element.contentReference.replace(/^.*#/, '');
    const found = nodeWithId(making.typeTree(), path);
    if (!found) throw new SnapshotError(`${element.path ?? ''} refers to ${path}, which does not exist`);
    delete element.contentReference;
    element.type = clone(found.element.type ?? []);
    node.children.push(...found.children.map(cloneNode));
    return;
  }
  node.children.push(...treeOf(elementsOfType(making, element, childName)).children.map(cloneNode));
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
  { definitions, inProgress }: Generation,
  element: ElementDefinition,
  childName: string,
): ElementDefinition[] {
  const types = element.type ?? [];
  const [only] = types;
  const profile = types.length === 1 && only?.profile?.length === 1 ? only.profile[0] : undefined;
  if (profile !== undefined && !inProgress.has(profile)) {
    const found = definitions.find('StructureDefinition', profile);
    if (found) return found.snapshot?.element ?? generate(definitions, found, new Set(inProgress));
  }
  const code = types.length === 1 ? typeCode(only?.code ?? '') : typeWith(childName, types);
  const definition = definitions.find('StructureDefinition', coreUrl + code);
  if (!definition?.snapshot?.element) throw new SnapshotError(`${element.path ?? ''} has the unknown type ${code}`);
  return definition.snapshot.element;
}

/** For several types: Element when it has the child, or else the first type that has it. */
const typeWith = (name: string, types: readonly { code?: string }[]): string =>
  typeModel('Element')?.elements.has(name)
    ? 'Element'
    : (types.find(({ code }) => typeModel(code ?? '')?.elements.has(name))?.code ?? 'Element');

const typeCode = (code: string): string => (typeModel(code) ? code : 'string');

/** Sets paths and ids from the position in the tree. */
function assignPaths(node: Node, path: string, id: string): void {
  node.element.path = path;
  node.element.id = id;
  for (const child of node.children) assignPaths(child, `${path}.${child.name}`, `${id}.${child.name}`);
  for (const slice of node.slices) {
    const name = slice.element.sliceName ?? '';
    assignPaths(slice, path, `${id.replace(/:[^.:]*$/, '')}:${name}`);
  }
}
