import type { Node, PartNode, TypeProjection } from '../../../src/disclosure/projection/projection.ts';
import { mgnCodeSystem, mgnExtension } from '../../../src/fhir/canonical.ts';
import { typeModel } from '../../../src/fhir/model.ts';
import type { Elements } from '../../../src/fhir/resource.ts';

/**
 * A resource with a value in every element of its type: of an allowed form where a line allows one, and a marker beside it
 * where it repeats; a marker everywhere else, also in extensions, beside primitives and in contained resources.
 */
export function fullResource({ type, node }: TypeProjection): Elements {
  const filled = node ? filledParts(type, node) : marked(type, 'all', 1);
  return { ...(filled as Elements), resourceType: type };
}

const social = {
  url: mgnExtension('domain'),
  valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'social' }] },
};
const finances = {
  url: mgnExtension('life-domain'),
  valueCodeableConcept: { coding: [{ system: mgnCodeSystem('zrm-domain'), code: 'finances' }] },
};

type Parts = Extract<Node, { kind: 'parts' }>;

function filledParts(type: string, node: Parts): Elements {
  const entries = [...(typeModel(type)?.properties ?? [])].flatMap(([property, { element, type: of }]) => {
    const part = node.parts.find((it) => it.property === property);
    const isAllowed = part !== undefined && part.node.kind !== 'withheld';
    // a choice has one value: the first type that a line allows, else a marker in its first type
    if (element.choice && !isAllowed && !isFirstWithheld(node.parts, element, property)) return [];
    const values = part ? valuesOf(of, part, property) : [marked(of, property, 1)];
    const value = element.array ? values : values[0];
    return [
      [property, value] as const,
      ...(typeof values[0] === 'object' ? [] : [[`_${property}`, beside(property, element.array)] as const]),
    ];
  });
  return Object.fromEntries(entries);
}

function isFirstWithheld(
  parts: readonly PartNode[],
  element: { name: string; types: readonly string[] },
  property: string,
) {
  const names = element.types.map((it) => `${element.name}${it.charAt(0).toUpperCase()}${it.slice(1)}`);
  const isOneAllowed = names.some((name) => parts.some((it) => it.property === name && it.node.kind !== 'withheld'));
  return !isOneAllowed && names[0] === property;
}

/** Values that pass, one for each alternative, and a marker that does not. */
function valuesOf(of: string, { array, node }: PartNode, property: string): unknown[] {
  const marker = marked(of, property, 1);
  if (node.kind === 'withheld') return [marker];
  if (node.kind === 'form') {
    const samples = node.alternatives.map(({ form }) => form.sample ?? marker);
    return array ? [...samples, marker] : samples;
  }
  if (node.parts.length === 0) return [marker];
  const choices = node.parts.filter(
    (it) => it.node.kind !== 'withheld' && typeModel(of)?.properties.get(it.property)?.element.choice,
  );
  const variants = choices.flatMap((choice) =>
    valuesOf(typeModel(of)!.properties.get(choice.property)!.type, choice, choice.property).map((value) => ({
      ...withoutChoices(of, filledParts(of, node)),
      [choice.property]: value,
    })),
  );
  const filled = variants.length > 0 ? variants : [filledParts(of, node)];
  const whole = filled.map((it) => marking(it as Elements, node));
  const withMore =
    choices.length > 0 ? whole.map((it) => ({ ...it, valueReference: marked('Reference', property, 1) })) : whole;
  return array ? [...withMore, ...lacking(whole[0] ?? {}, node), marker] : withMore;
}

/** Items without a part that their line needs. */
const lacking = (value: Elements, { needs, needsOneOf }: Parts): Elements[] =>
  [...needs.map((it) => [it]), ...(needsOneOf.length > 0 ? [needsOneOf] : [])].map((names) =>
    Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))),
  );

const withoutChoices = (of: string, value: Elements): Elements =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !typeModel(of)?.properties.get(name)?.element.choice));

/** With the extensions on which a condition of its line depends. */
function marking(value: Elements, { line }: Parts): Elements {
  if (!line?.when) return value;
  const needed = line.when.startsWith('marked') ? [social] : line.when === 'activities permitted' ? [finances] : [];
  if (needed.length === 0) return value;
  const others = ((value.extension as Elements[] | undefined) ?? []).filter(({ url }) => url === needed[0]?.url);
  return { ...value, extension: others.length > 0 ? others : needed };
}

const beside = (name: string, array: boolean) => {
  const it = { id: markerOf(name), extension: [{ url: 'urn:marker', valueString: markerOf(name) }] };
  return array ? [it] : it;
};

/** Reads as one name, so that a filter on the form of a name lets it pass. */
export const markerOf = (name: string): string => `Marked${name.toLowerCase().replace(/[^a-z]/g, '')}`;

/** A value of a type with a marker in each of its elements, a few levels deep. */
export function marked(type: string, name: string, depth: number): unknown {
  const model = typeModel(type);
  if (type === 'Resource')
    return { resourceType: 'Patient', id: markerOf(name), name: [{ family: markerOf(name), text: markerOf(name) }] };
  if (!model || model.kind === 'primitive-type') return primitive(type, name);
  const entries = [...model.properties].flatMap(([property, { element, type: of }]) => {
    if (element.choice && element.types[0] !== of && of !== 'string') return [];
    const isDeep = typeModel(of)?.kind !== 'primitive-type' && typeModel(of) !== undefined;
    if (isDeep && (depth > 1 || of === 'Extension' || of === type)) return [];
    const value = marked(of, `${name}${property}`, depth + 1);
    return [[property, element.array ? [value] : value] as const];
  });
  const extension = type === 'Extension' ? {} : { extension: [{ url: 'urn:marker', valueString: markerOf(name) }] };
  return { ...Object.fromEntries(entries), ...extension };
}

function primitive(type: string, name: string): unknown {
  if (type === 'boolean') return true;
  if (/nteger|Int|decimal/.test(type)) return 7_777;
  if (/date|instant|time/i.test(type)) return '1999-09-09';
  if (type === 'code') return markerOf(name).toLowerCase();
  if (/uri|url|canonical|oid|uuid/.test(type)) return `urn:${markerOf(name)}`;
  if (type === 'xhtml') return `<div xmlns="http://www.w3.org/1999/xhtml">${markerOf(name)}</div>`;
  return markerOf(name);
}
