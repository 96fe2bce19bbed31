/**
 * A profile compiled to closures. The types of R4 are checked by their own walk, so a profile only visits the elements
 * that it constrains further; what it leaves as it was costs nothing.
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { childOf, type Node } from '../../definitions/element-tree.ts';
import { typeModel, upperFirst } from '../../fhir/model.ts';
import type { ProfilePlan, Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { within } from '../run/frame.ts';
import { equals } from '../values/equal.ts';
import { isObject, type Obj } from '../values/object.ts';
import { primitives } from '../values/primitives.ts';
import { baseOfChild } from './base-of-child.ts';
import { type ChildCheck, childCheck, type Key } from './child-check.ts';
import type { CompileContext } from './element-trees.ts';
import { treeOfProfile, treeOfType } from './element-trees.ts';
import { allowedTypes, cardinality } from './narrowed.ts';
import type { FoundCheck, ProfileCompilation } from './profile-compilation.ts';
import { rulesOf } from './rules-of-element.ts';
import { compileSlicing } from './slicing.ts';
import { typesOf } from './type-codes.ts';

/** A definition that is not as FHIR has it (an element that is no object) is an error of the definition, not of ours. */
export function compileProfile(context: CompileContext, definition: StructureDefinition): ProfilePlan {
  try {
    return compile(context, definition);
  } catch (error) {
    if (error instanceof ProfileError) throw error;
    throw new ProfileError(
      String(definition.url),
      String(definition.type),
      `it is malformed: ${(error as Error).message}`,
    );
  }
}

function compile(context: CompileContext, definition: StructureDefinition): ProfilePlan {
  const { url = '', version, type = '' } = definition;
  const root = treeOfProfile(context, definition);
  const base = treeOfType(context, type);
  if (!base) throw new ProfileError(url, type, `it constrains ${type}, which is no type of R4`);
  const lines: string[] = [];
  if (definition.derivation !== 'constraint') return { url, version, type, check: () => {}, lines };
  const check = compileNode({ context, profile: url, lines, compileNode }, root, base, [type]);
  const plan = (value: unknown, run: Run): void => check?.({ value, beside: undefined, type }, run);
  return { url, version, type, check: plan, lines };
}

/**
 * What a node asks of one value: its own rules, then those of its children. Undefined when nothing.
 * `base` is the element of the type; `checked`, for a slice, the sliced element, whose rules hold for every value already.
 */
function compileNode(
  compiling: ProfileCompilation,
  node: Node,
  base: Node | undefined,
  types: readonly string[],
  checked?: Node,
): FoundCheck | undefined {
  const { context, profile, lines } = compiling;
  const { element } = node;
  const rules = rulesOf({ context, element, base: (checked ?? base)?.element, types, profile });
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

function compileChild(compiling: ProfileCompilation, parent: Parent, child: Node): ChildCheck | undefined {
  const { context, profile, lines } = compiling;
  const { element } = child;
  const base = baseOfChild(context, parent.base, parent.types, child.name);
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
