/**
 * A profile compiled to closures. The types of R4 are checked by their own walk, so a profile only visits the elements
 * that it constrains further; what it leaves as it was costs nothing.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { childOf, type Node } from '../definitions/element-tree.ts';
import { upperFirst } from '../fhir/model.ts';
import { rulesOf } from './builders.ts';
import { isObject, type Obj } from './equal.ts';
import { type Knowledge, ProfileError, structureOf, treeOfProfile, treeOfType } from './knowledge.ts';
import { enter, leave, type Run, report, type Segment } from './run.ts';
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
  const plan = knowledge.profiles.get(key) ?? compileProfile(knowledge, definition);
  knowledge.profiles.set(key, plan);
  knowledge.profiles.set(canonical, plan);
  return plan;
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

/** What a node asks of one value: its own rules, then those of its children. Undefined when nothing. */
export function compileNode(
  compiling: Compiling,
  node: Node,
  base: Node | undefined,
  types: readonly string[],
): FoundCheck | undefined {
  const { knowledge, profile, lines } = compiling;
  const { element } = node;
  const rules = rulesOf({ knowledge, element, base: base?.element, types, profile });
  for (const rule of rules) lines.push(`${element.id}: ${rule.says}`);
  const children = node.children.flatMap((child) => compileChild(compiling, node, child, base, types) ?? []);
  if (rules.length === 0 && children.length === 0) return undefined;
  return (found, run) => {
    const { value, beside, type } = found;
    if (value !== undefined && value !== null) for (const rule of rules) rule.check(value, run, type);
    if (children.length === 0) return;
    // The elements of a primitive (its extensions) stand beside its value.
    const holder = isObject(value) ? value : isObject(beside) ? beside : undefined;
    if (holder) for (const child of children) child(holder, run);
    else if (!isObject(value) && value !== undefined && value !== null)
      for (const child of children) child(nothing, run);
  };
}

const nothing: Obj = {};

type ChildCheck = (holder: Obj, run: Run) => void;
type Key = { readonly key: string; readonly beside: string; readonly type: string; readonly segment: Segment };

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
      beside: `_${key}`,
      type,
      segment: { key, says: choice ? `${name}.ofType(${type})` : name, path: base.element.path ?? '', type },
    };
  });
}

function compileChild(
  compiling: Compiling,
  parent: Node,
  child: Node,
  parentBase: Node | undefined,
  parentTypes: readonly string[],
): ChildCheck | undefined {
  const { knowledge, profile, lines } = compiling;
  const { element } = child;
  const base = baseOfChild(knowledge, parentBase, parentTypes, child.name);
  if (!base) {
    // The value of a primitive is the primitive itself; its constraints stand on the element.
    if (child.name === 'value' && parent.children.some((it) => it.name === 'extension')) return undefined;
    throw new ProfileError(profile, element.id ?? '', 'the type that is constrained has no such element');
  }
  const owner = parentTypes[0] ?? '';
  const baseOwner = base.element.path?.replace(/\.[^.]*$/, '') ?? owner;
  const keys = keysOf(base, baseOwner);
  const card = cardinality(element, base.element);
  const allowed = allowedTypes(child, base, baseOwner);
  const types = allowed
    ? keys.map(({ type }) => type).filter((type) => allowed.has(type))
    : keys.map(({ type }) => type);
  const each = compileNode(compiling, child, base, types);
  const slicing = child.slices.length > 0 ? compileSlicing(compiling, child, base, types) : undefined;
  if (card) lines.push(`${element.id}: ${card.min}..${card.max === Infinity ? '*' : card.max}`);
  if (allowed) lines.push(`${element.id}: ${[...allowed].join(' | ')}`);
  if (!card && !allowed && !each && !slicing) return undefined;
  return childCheck({ keys, card, allowed, each, slicing, element, profile });
}

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
  const byName = new Map(keys.flatMap((it) => [[it.key, it] as const, [it.beside, it] as const]));
  return (holder) => {
    const found: Key[] = [];
    for (const name in holder) {
      const key = byName.get(name);
      if (key && !found.includes(key)) found.push(key);
    }
    return found;
  };
}

function childCheck({ keys, card, allowed, each, slicing, element, profile }: Child): ChildCheck {
  const id = element.id ?? '';
  const place = { profile, element: id };
  const missing: Segment = { ...keys[0]!.segment, says: keys[0]!.segment.says.replace(/\.ofType.*$/, '') };
  const allowedText = allowed ? [...allowed].join(' | ') : '';
  const present = presentKeys(keys);
  return (holder, run) => {
    let count = 0;
    for (const { key, beside: besideKey, type, segment } of present(holder)) {
      const value = holder[key];
      const beside = holder[besideKey];
      if (value === undefined && beside === undefined) continue;
      const many = Array.isArray(value) ? value.length : Array.isArray(beside) ? beside.length : -1;
      count += many < 0 ? 1 : many;
      if (allowed && !allowed.has(type)) {
        enter(run, segment, -1);
        report(run, 'type-not-allowed', { element: id, type, allowed: allowedText }, place);
        leave(run);
        continue;
      }
      if (!each && !slicing) continue;
      const found: Found[] = [];
      for (let i = 0; i < Math.max(many, 1); i++) {
        const one: Found =
          many < 0
            ? { value, beside, type }
            : { value: (value as unknown[])?.[i], beside: (beside as unknown[])?.[i], type };
        found.push(one);
        if (!each) continue;
        enter(run, segment, many < 0 ? -1 : i);
        each(one, run);
        leave(run);
      }
      slicing?.(found, segment, many >= 0, run);
    }
    if (count === 0) slicing?.([], missing, false, run);
    if (!card || (count >= card.min && count <= card.max)) return;
    enter(run, missing, -1);
    if (count < card.min) report(run, 'min', { element: id, min: card.min, found: count }, place);
    else report(run, 'max', { element: id, max: card.max, found: count }, place);
    leave(run);
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
