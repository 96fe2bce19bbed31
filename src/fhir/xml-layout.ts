import { type ElementModel, isA, type TypeModel, typeModel } from './model.ts';

/** An element of a type in XML. The name of the tag is also the JSON property. */
export type XmlSlot = {
  readonly element: ElementModel;
  readonly type: string;
  /** Position in the order of the definition; the types of a choice share one. */
  readonly order: number;
  /** `resource`: contains one resource; `primitive`: the value is an attribute; `xhtml`: the narrative. */
  readonly content: 'resource' | 'primitive' | 'xhtml' | 'complex';
  /** What `typeof` says of its value in JSON. */
  readonly json: 'string' | 'number' | 'boolean' | 'object';
};

export type XmlLayout = {
  readonly model: TypeModel;
  readonly slots: ReadonlyMap<string, XmlSlot>;
};

export const fhirNamespace = 'http://hl7.org/fhir';
export const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

const layouts = new Map<string, XmlLayout>();

/** The layout of a type of R4, or undefined when there is no such type. */
export function xmlLayout(type: string): XmlLayout | undefined {
  const cached = layouts.get(type);
  if (cached) return cached;
  const model = typeModel(type);
  if (!model) return undefined;
  const order = new Map([...model.elements.keys()].map((name, index) => [name, index]));
  const slots = new Map(
    [...model.properties].map(([property, { element, type: slotType }]) => [
      property,
      {
        element,
        type: slotType,
        order: order.get(element.name) ?? 0,
        content: contentOf(slotType),
        json: element.attribute ? 'string' : jsonOf(slotType),
      },
    ]),
  );
  const layout = { model, slots };
  layouts.set(type, layout);
  return layout;
}

function contentOf(type: string): XmlSlot['content'] {
  if (type === 'xhtml') return 'xhtml';
  if (isA(type, 'Resource')) return 'resource';
  return typeModel(type)?.kind === 'primitive-type' ? 'primitive' : 'complex';
}

const numbers: readonly string[] = ['decimal', 'integer', 'positiveInt', 'unsignedInt'];

function jsonOf(type: string): XmlSlot['json'] {
  const content = contentOf(type);
  if (content === 'resource' || content === 'complex') return 'object';
  if (type === 'boolean') return 'boolean';
  return numbers.includes(type) ? 'number' : 'string';
}

/** A resource type that can be instantiated: not Resource, not DomainResource. */
export function isConcreteResource(type: string): boolean {
  const model = typeModel(type);
  return model?.kind === 'resource' && !model.abstract;
}
