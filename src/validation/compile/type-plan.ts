/**
 * Compiles a type of R4 (https://hl7.org/fhir/R4/structuredefinition.html). One pass over a value checks names,
 * repetition, types, formats, bindings, references, invariants and extensions; a profile then visits only the elements
 * that it constrains further.
 */
import type { Node } from '../../definitions/element-tree.ts';
import { typeModel, upperFirst } from '../../fhir/model.ts';
import { maxStringLength, type Primitive, primitives } from '../../fhir/primitives.ts';
import type { Check, Property, QuickCheck, RequiredElement, TypePlan } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import type { Segment } from '../plan/segment.ts';
import { checkNarrative } from '../rules/narrative.ts';
import { valueRulesOf } from '../rules/rules-by-type.ts';
import { checkType } from '../run/check-type.ts';
import { checkExtension } from '../run/extension.ts';
import { elementName } from '../run/position.ts';
import { report } from '../run/report.ts';
import { checkResource } from '../run/resource.ts';
import { isLonger } from '../values/characters.ts';
import { type CompileContext, treeOfType } from './element-trees.ts';
import { invariantsOf } from './invariants.ts';
import type { Rule } from './rule.ts';
import { rulesOf } from './rules-of-element.ts';
import { typeCodesOf } from './type-codes.ts';

/** Compiles a type, or a backbone element by its path (`Patient.contact`). */
export function compileType(context: CompileContext, name: string): TypePlan {
  const dot = name.indexOf('.');
  const root = treeOfType(context, dot < 0 ? name : name.slice(0, dot));
  const node = root && (dot < 0 ? root : findPath(root, name));
  if (!node) throw new ProfileError(name, name, 'R4 has no such type');
  return compile(context, name, node);
}

function findPath(root: Node, path: string): Node | undefined {
  return path
    .split('.')
    .slice(1)
    .reduce<Node | undefined>((node, name) => node?.children.find((it) => it.name === name), root);
}

function compile(context: CompileContext, name: string, node: Node): TypePlan {
  const found = [
    ...invariantsOf(node.element.constraint ?? [], { type: name, profile: undefined }),
    ...valueRulesOf(name),
  ];
  const bits = bitsOf(
    found.flatMap(({ needs }) => needs).filter((it) => node.children.some((child) => child.name === it)),
  );
  const properties = new Map<string, Property>();
  const required: RequiredElement[] = [];
  let choices = 0;
  for (const child of node.children) {
    const choice = child.name.endsWith('[x]') ? 1 << choices++ : 0;
    const min = child.element.min ?? 0;
    const bit = min > 0 ? 1 << required.length : 0;
    const all = typeCodesOf(child, name).flatMap((type) =>
      propertiesOf(context, child, type, { choice, required: bit, needed: bits.get(child.name) ?? 0 }),
    );
    for (const property of all) properties.set(property.key, property);
    if (bit === 0) continue;
    const segment = { ...all[0]!.segment, expression: child.name.replace('[x]', '') };
    required.push({ bit, segment, min, element: child.element.id ?? '' });
  }
  const isResource = typeModel(name)?.kind === 'resource';
  if (isResource) properties.delete('_id');
  return {
    name,
    properties,
    names: [...properties.keys()].filter((key) => !key.startsWith('_')),
    required,
    requiredBits: required.reduce((bits, { bit }) => bits | bit, 0),
    isResource,
    isPrimitivePart: name === 'Element',
    rules: found.map(({ check, needs }) => ({ check, needs: needs.reduce((all, it) => all | (bits.get(it) ?? 0), 0) })),
  };
}

/** A bit for each element, as far as they go: a rule whose element has none runs always. */
const bitsOf = (elements: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...new Set(elements)].slice(0, 31).map((it, i) => [it, 1 << i]));

function propertiesOf(
  context: CompileContext,
  node: Node,
  type: string,
  bits: Pick<Property, 'choice' | 'required' | 'needed'>,
): Property[] {
  const { element } = node;
  const { choice } = bits;
  const name = node.name.replace('[x]', '');
  const key = choice ? name + upperFirst(type) : name;
  const path = element.path ?? '';
  const segment: Segment = { key, expression: choice ? `${name}.ofType(${type})` : name, path, type };
  const array = element.max !== '1' && element.max !== '0';
  const rules = rulesOf({ context, element, base: undefined, types: [type], profile: undefined });
  const primitive = primitives[type];
  const own: Property = {
    key,
    segment,
    array,
    check: withRules(primitive ? primitiveCheck(type, primitive) : complexCheck(type), rules, type),
    ...bits,
    primitiveOf: undefined,
    primitive: primitive !== undefined,
    complex: primitive || special.has(type) ? undefined : type,
    plan: undefined,
    rules,
    quickCheck: primitive ? quickCheckOf(type, primitive, rules) : noQuickCheck,
    next: undefined,
  };
  if (!primitive || name === 'div') return [own];
  const beside: Property = {
    key: `_${key}`,
    segment: { ...segment, key: `_${key}` },
    array,
    check: complexCheck('Element'),
    ...bits,
    primitiveOf: key,
    primitive: true,
    complex: 'Element',
    plan: undefined,
    rules: [],
    quickCheck: noQuickCheck,
    next: undefined,
  };
  return [own, beside];
}

const noQuickCheck: QuickCheck = { kind: 'none' };

const quickChecks: Readonly<Record<string, QuickCheck>> = {
  string: { kind: 'text' },
  markdown: { kind: 'text' },
  uri: { kind: 'uri' },
  url: { kind: 'uri' },
  canonical: { kind: 'uri' },
  code: { kind: 'code' },
  boolean: { kind: 'boolean' },
  xhtml: noQuickCheck,
};

function quickCheckOf(type: string, { json, isValid }: Primitive, rules: readonly Rule[]): QuickCheck {
  const [only] = rules;
  if (only)
    return rules.length === 1 && only.passesQuickly ? { kind: 'bound', isIn: only.passesQuickly } : noQuickCheck;
  return quickChecks[type] ?? { kind: json === 'number' ? 'number' : 'string', isValid: isValid as never };
}

function withRules(check: Check, rules: readonly Rule[], type: string): Check {
  if (rules.length === 0) return check;
  const [only] = rules;
  if (rules.length === 1 && only)
    return (value, run) => {
      check(value, run);
      only.check(value, run, type);
    };
  return (value, run) => {
    check(value, run);
    for (const rule of rules) rule.check(value, run, type);
  };
}

/** Types with checks beyond those of their plan. */
const special: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Extension']);

function complexCheck(type: string): Check {
  if (type === 'Resource' || type === 'DomainResource') return checkResource;
  if (type === 'Extension') return checkExtension;
  let plan: TypePlan | undefined;
  return (value, run) => {
    plan ??= run.context.plans.type(type);
    checkType(plan, value, run);
  };
}

function primitiveCheck(type: string, { json, isValid, example: formatExample }: Primitive): Check {
  if (type === 'xhtml') return checkNarrative;
  const jsonExample = json === 'string' ? '"..."' : json === 'number' ? '1' : 'true';
  return (value, run) => {
    if (typeof value !== json) {
      report(run, 'json-type-mismatch', { element: elementName(run, type), type, asked: jsonExample });
      return;
    }
    if (!isValid(value as never)) report(run, 'format', { type, asked: formatExample });
    else if (json === 'string' && isLonger(value as string, maxStringLength) && type !== 'base64Binary')
      report(run, 'too-long', { element: elementName(run, type), limit: maxStringLength });
  };
}
