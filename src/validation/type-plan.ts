/**
 * The types of R4 compiled to closures: one walk over what is there checks names, repetition, types, formats,
 * bindings, references, invariants and extensions. A profile then looks only at what it constrains further.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Node } from '../definitions/element-tree.ts';
import { typeModel, upperFirst } from '../fhir/model.ts';
import { shownName } from '../fhir/parse-error.ts';
import { type Rule, rulesOf } from './builders.ts';
import { isObject, type Obj } from './equal.ts';
import { checkExtension } from './extensions.ts';
import { invariantsOf } from './invariants.ts';
import { type Knowledge, ProfileError, treeOfType } from './knowledge.ts';
import { checkNarrative } from './narrative.ts';
import { nearest } from './nearest.ts';
import { maxStringLength, type Primitive, primitives } from './primitives.ts';
import { checkResource } from './resource.ts';
import { enter, leave, maxDepth, type Run, report, type Segment } from './run.ts';
import { valueRulesOf } from './value-rules.ts';

export type TypePlan = {
  readonly name: string;
  readonly check: (value: unknown, run: Run) => void;
};

type Check = (value: unknown, run: Run) => void;
type Property = {
  readonly segment: Segment;
  readonly array: boolean;
  readonly check: Check;
  /** Bit of the choice element that the property belongs to; 0 for others. */
  readonly choice: number;
  /** Bit of the required element that the property belongs to; 0 for others. */
  readonly required: number;
  /** `_birthDate`: id and extensions of a primitive, whose values stand in the property `birthDate`. */
  readonly primitiveOf: string | undefined;
  readonly primitive: boolean;
  /** Whether a value surely passes `check`; most values of primitives do, and need no place to report at. */
  readonly surely: ((value: unknown, run: Run) => boolean) | undefined;
};

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
  const required: { readonly bit: number; readonly segment: Segment; readonly element: ElementDefinition }[] = [];
  let choices = 0;
  let requiredBits = 0;
  for (const child of node.children) {
    const choice = child.name.endsWith('[x]') ? 1 << choices++ : 0;
    const bit = (child.element.min ?? 0) > 0 ? 1 << required.length : 0;
    const made = typesOf(child, name).flatMap((type) =>
      propertiesOf(knowledge, child, type, { choice, required: bit }),
    );
    for (const [key, property] of made) properties.set(key, property);
    if (bit === 0) continue;
    requiredBits |= bit;
    const segment = { ...made[0]![1].segment, says: child.name.replace('[x]', '') };
    required.push({ bit, segment, element: child.element });
  }
  const model = typeModel(name);
  const isResource = model?.kind === 'resource';
  // Stands beside the value of a primitive, which is content enough.
  const isPrimitivePart = name === 'Element';
  if (isResource) properties.delete('_id');
  const invariants = invariantsOf(node.element.constraint ?? [], { type: name, profile: undefined });
  const extraRules = valueRulesOf(name);
  const names = [...properties.keys()].filter((key) => !key.startsWith('_'));

  const check = (value: unknown, run: Run): void => {
    if (!isObject(value)) {
      report(run, 'json-type', { element: elementName(run, name), type: name, asked: '{ ... }' });
      return;
    }
    if (run.depth > maxDepth) {
      report(run, 'too-deep', { limit: maxDepth });
      return;
    }
    let chosen = 0;
    let present = 0;
    let content = isPrimitivePart;
    for (const key in value) {
      // Read here: in the loop over its keys an object tells its values fastest.
      const it = value[key];
      if (it === undefined) continue;
      const property = properties.get(key);
      if (property === undefined) {
        if (!isResource || key !== 'resourceType') unknown(run, name, key, names);
        continue;
      }
      if (key !== 'id') content = true;
      if (property.choice !== 0) {
        if ((chosen & property.choice) !== 0 && !isPair(value, key)) chosenTwice(run, property);
        chosen |= property.choice;
      }
      present |= property.required;
      checkProperty(property, it, value, run);
    }
    if (!content && !isResource) report(run, 'ele-1', { element: elementName(run, name) });
    if (isPrimitivePart && isEmpty(value)) report(run, 'ele-1', { element: elementName(run, name) });
    if (present !== requiredBits) tellMissing(run, required, present);
    for (const invariant of invariants) invariant(value, run);
    for (const rule of extraRules) rule(value, run);
  };
  return { name, check };
}

function isEmpty(value: Obj): boolean {
  for (const _ in value) return false;
  return true;
}

function tellMissing(
  run: Run,
  required: readonly { readonly bit: number; readonly segment: Segment; readonly element: ElementDefinition }[],
  present: number,
): void {
  for (const { bit, segment, element } of required) {
    if ((present & bit) !== 0) continue;
    enter(run, segment, -1);
    report(run, 'min', { element: segment.path, min: element.min ?? 1, found: 0 }, { element: element.id ?? '' });
    leave(run);
  }
}

/** `valueString` beside `_valueString` is one value. */
const isPair = (value: Obj, key: string): boolean =>
  key.startsWith('_') ? Object.hasOwn(value, key.slice(1)) : Object.hasOwn(value, `_${key}`);

function chosenTwice(run: Run, { segment }: Property): void {
  enter(run, segment, -1);
  report(run, 'choice-one', { element: segment.path });
  leave(run);
}

function unknown(run: Run, type: string, key: string, names: readonly string[]): void {
  enter(run, { key, says: shownName(key), path: '', type: '' }, -1);
  if (key === '_id') report(run, 'extension-on-id', {});
  else report(run, 'unknown-element', { type, names: nearest(key, names) ?? names.join(', ') });
  leave(run);
}

/** What the value at the end of the way is called in a message. */
export const elementName = (run: Run, otherwise: string): string => run.way[run.depth - 1]?.path || otherwise;

function checkProperty(
  { segment, array, check, primitiveOf, primitive, surely }: Property,
  value: unknown,
  holder: Obj,
  run: Run,
): void {
  if (surely !== undefined && !array && surely(value, run)) return;
  if (!Array.isArray(value)) {
    enter(run, segment, -1);
    if (array) report(run, 'array-asked', { element: segment.path });
    else if (value === null) report(run, 'ele-1', { element: segment.path });
    else check(value, run);
    leave(run);
    return;
  }
  if (!array || value.length === 0) {
    enter(run, segment, -1);
    report(run, array ? 'empty-array' : 'single-asked', { element: segment.path });
    leave(run);
    return;
  }
  for (let i = 0; i < value.length; i++) {
    const it: unknown = value[i];
    enter(run, segment, i);
    // In a list of primitives null keeps the place of a value that only has extensions, and the other way round.
    if (it === null) {
      const other = primitiveOf ?? (primitive ? `_${segment.key}` : undefined);
      const beside = other === undefined ? undefined : holder[other];
      if (!Array.isArray(beside) || beside[i] === null || beside[i] === undefined)
        report(run, 'ele-1', { element: segment.path });
    } else check(it, run);
    leave(run);
  }
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
): [string, Property][] {
  const { element } = node;
  const { choice } = bits;
  const name = node.name.replace('[x]', '');
  const key = choice ? name + upperFirst(type) : name;
  const path = element.path ?? '';
  const segment: Segment = { key, says: choice ? `${name}.ofType(${type})` : name, path, type };
  const array = element.max !== '1' && element.max !== '0';
  const rules = rulesOf({ knowledge, element, base: undefined, types: [type], profile: undefined });
  const primitive = primitives[type];
  const check = withRules(primitive ? primitiveCheck(type, primitive) : complexCheck(knowledge, type), rules, type);
  const made: [string, Property][] = [
    [
      key,
      {
        segment,
        array,
        check,
        ...bits,
        primitiveOf: undefined,
        primitive: primitive !== undefined,
        surely: primitive && surelyOf(type, primitive, rules),
      },
    ],
  ];
  if (primitive && name !== 'div')
    made.push([
      `_${key}`,
      {
        segment: { ...segment, key: `_${key}` },
        array,
        check: (value, run) => typePlan(run.knowledge, 'Element').check(value, run),
        ...bits,
        primitiveOf: key,
        primitive: true,
        surely: undefined,
      },
    ]);
  return made;
}

function surelyOf(type: string, { json, fits }: Primitive, rules: readonly Rule[]): Property['surely'] {
  if (type === 'xhtml') return undefined;
  const [only] = rules;
  if (only) return rules.length === 1 ? only.surely : undefined;
  if (json !== 'string') return (value) => typeof value === json && fits(value as never);
  return (value) => typeof value === 'string' && value.length <= maxStringLength && fits(value as never);
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
    plan.check(value, run);
  };
}

function primitiveCheck(type: string, { json, fits, asked }: Primitive): Check {
  if (type === 'xhtml') return checkNarrative;
  const example = json === 'string' ? '"..."' : json === 'number' ? '1' : 'true';
  return (value, run) => {
    if (typeof value !== json) {
      report(run, 'json-type', { element: elementName(run, type), type, asked: example });
      return;
    }
    if (!fits(value as never)) report(run, 'format', { type, asked });
    else if (json === 'string' && (value as string).length > maxStringLength && type !== 'base64Binary')
      report(run, 'too-long', { element: elementName(run, type), limit: maxStringLength });
  };
}
