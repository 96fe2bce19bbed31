/**
 * Compiles a profile (https://hl7.org/fhir/R4/profiling.html) to closures. The types of R4 are checked separately, so a
 * profile visits only the elements that it constrains further; the others cost nothing.
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { childOf, type Node } from '../../definitions/element-tree.ts';
import { copyDecimalTexts } from '../../fhir/decimal.ts';
import { typeModel, upperFirst } from '../../fhir/model.ts';
import { primitives } from '../../fhir/primitives.ts';
import type { ProfilePlan, Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { inFrame } from '../run/frame.ts';
import { reportUnsupported } from '../run/unsupported.ts';
import { equals } from '../values/equal.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { baseOfChild } from './base-of-child.ts';
import { type ChildCheck, type ChildProperty, childCheck } from './child-check.ts';
import { type CompileContext, treeOfProfile, treeOfType } from './element-trees.ts';
import { narrowedCardinality, narrowedResourceTypes, narrowedTypes } from './narrowed.ts';
import { isValueOfPrimitive, presenceOfValue } from './primitive-value.ts';
import type { ElementCheck, ProfileCompilation } from './profile-compilation.ts';
import { rulesOf } from './rules-of-element.ts';
import { compileSlicing } from './slicing.ts';
import { typeCodesOf } from './type-codes.ts';

/** Throws a ProfileError, also for a malformed definition (an element that is not an object). */
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
  if (!base) throw new ProfileError(url, type, `it constrains ${type}, which is not a type of R4`);
  const lines: string[] = [];
  const problems: ProfileError[] = [];
  // A type of R4 is checked as such. Any other definition over it constrains it, whatever its derivation says or omits.
  if (typeOfUrl(url) === type) return { url, version, type, check: () => {}, lines, problems };
  const check = compileNode({ context, profile: url, lines, problems, compileNode }, root, base, [type]);
  const plan = (value: unknown, run: Run): void => check?.({ value, beside: undefined, type }, run);
  return { url, version, type, check: plan, lines, problems };
}

/** The checks of one element and everything below it: its own rules, then those of its children. */
function compileNode(
  compiling: ProfileCompilation,
  node: Node,
  base: Node | undefined,
  types: readonly string[],
  checked?: Node,
): ElementCheck | undefined {
  const { context, profile, lines, problems } = compiling;
  const { element } = node;
  const rules = rulesOf({ context, element, base: (checked ?? base)?.element, types, profile });
  for (const rule of rules) {
    lines.push(`${element.id}: ${rule.description}`);
    if (rule.problem) problems.push(rule.problem);
  }
  const presence = presenceOfValue(compiling, node, types);
  const parts = node.children.filter((it) => !isValueOfPrimitive(it, types));
  const children = parts.flatMap(
    (child) => compileChildOrLeaveOpen(compiling, { node, base, types, checked }, child) ?? [],
  );
  if (rules.length === 0 && children.length === 0) return presence;
  const isResource = types.some((type) => typeModel(type)?.kind === 'resource');
  const below = (holder: JsonObject, run: Run): void => {
    for (const child of children) child(holder, run);
  };
  return (found, run) => {
    const { value, beside, type } = found;
    presence?.(found, run);
    // On an element that contains a resource, %resource of a rule is the resource around it, as in HL7's own suite.
    if (value !== undefined && value !== null) for (const rule of rules) rule.check(value, run, type);
    if (children.length === 0) return;
    // The id and extensions of a primitive are in the `_name` object.
    const holder = isObject(value) ? value : isObject(beside) ? beside : undefined;
    if (holder) {
      // References of an entry are resolved from the entry, also when the profile of the Bundle constrains it.
      const own = isResource ? run.frames?.get(holder) : undefined;
      if (own && own !== run.frame) inFrame(run, own, () => below(holder, run));
      else below(holder, run);
    } else if (value !== undefined && value !== null) below(nothing, run);
  };
}

const nothing: JsonObject = {};

/** The JSON properties in which a child can occur, one per type of the element. */
function keysOf(base: Node, owner: string): ChildProperty[] {
  const choice = base.name.endsWith('[x]');
  const name = base.name.replace('[x]', '');
  return typeCodesOf(base, owner).map((type) => {
    const key = choice ? name + upperFirst(type) : name;
    return {
      key,
      beside: primitives[type] ? `_${key}` : undefined,
      type,
      segment: { key, expression: choice ? `${name}.ofType(${type})` : name, path: base.element.path ?? '', type },
    };
  });
}

type Parent = {
  readonly node: Node;
  readonly base: Node | undefined;
  readonly types: readonly string[];
  readonly checked: Node | undefined;
};

/** An element whose constraints cannot be compiled stays undecided; the rest of the profile is checked. */
function compileChildOrLeaveOpen(compiling: ProfileCompilation, parent: Parent, child: Node): ChildCheck | undefined {
  try {
    return compileChild(compiling, parent, child);
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    compiling.problems.push(error);
    compiling.lines.push(`${child.element.id}: not checked: ${error.problem}`);
    return (_, run) => reportUnsupported(run, error);
  }
}

function compileChild(compiling: ProfileCompilation, parent: Parent, child: Node): ChildCheck | undefined {
  const { context, profile, lines } = compiling;
  const { element } = child;
  const base = baseOfChild(context, parent.base, parent.types, child.name);
  if (!base) {
    // The value of a primitive is the primitive itself; its constraints are on the element.
    if (child.name === 'value' && parent.node.children.some((it) => it.name === 'extension')) return undefined;
    throw new ProfileError(profile, element.id ?? '', 'the constrained type has no such element');
  }
  const checked = parent.checked && childOf(parent.checked, child.name.replace('[x]', ''));
  const owner = base.element.path?.replace(/\.[^.]*$/, '') ?? parent.types[0] ?? '';
  const keys = keysOf(base, owner);
  const cardinality = narrowedCardinality(element, (checked ?? base).element);
  const allowed = checked && sameTypes(child, checked) ? undefined : narrowedTypes(child, base, owner);
  const resources = narrowedResourceTypes(element, base.element);
  const types = resources ?? keys.map(({ type }) => type).filter((type) => !allowed || allowed.has(type));
  const check = compileNode(compiling, child, base, types, checked);
  const sliced = child.slices.length > 0 && !(checked && equals(child.slices.map(bare), checked.slices.map(bare)));
  const slicing = sliced ? compileSlicing(compiling, child, base, types) : undefined;
  if (cardinality)
    lines.push(`${element.id}: ${cardinality.min}..${cardinality.max === Infinity ? '*' : cardinality.max}`);
  if (allowed) lines.push(`${element.id}: ${[...allowed].join(' | ')}`);
  if (!cardinality && !allowed && !check && !slicing) return undefined;
  return childCheck({ keys, cardinality, allowed, check, slicing, element, profile });
}

const sameTypes = (one: Node, other: Node): boolean => equals(one.element.type, other.element.type);

/** A node without its id, to compare two nodes. */
const bare = ({ element, children, slices }: Node): object => ({
  element: copyDecimalTexts(element, { ...element, id: undefined }),
  children: children.map(bare),
  slices: slices.map(bare),
});
