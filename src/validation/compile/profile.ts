/**
 * A profile compiled to closures. The types of R4 are checked by their own walk, so a profile only visits the elements
 * that it constrains further; what it leaves as it was costs nothing.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { childOf, type Node } from '../../definitions/element-tree.ts';
import { typeModel, upperFirst } from '../../fhir/model.ts';
import { within } from '../run/reference-target.ts';
import { enter, leave, type Run, report, type Segment } from '../run/run.ts';
import { equals, isObject, type Obj } from '../values/equal.ts';
import { primitives } from '../values/primitives.ts';
import { type Knowledge, ProfileError, structureOf, treeOfProfile, treeOfType } from './element-trees.ts';
import { rulesOf } from './rules-of-element.ts';
import { compileSlicing, type Slicing } from './slicing.ts';
import { typesOf } from './type-plan.ts';

export type ProfilePlan = {
  readonly url: string;
  readonly version: string | undefined;
  readonly type: string;
  /** Holds a value of the type against what the profile adds. */
  readonly check: (value: unknown, run: Run) => void;
  /** What is checked, an element a line. */
  readonly lines: readonly string[];
};

/** While compiling one profile. */
export type Compiling = {
  readonly knowledge: Knowledge;
  readonly profile: string;
  readonly lines: string[];
};

/** A value where it was found: its type, and for a primitive the id and extensions beside it. */
export type Found = { readonly value: unknown; readonly beside: unknown; readonly type: string };
export type FoundCheck = (found: Found, run: Run) => void;

/** The compiled profile; undefined when it is not loaded. Throws a ProfileError when it cannot be compiled. */
export function profilePlan(knowledge: Knowledge, canonical: string): ProfilePlan | undefined {
  const known = knowledge.profiles.get(canonical);
  if (known) return known;
  const definition = structureOf(knowledge, canonical);
  if (!definition) return undefined;
  const key = `${definition.url}|${definition.version ?? ''}`;
  const plan = knowledge.profiles.get(key) ?? compileSafely(knowledge, definition);
  knowledge.profiles.set(key, plan);
  if (canonical === definition.url) knowledge.profiles.set(canonical, plan);
  return plan;
}

/** A definition that is not as FHIR has it (an element that is no object) is an error of the definition, not of ours. */
function compileSafely(knowledge: Knowledge, definition: StructureDefinition): ProfilePlan {
  try {
    return compileProfile(knowledge, definition);
  } catch (error) {
    if (error instanceof ProfileError) throw error;
    throw new ProfileError(
      String(definition.url),
      String(definition.type),
      `it is malformed: ${(error as Error).message}`,
    );
  }
}

function compileProfile(knowledge: Knowledge, definition: StructureDefinition): ProfilePlan {
  const { url = '', version, type = '' } = definition;
  const root = treeOfProfile(knowledge, definition);
  const base = treeOfType(knowledge, type);
  if (!base) throw new ProfileError(url, type, `it constrains ${type}, which is no type of R4`);
  const lines: string[] = [];
  if (definition.derivation !== 'constraint') return { url, version, type, check: () => {}, lines };
  const check = compileNode({ knowledge, profile: url, lines }, root, base, [type]);
  const plan = (value: unknown, run: Run): void => check?.({ value, beside: undefined, type }, run);
  return { url, version, type, check: plan, lines };
}

/**
 * What a node asks of one value: its own rules, then those of its children. Undefined when nothing.
 * `base` is the element of the type; `checked`, for a slice, the sliced element, whose rules hold for every value already.
 */
export function compileNode(
  compiling: Compiling,
  node: Node,
  base: Node | undefined,
  types: readonly string[],
  checked?: Node,
): FoundCheck | undefined {
  const { knowledge, profile, lines } = compiling;
  const { element } = node;
  const rules = rulesOf({ knowledge, element, base: (checked ?? base)?.element, types, profile });
  for (const rule of rules) lines.push(`${element.id}: ${rule.says}`);
  const children = node.children.flatMap(
    (child) => compileChild(compiling, { node, base, types, checked }, child) ?? [],
  );
  if (rules.length === 0 && children.length === 0) return undefined;
  const isResource = types.some((type) => typeModel(type)?.kind === 'resource');
  const below = (holder: Obj, run: Run): void => {
    for (const child of children) child(holder, run);
  };
  return (found, run) => {
    const { value, beside, type } = found;
    if (value !== undefined && value !== null) for (const rule of rules) rule.check(value, run, type);
    if (children.length === 0) return;
    // The elements of a primitive (its extensions) stand beside its value.
    const holder = isObject(value) ? value : isObject(beside) ? beside : undefined;
    if (holder) {
      // The resource of an entry keeps its own references when the profile of the Bundle reaches into it.
      const own = isResource ? run.frames?.get(holder) : undefined;
      if (own && own !== run.frame) within(run, own, () => below(holder, run));
      else below(holder, run);
    } else if (!isObject(value) && value !== undefined && value !== null) below(nothing, run);
  };
}

const nothing: Obj = {};

type ChildCheck = (holder: Obj, run: Run) => void;
type Key = {
  readonly key: string /** Where id and extensions of a primitive stand. */;
  readonly beside: string | undefined;
  readonly type: string;
  readonly segment: Segment;
};

/** The base of a child: in the base itself, or in the type of its parent. */
export function baseOfChild(
  knowledge: Knowledge,
  base: Node | undefined,
  types: readonly string[],
  name: string,
): Node | undefined {
  const inside = base && childOf(base, name.replace('[x]', ''));
  if (inside) return inside;
  for (const type of types) {
    const [root = '', ...path] = type.split('.');
    const node = path.reduce<Node | undefined>((it, part) => it && childOf(it, part), treeOfType(knowledge, root));
    const found = node && childOf(node, name.replace('[x]', ''));
    if (found) return found;
  }
  return undefined;
}

/** The JSON properties in which a child can stand, by the types that R4 gives it. */
function keysOf(base: Node, owner: string): Key[] {
  const choice = base.name.endsWith('[x]');
  const name = base.name.replace('[x]', '');
  return typesOf(base, owner).map((type) => {
    const key = choice ? name + upperFirst(type) : name;
    return {
      key,
      beside: primitives[type] ? `_${key}` : undefined,
      type,
      segment: { key, says: choice ? `${name}.ofType(${type})` : name, path: base.element.path ?? '', type },
    };
  });
}

type Parent = {
  readonly node: Node;
  readonly base: Node | undefined;
  readonly types: readonly string[];
  readonly checked: Node | undefined;
};

function compileChild(compiling: Compiling, parent: Parent, child: Node): ChildCheck | undefined {
  const { knowledge, profile, lines } = compiling;
  const { element } = child;
  const base = baseOfChild(knowledge, parent.base, parent.types, child.name);
  if (!base) {
    // The value of a primitive is the primitive itself; its constraints stand on the element.
    if (child.name === 'value' && parent.node.children.some((it) => it.name === 'extension')) return undefined;
    throw new ProfileError(profile, element.id ?? '', 'the type that is constrained has no such element');
  }
  const checked = parent.checked && childOf(parent.checked, child.name.replace('[x]', ''));
  const owner = base.element.path?.replace(/\.[^.]*$/, '') ?? parent.types[0] ?? '';
  const keys = keysOf(base, owner);
  const card = cardinality(element, (checked ?? base).element);
  const allowed = checked && sameTypes(child, checked) ? undefined : allowedTypes(child, base, owner);
  const types = keys.map(({ type }) => type).filter((type) => !allowed || allowed.has(type));
  const each = compileNode(compiling, child, base, types, checked);
  const sliced = child.slices.length > 0 && !(checked && equals(child.slices.map(bare), checked.slices.map(bare)));
  const slicing = sliced ? compileSlicing(compiling, child, base, types) : undefined;
  if (card) lines.push(`${element.id}: ${card.min}..${card.max === Infinity ? '*' : card.max}`);
  if (allowed) lines.push(`${element.id}: ${[...allowed].join(' | ')}`);
  if (!card && !allowed && !each && !slicing) return undefined;
  return childCheck({ keys, card, allowed, each, slicing, element, profile });
}

const sameTypes = (one: Node, other: Node): boolean => equals(one.element.type, other.element.type);

/** A node without the names of its place. */
const bare = ({ element: { id: _, ...element }, children, slices }: Node): object => ({
  element,
  children: children.map(bare),
  slices: slices.map(bare),
});

type Child = {
  readonly keys: readonly Key[];
  readonly card: { readonly min: number; readonly max: number } | undefined;
  readonly allowed: ReadonlySet<string> | undefined;
  readonly each: FoundCheck | undefined;
  readonly slicing: Slicing | undefined;
  readonly element: ElementDefinition;
  readonly profile: string;
};

/** Of a choice between many types it is quicker to look at what is there than to ask for each. */
function presentKeys(keys: readonly Key[]): (holder: Obj) => readonly Key[] {
  if (keys.length < 4) return () => keys;
  const byName = new Map(
    keys.flatMap((it) => [[it.key, it] as const, ...(it.beside ? [[it.beside, it] as const] : [])]),
  );
  return (holder) => {
    const found: Key[] = [];
    for (const name in holder) {
      const key = byName.get(name);
      if (key && !found.includes(key)) found.push(key);
    }
    return found;
  };
}

function childCheck(child: Child): ChildCheck {
  const { keys, card, slicing, element, profile } = child;
  const id = element.id ?? '';
  const place = { profile, element: id };
  const missing: Segment = { ...keys[0]!.segment, says: keys[0]!.segment.says.replace(/\.ofType.*$/, '') };
  const checks = keys.map((key) => keyCheck(child, key));
  const [only] = keys;
  const present = keys.length === 1 ? undefined : presentKeys(keys);
  return (holder, run) => {
    let count = 0;
    if (present) for (const key of present(holder)) count += checks[keys.indexOf(key)]!(holder, run);
    else if (holder[only!.key] !== undefined || (only!.beside !== undefined && holder[only!.beside] !== undefined))
      count = checks[0]!(holder, run);
    if (count === 0) slicing?.([], missing, false, run);
    if (!card || (count >= card.min && count <= card.max)) return;
    enter(run, missing, -1);
    if (count < card.min) report(run, 'min', { element: id, min: card.min, found: count }, place);
    else report(run, 'max', { element: id, max: card.max, found: count }, place);
    leave(run);
  };
}

/** Checks the values in one JSON property, and counts them. */
function keyCheck({ allowed, each, slicing, element, profile }: Child, { key, beside, type, segment }: Key) {
  const place = { profile, element: element.id ?? '' };
  const isAllowed = !allowed || allowed.has(type);
  const details = { element: place.element, type, allowed: [...(allowed ?? [])].join(' | ') };
  return (holder: Obj, run: Run): number => {
    const value = holder[key];
    const parts = beside === undefined ? undefined : holder[beside];
    if (value === undefined && parts === undefined) return 0;
    const list = Array.isArray(value) ? value : Array.isArray(parts) ? parts : undefined;
    const count = list ? list.length : 1;
    if (!isAllowed) {
      enter(run, segment, -1);
      report(run, 'type-not-allowed', details, place);
      leave(run);
      return count;
    }
    if (!each && !slicing) return count;
    const found: Found[] | undefined = slicing ? [] : undefined;
    for (let i = 0; i < count; i++) {
      const one: Found = list
        ? { value: (value as unknown[])?.[i], beside: (parts as unknown[])?.[i], type }
        : { value, beside: parts, type };
      found?.push(one);
      if (!each) continue;
      enter(run, segment, list ? i : -1);
      each(one, run);
      leave(run);
    }
    if (found) slicing?.(found, segment, list !== undefined, run);
    return count;
  };
}

const maxOf = (element: ElementDefinition): number =>
  element.max === '*' || element.max === undefined ? Number.POSITIVE_INFINITY : Number(element.max);

/** Only when it is narrower than what R4 asks, which is checked already. */
function cardinality(element: ElementDefinition, base: ElementDefinition): { min: number; max: number } | undefined {
  const [min, max] = [element.min ?? 0, maxOf(element)];
  return min > (base.min ?? 0) || max < maxOf(base) ? { min, max } : undefined;
}

/** The types that a profile leaves of a choice; undefined when it leaves all. */
function allowedTypes(child: Node, base: Node, owner: string): ReadonlySet<string> | undefined {
  if (!base.name.endsWith('[x]') || !child.element.type) return undefined;
  const [all, left] = [typesOf(base, owner), typesOf({ ...child, children: [] }, owner)];
  return left.length < all.length ? new Set(left) : undefined;
}
