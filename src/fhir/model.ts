/**
 * The types of FHIR R4 and their elements: names, types, order, repetition. Generated from the StructureDefinitions by
 * `npm run model` (definitions/emit-model.ts).
 */
import packed from './model.generated.json' with { type: 'json' };

export type ElementModel = {
  /** Name in FHIR: `value` for `value[x]`. */
  readonly name: string;
  /** Type names; a backbone element has its path as type (`Patient.contact`). */
  readonly types: readonly string[];
  readonly array: boolean;
  /** True for `value[x]`: in JSON the type follows the name. */
  readonly choice: boolean;
  /** True for an attribute in XML (`id` of an element, `url` of an extension). */
  readonly attribute: boolean;
  /** True for an element of a resource in its summary (https://hl7.org/fhir/R4/search.html#summary). */
  readonly summary: boolean;
  /** True for an element of a resource that it can't do without. */
  readonly mandatory: boolean;
};

export type TypeModel = {
  readonly name: string;
  readonly base?: string;
  readonly kind: 'primitive-type' | 'complex-type' | 'resource' | 'backbone';
  readonly abstract: boolean;
  /** In the order of the definition, inherited elements first: the order of XML. */
  readonly elements: ReadonlyMap<string, ElementModel>;
  /** By JSON property: `valueString` finds element `value` with type `string`. */
  readonly properties: ReadonlyMap<string, { readonly element: ElementModel; readonly type: string }>;
};

type Packed = {
  readonly base?: string;
  readonly kind: string;
  readonly abstract?: boolean;
  readonly elements: Readonly<Record<string, string | readonly string[]>>;
};

const packedTypes = packed as unknown as Readonly<Record<string, Packed>>;
const unpacked = new Map<string, TypeModel>();

/** The model of a type (`Patient`, `HumanName`, `Patient.contact`, `string`), or undefined when R4 has no such type. */
export function typeModel(name: string): TypeModel | undefined {
  const existing = unpacked.get(name);
  if (existing || !Object.hasOwn(packedTypes, name)) return existing;
  const model = unpack(name, packedTypes[name]!);
  unpacked.set(name, model);
  return model;
}

export const typeNames = (): readonly string[] => Object.keys(packedTypes);

/** Whether `name` is `ancestor` or derives from it: `isA('Patient', 'DomainResource')`. */
export function isA(name: string, ancestor: string): boolean {
  for (let it: string | undefined = name; it; it = packedTypes[it]?.base) if (it === ancestor) return true;
  return false;
}

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function unpack(name: string, { base, kind, abstract, elements: packedElements }: Packed): TypeModel {
  const elements = new Map(Object.entries(packedElements).map(([key, it]) => [key, unpackElement(key, it)]));
  const properties = new Map<string, { element: ElementModel; type: string }>();
  for (const element of elements.values()) {
    for (const type of element.types)
      properties.set(element.choice ? element.name + upperFirst(type) : element.name, { element, type });
  }
  return {
    name,
    ...(base ? { base } : {}),
    kind: kind as TypeModel['kind'],
    abstract: abstract === true,
    elements,
    properties,
  };
}

function unpackElement(name: string, it: string | readonly string[]): ElementModel {
  const [types = '', flags = ''] = typeof it === 'string' ? [it] : it;
  return {
    name,
    types: types.split('|'),
    array: flags.includes('a'),
    choice: flags.includes('x'),
    attribute: flags.includes('@'),
    summary: flags.includes('s'),
    mandatory: flags.includes('m'),
  };
}
