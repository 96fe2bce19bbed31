import { decimalText } from './decimal.ts';
import { parseError, shownName } from './parse-error.ts';
import type { Resource } from './resource.ts';
import { canonicalXhtml } from './xhtml.ts';
import {
  fhirNamespace,
  isConcreteResource,
  type XmlLayout,
  type XmlSlot,
  xhtmlNamespace,
  xmlLayout,
} from './xml-layout.ts';
import { attributeText, isWritable, madeWritable } from './xml-text.ts';

type Elements = Readonly<Record<string, unknown>>;

/**
 * XML of a resource (https://hl7.org/fhir/R4/xml.html): elements in the order of their definition, decimals as written,
 * narratives as canonical XHTML. Throws a ParseError (`xml-not-writable`, `xhtml-syntax`) for an invalid resource that
 * XML cannot represent: unknown properties, values of another JSON type, control characters.
 */
export function writeXml(resource: Resource, options?: XmlOptions): string {
  const writer: Writer = {
    parts: ['<?xml version="1.0" encoding="UTF-8"?>'],
    pretty: options?.pretty === true,
    lossy: options?.lossy,
  };
  if (!writer.pretty) writer.parts.push('\n');
  writeResource(writer, resource, resource.resourceType, ` xmlns="${fhirNamespace}"`, 0);
  if (writer.pretty) writer.parts.push('\n');
  return writer.parts.join('');
}

export type XmlOptions = {
  readonly pretty?: boolean;
  /**
   * Never throws: what XML can't hold is replaced by U+FFFD or left out, and its place is passed here. For a reader of what
   * is stored already: one resource must not stop the page that it stands on.
   */
  readonly lossy?: (expression: string) => void;
};

type Writer = { readonly parts: string[]; readonly pretty: boolean; readonly lossy: XmlOptions['lossy'] };

/** A present property with its slot in the definition. */
type Present = { readonly name: string; readonly slot: XmlSlot };

function writeResource(writer: Writer, resource: unknown, path: string, declaration: string, level: number): void {
  const type = isObject(resource) ? resource.resourceType : undefined;
  if (typeof type !== 'string' || !isConcreteResource(type)) {
    cannotWrite(writer, 'resourceType', path);
    return;
  }
  writeObject(writer, resource as Elements, xmlLayout(type)!, type, path, declaration, level);
}

function writeObject(
  writer: Writer,
  object: Elements,
  layout: XmlLayout,
  tag: string,
  path: string,
  declaration: string,
  level: number,
): void {
  const { attributes, children } = propertiesOf(writer, object, layout, path);
  newLine(writer, level);
  writer.parts.push('<', tag, declaration);
  for (const { name } of attributes) writer.parts.push(' ', name, '="', textOf(writer, object, name, path), '"');
  if (children.length === 0) {
    writer.parts.push('/>');
    return;
  }
  writer.parts.push('>');
  for (const child of children) writeProperty(writer, object, child, path, level + 1);
  newLine(writer, level);
  writer.parts.push('</', tag, '>');
}

/** Attributes, and the other properties in the order of the definition; `_name` is merged with `name`. */
function propertiesOf(writer: Writer, object: Elements, layout: XmlLayout, path: string) {
  const attributes: Present[] = [];
  const children: Present[] = [];
  let sorted = true;
  for (const key in object) {
    if (object[key] === undefined || (key === 'resourceType' && layout.model.kind === 'resource')) continue;
    const hidden = key.startsWith('_');
    const name = hidden ? key.slice(1) : key;
    if (hidden && object[name] !== undefined) continue;
    const slot = layout.slots.get(name);
    if (!slot || (hidden && slot.content !== 'primitive')) {
      cannotWrite(writer, key, path);
      continue;
    }
    const previous = children.at(-1);
    if (previous && slot.order < previous.slot.order) sorted = false;
    (slot.element.attribute ? attributes : children).push({ name, slot });
  }
  if (!sorted) children.sort((a, b) => a.slot.order - b.slot.order);
  return { attributes, children };
}

function writeProperty(writer: Writer, object: Elements, { name, slot }: Present, path: string, level: number): void {
  const value = object[name];
  const extra = object[`_${name}`];
  const place = `${path}.${shownName(name)}`;
  if (!slot.element.array) {
    writeItem(writer, { parent: object, key: name, value, extra }, name, slot, place, level);
    return;
  }
  const values = listOf(writer, value, name, path);
  const extras = listOf(writer, extra, name, path);
  for (let index = 0; index < Math.max(values.length, extras.length); index++) {
    const item = { parent: values, key: index, value: values[index], extra: extras[index] };
    writeItem(writer, item, name, slot, `${place}[${index}]`, level);
  }
}

function listOf(writer: Writer, value: unknown, name: string, path: string): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  cannotWrite(writer, name, path);
  return [];
}

type Item = {
  readonly parent: object;
  readonly key: string | number;
  readonly value: unknown;
  readonly extra: unknown;
};

function writeItem(writer: Writer, item: Item, name: string, slot: XmlSlot, path: string, level: number): void {
  const { value } = item;
  switch (slot.content) {
    case 'primitive':
      writePrimitive(writer, item, name, slot, path, level);
      return;
    case 'xhtml':
      newLine(writer, level);
      writer.parts.push(narrative(writer, value, path));
      return;
    case 'resource':
      newLine(writer, level);
      writer.parts.push('<', name, '>');
      writeResource(writer, value, path, '', level + 1);
      newLine(writer, level);
      writer.parts.push('</', name, '>');
      return;
    case 'complex':
      if (!isObject(value) || Array.isArray(value)) {
        cannotWrite(writer, name, path);
        return;
      }
      writeObject(writer, value, xmlLayout(slot.type)!, name, path, '', level);
  }
}

function writePrimitive(writer: Writer, item: Item, name: string, slot: XmlSlot, path: string, level: number): void {
  const { parent, key, value, extra } = item;
  const hasValue = value !== undefined && value !== null;
  const declaration = hasValue ? ` value="${textOf(writer, parent, key, path)}"` : '';
  const rest = isObject(extra) ? extra : {};
  if (extra !== undefined && extra !== null && rest !== extra) cannotWrite(writer, name, path);
  const { id, ...others } = rest;
  // The id precedes the value, as in the examples of the specification.
  const named = id === undefined ? '' : ` id="${textOf(writer, rest, 'id', path)}"`;
  writeObject(writer, others, xmlLayout(slot.type)!, name, path, named + declaration, level);
}

/** The text of a primitive, escaped. */
function textOf(writer: Writer, parent: object, key: string | number, path: string): string {
  const value = (parent as Record<string | number, unknown>)[key];
  switch (typeof value) {
    case 'string':
      if (isWritable(value)) return attributeText(value);
      cannotWrite(writer, String(key), path);
      return attributeText(madeWritable(value));
    case 'number':
      return decimalText(parent, key)!;
    case 'boolean':
      return String(value);
    default:
      cannotWrite(writer, String(key), path);
      return '';
  }
}

function narrative(writer: Writer, value: unknown, path: string): string {
  const text = typeof value === 'string' ? value : '';
  if (typeof value !== 'string' || !isWritable(text)) cannotWrite(writer, 'div', path);
  const div = canonicalXhtml(isWritable(text) ? text : madeWritable(text));
  if (div !== undefined) return div;
  if (!writer.lossy) throw parseError('xhtml-syntax', {}, { expression: path });
  writer.lossy(path);
  return `<div xmlns="${xhtmlNamespace}">\uFFFD</div>`;
}

function newLine({ parts, pretty }: Writer, level: number): void {
  if (pretty) parts.push('\n', '  '.repeat(level));
}

function cannotWrite({ lossy }: Writer, name: string, path: string): void {
  if (!lossy) throw parseError('xml-not-writable', { name: shownName(name) }, { expression: path });
  lossy(path);
}

const isObject = (value: unknown): value is Elements => typeof value === 'object' && value !== null;
