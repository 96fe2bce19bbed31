import { shownName } from './parse-error.ts';
import { fhirNamespace, type XmlLayout, type XmlSlot, xhtmlNamespace, xmlLayout } from './xml-layout.ts';
import type { XmlTag } from './xml-tokens.ts';

export type Elements = Record<string, unknown>;

/** An open XML element. */
export type Frame = {
  /** `container`: an element that contains a resource, such as `contained`; `unknown`: R4 has no such element here. */
  readonly kind: 'resource' | 'complex' | 'primitive' | 'xhtml' | 'container' | 'unknown';
  readonly parent: Frame | undefined;
  /** Property of the parent; for a resource its type. */
  readonly name: string;
  readonly index: number | undefined;
  /** Start offset of its tag in the text. */
  readonly offset: number;
  /** Depth as counted in JSON: objects inside objects. */
  readonly level: number;
  readonly slot: XmlSlot | undefined;
  readonly layout: XmlLayout | undefined;
  /** The resulting object; for a primitive its id and extensions, for a container its resources by number. */
  readonly object: Elements;
  /** The text of a primitive. */
  readonly value: string | undefined;
  /** The last child so far by order of the definition, with its tag. */
  last: { readonly slot: XmlSlot; readonly name: string } | undefined;
};

/** The frame of an element, defined in R4 or unknown. */
export function elementFrame(tag: XmlTag, offset: number, parent: Frame): Frame {
  const slot = tag.uri === namespaceIn(parent, tag.local) ? slotOf(parent, tag.local) : undefined;
  const kind = slot === undefined ? 'unknown' : slot.content === 'resource' ? 'container' : slot.content;
  return {
    kind,
    parent,
    name: tag.local,
    index: slot?.element.array ? countOf(parent.object, tag.local, kind === 'primitive') : undefined,
    offset,
    level: kind === 'container' ? parent.level : parent.level + 1,
    slot,
    layout: slot && (kind === 'complex' || kind === 'primitive') ? xmlLayout(slot.type) : undefined,
    object: {},
    value: kind === 'primitive' ? attribute(tag, 'value') : undefined,
    last: undefined,
  };
}

/** The frame of a resource: the root, or inside a container. */
export const resourceFrame = (type: string, offset: number, parent: Frame | undefined): Frame => ({
  kind: 'resource',
  parent,
  name: type,
  index: undefined,
  offset,
  level: (parent?.level ?? 0) + 1,
  slot: undefined,
  layout: xmlLayout(type),
  object: { resourceType: type },
  value: undefined,
  last: undefined,
});

/** The child element of that name in the type of the parent. In XML id, url and value can be attributes instead. */
export function slotOf(parent: Frame, name: string): XmlSlot | undefined {
  const slot = parent.layout?.slots.get(name);
  return slot?.element.attribute ? undefined : slot;
}

export const namespaceIn = (parent: Frame, name: string): string =>
  slotOf(parent, name)?.content === 'xhtml' ? xhtmlNamespace : fhirNamespace;

const attribute = (tag: XmlTag, name: string): string | undefined =>
  Object.hasOwn(tag.attributes, name) ? tag.attributes[name]?.value : undefined;

/** Number of items of a repeating element so far; items of a primitive may have extensions only. */
export const countOf = (object: Elements, name: string, primitive: boolean): number =>
  Math.max(lengthOf(object[name]), primitive ? lengthOf(object[`_${name}`]) : 0);
const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** FHIRPath of the element. */
export function pathOf({ parent, name, index, kind }: Frame): string {
  if (!parent) return name;
  if (kind === 'resource') return pathOf(parent);
  return `${pathOf(parent)}.${shownName(name)}${index === undefined ? '' : `[${index}]`}`;
}
