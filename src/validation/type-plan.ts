/**
 * The types of R4 compiled to closures: one walk over what is there checks names, repetition, types, formats,
 * bindings, references, invariants and extensions. A profile then looks only at what it constrains further.
 */
import type { Node } from '../definitions/element-tree.ts';
import { typeModel, upperFirst } from '../fhir/model.ts';
import { type Rule, rulesOf } from './builders.ts';
import { checkExtension } from './extensions.ts';
import { invariantsOf } from './invariants.ts';
import { type Knowledge, ProfileError, treeOfType } from './knowledge.ts';
import { checkNarrative } from './narrative.ts';
import { maxStringLength, type Primitive, primitives } from './primitives.ts';
import { checkResource } from './resource.ts';
import { report, type Segment } from './run.ts';
import { valueRulesOf } from './value-rules.ts';
import {
  type Check,
  checkType,
  elementName,
  type Glance,
  type Property,
  type Required,
  type TypePlan,
} from './walk.ts';

/** The plan of a type, or of a backbone element by its path (`Patient.contact`). */
export function typePlan(knowledge: Knowledge, name: string): TypePlan {
  const known = knowledge.types.get(name);
  if (known) return known;
  const dot = name.indexOf('.');
  const root = treeOfType(knowledge, dot < 0 ? name : name.slice(0, dot));
  const node = root && (dot < 0 ? root : findPath(root, name));
  if (!node) throw new ProfileError(name, name, 'R4 has no such type');
  const plan = compile(knowledge, name, node);
  knowledge.types.set(name, plan);
  return plan;
}

function findPath(root: Node, path: string): Node | undefined {
  return path
    .split('.')
    .slice(1)
    .reduce<Node | undefined>((node, name) => node?.children.find((it) => it.name === name), root);
}

function compile(knowledge: Knowledge, name: string, node: Node): TypePlan {
  const properties = new Map<string, Property>();
  const required: Required[] = [];
  let choices = 0;
  for (const child of node.children) {
    const choice = child.name.endsWith('[x]') ? 1 << choices++ : 0;
    const min = child.element.min ?? 0;
    const bit = min > 0 ? 1 << required.length : 0;
    const made = typesOf(child, name).flatMap((type) =>
      propertiesOf(knowledge, child, type, { choice, required: bit }),
    );
    for (const property of made) properties.set(property.key, property);
    if (bit === 0) continue;
    const segment = { ...made[0]!.segment, says: child.name.replace('[x]', '') };
    required.push({ bit, segment, min, element: child.element.id ?? '' });
  }
  const isResource = typeModel(name)?.kind === 'resource';
  if (isResource) properties.delete('_id');
  return {
    name,
    properties,
    names: [...properties.keys()].filter((key) => !key.startsWith('_')),
    required,
    requiredBits: required.reduce((all, { bit }) => all | bit, 0),
    isResource,
    isPrimitivePart: name === 'Element',
    rules: [...invariantsOf(node.element.constraint ?? [], { type: name, profile: undefined }), ...valueRulesOf(name)],
  };
}

/** The types that an element may have; a backbone element and a content reference have a path as type. */
export function typesOf(node: Node, owner: string): string[] {
  const { element } = node;
  if (element.contentReference) return [element.contentReference.replace(/^.*#/, '')];
  if (node.children.length > 0) return [`${owner}.${node.name}`];
  return (element.type ?? []).map((type) => {
    const code = type.code ?? '';
    if (!code.startsWith('http://hl7.org/fhirpath/System.')) return code;
    const told = type.extension?.find(({ url }) => url?.endsWith('structuredefinition-fhir-type'))?.valueUrl;
    // The definition of R4 says string for the id of a resource, its text says id.
    if (node.name === 'id' && typeModel(owner)?.kind === 'resource') return 'id';
    return told ?? 'string';
  });
}

function propertiesOf(
  knowledge: Knowledge,
  node: Node,
  type: string,
  bits: { readonly choice: number; readonly required: number },
): Property[] {
  const { element } = node;
  const { choice } = bits;
  const name = node.name.replace('[x]', '');
  const key = choice ? name + upperFirst(type) : name;
  const path = element.path ?? '';
  const segment: Segment = { key, says: choice ? `${name}.ofType(${type})` : name, path, type };
  const array = element.max !== '1' && element.max !== '0';
  const rules = rulesOf({ knowledge, element, base: undefined, types: [type], profile: undefined });
  const primitive = primitives[type];
  const own: Property = {
    key,
    segment,
    array,
    check: withRules(primitive ? primitiveCheck(type, primitive) : complexCheck(knowledge, type), rules, type),
    ...bits,
    primitiveOf: undefined,
    primitive: primitive !== undefined,
    glance: primitive ? glanceOf(type, primitive, rules) : noGlance,
    next: undefined,
  };
  if (!primitive || name === 'div') return [own];
  const beside: Property = {
    key: `_${key}`,
    segment: { ...segment, key: `_${key}` },
    array,
    check: complexCheck(knowledge, 'Element'),
    ...bits,
    primitiveOf: key,
    primitive: true,
    glance: noGlance,
    next: undefined,
  };
  return [own, beside];
}

const noGlance: Glance = { kind: 'none' };

const glances: Readonly<Record<string, Glance>> = {
  string: { kind: 'text' },
  markdown: { kind: 'text' },
  uri: { kind: 'uri' },
  url: { kind: 'uri' },
  canonical: { kind: 'uri' },
  code: { kind: 'code' },
  boolean: { kind: 'boolean' },
  xhtml: noGlance,
};

function glanceOf(type: string, { json, fits }: Primitive, rules: readonly Rule[]): Glance {
  const [only] = rules;
  if (only) return rules.length === 1 && only.surely ? { kind: 'bound', isIn: only.surely } : noGlance;
  return glances[type] ?? { kind: json === 'number' ? 'number' : 'string', fits: fits as never };
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

function complexCheck(knowledge: Knowledge, type: string): Check {
  if (type === 'Resource' || type === 'DomainResource') return checkResource;
  if (type === 'Extension') return checkExtension;
  let plan = knowledge.types.get(type);
  return (value, run) => {
    plan ??= typePlan(run.knowledge, type);
    checkType(plan, value, run);
  };
}

function primitiveCheck(type: string, { json, fits, asked }: Primitive): Check {
  if (type === 'xhtml') return checkNarrative;
  const example = json === 'string' ? '"..."' : json === 'number' ? '1' : 'true';
  return (value, run) => {
    if (typeof value !== json) {
      report(run, 'json-type-mismatch', { element: elementName(run, type), type, asked: example });
      return;
    }
    if (!fits(value as never)) report(run, 'format', { type, asked });
    else if (json === 'string' && (value as string).length > maxStringLength && type !== 'base64Binary')
      report(run, 'too-long', { element: elementName(run, type), limit: maxStringLength });
  };
}
