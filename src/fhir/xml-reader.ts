import { setDecimalText } from './decimal.ts';
import { type Details, type Issue, issue, type RuleCode } from './issue.ts';
import type { NotePlace } from './json-reader.ts';
import { type Location, lineIndex, parseError, shownName } from './parse-error.ts';
import type { Resource } from './resource.ts';
import { type XhtmlWriter, xhtmlWriter } from './xhtml.ts';
import {
  countOf,
  type Elements,
  elementFrame,
  type Frame,
  namespaceIn,
  pathOf,
  resourceFrame,
  slotOf,
} from './xml-frame.ts';
import { fhirNamespace, isConcreteResource } from './xml-layout.ts';
import { eachAttribute, readXmlTokens, type XmlTag } from './xml-tokens.ts';
import { primitiveValue } from './xml-value.ts';

export type ReadXml = { readonly resource: Resource; readonly issues: readonly Issue[] };

type Reader = {
  readonly depth: number;
  readonly note: NotePlace | undefined;
  readonly locate: (offset: number) => Location;
  readonly issues: Issue[];
  root: Frame | undefined;
  current: Frame | undefined;
  /** Set while a narrative is open. */
  xhtml: XhtmlWriter | undefined;
};

/** Reads FHIR XML into the JSON form. See readXml in xml.ts for issues and errors. */
export function readFhirXml(text: string, depth: number, note?: NotePlace): ReadXml {
  const locate = lineIndex(text);
  const reader: Reader = { depth, note, locate, issues: [], root: undefined, current: undefined, xhtml: undefined };
  readXmlTokens(text, {
    open: (tag, offset) => open(reader, tag, offset),
    close: () => close(reader),
    text: (it) => readText(reader, it),
    comment: (it) => reader.xhtml?.comment(it),
  });
  // The tokenizer refuses a text without a root element.
  return { resource: reader.root!.object as unknown as Resource, issues: reader.issues };
}

function open(reader: Reader, tag: XmlTag, offset: number): void {
  const parent = reader.current;
  if (reader.xhtml) {
    openXhtml(reader, tag, offset);
  } else if (!parent || parent.kind === 'container') {
    openResource(reader, tag, offset, parent);
  } else {
    openElement(reader, tag, offset, parent);
  }
}

function openResource(reader: Reader, tag: XmlTag, offset: number, parent: Frame | undefined): void {
  const name = shownName(tag.local);
  const place = { ...reader.locate(offset), ...(parent ? { expression: pathOf(parent) } : {}) };
  if (tag.uri !== fhirNamespace) throw parseError('xml-namespace-invalid', { name, expected: fhirNamespace }, place);
  if (!isConcreteResource(tag.local)) throw parseError('xml-resource-type-unknown', { name }, place);
  const frame = resourceFrame(tag.local, offset, parent);
  if (!parent) reader.note?.(frame.object, '', offset);
  checkDepth(reader, frame, frame.level);
  reader.root ??= frame;
  reader.current = frame;
  readAttributes(reader, frame, tag);
}

function openElement(reader: Reader, tag: XmlTag, offset: number, parent: Frame): void {
  const frame = elementFrame(tag, offset, parent);
  if (frame.slot) checkOrder(reader, frame, parent);
  else if (parent.kind !== 'unknown') reportUnknown(reader, frame, parent);
  if (frame.kind !== 'container' && frame.kind !== 'primitive') checkDepth(reader, frame, frame.level);
  reader.current = frame;
  if (frame.kind === 'xhtml') {
    reader.xhtml = xhtmlWriter();
    reader.xhtml.open(tag);
  } else {
    readAttributes(reader, frame, tag);
  }
}

function openXhtml(reader: Reader, tag: XmlTag, offset: number): void {
  const { current, xhtml } = reader;
  xhtml!.open(tag);
  checkDepth(reader, { ...current!, offset }, current!.level + xhtml!.depth());
}

function checkDepth(reader: Reader, frame: Frame, level: number): void {
  if (level <= reader.depth) return;
  const place = { ...reader.locate(frame.offset), expression: pathOf(frame) };
  throw parseError('nested-too-deep', { limit: reader.depth }, place);
}

/** Elements must follow the order of their definition; repeats must be adjacent. */
function checkOrder(reader: Reader, frame: Frame, parent: Frame): void {
  const { name } = frame;
  const slot = frame.slot!;
  const { last } = parent;
  const isOutOfOrder = last !== undefined && slot.order < last.slot.order;
  if (isOutOfOrder) report(reader, frame, 'xml-element-order', { name, after: last.name });
  const isRepeated = slot === last?.slot || (isOutOfOrder && (name in parent.object || `_${name}` in parent.object));
  if (isRepeated && !slot.element.array) report(reader, frame, 'xml-element-repeated', { name });
  if (!isOutOfOrder) parent.last = { slot, name };
}

function reportUnknown(reader: Reader, frame: Frame, parent: Frame): void {
  const name = shownName(frame.name);
  if (slotOf(parent, frame.name))
    report(reader, frame, 'xml-namespace-invalid', { name, expected: namespaceIn(parent, frame.name) });
  else
    report(reader, frame, 'xml-element-unknown', { name, parent: parent.layout?.model.name ?? shownName(parent.name) });
}

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

function readAttributes(reader: Reader, frame: Frame, tag: XmlTag): void {
  const { kind, layout, object } = frame;
  eachAttribute(tag, ({ name, local, uri, value }) => {
    if (name === 'value' && kind === 'primitive') return;
    if (uri === schemaInstance) report(reader, frame, 'xml-schema-location-ignored', { name: shownName(local) });
    else if (kind === 'unknown' || layout?.slots.get(name)?.element.attribute) object[name] = value;
    else report(reader, frame, 'xml-attribute-unknown', { name: shownName(name), parent: shownName(frame.name) });
  });
}

function readText(reader: Reader, text: string): void {
  const { current, xhtml } = reader;
  if (xhtml) xhtml.text(text);
  else if (current && text.trim() !== '')
    report(reader, current, 'xml-text-forbidden', { name: shownName(current.name) });
}

function close(reader: Reader): void {
  if (reader.xhtml && !reader.xhtml.close()) return;
  const frame = reader.current!;
  reader.current = frame.parent;
  if (frame.parent) assemble(reader, frame, frame.parent);
}

/** Adds the result of a closed element to its parent. */
function assemble(reader: Reader, frame: Frame, parent: Frame): void {
  switch (frame.kind) {
    case 'resource':
      parent.object[Object.keys(parent.object).length] = frame.object;
      break;
    case 'container':
      if (Object.keys(frame.object).length !== 1) report(reader, frame, 'xml-resource-count', { name: frame.name });
      for (const resource of Object.values(frame.object)) add(reader, frame, parent.object, resource);
      break;
    case 'primitive':
      addPrimitive(reader, frame, parent.object);
      break;
    case 'complex':
      if (Object.keys(frame.object).length === 0) report(reader, frame, 'xml-element-empty', { name: frame.name });
      add(reader, frame, parent.object, frame.object);
      break;
    case 'xhtml':
      add(reader, frame, parent.object, reader.xhtml!.written());
      reader.xhtml = undefined;
      break;
    case 'unknown':
      // `__proto__` would change the object itself; it is only reported.
      if (frame.name !== '__proto__') add(reader, frame, parent.object, unknownValue(frame.object));
  }
}

/** An element that R4 does not define: a string when it has only a value, else an object. */
function unknownValue(object: Elements): unknown {
  const { value, ...others } = object;
  return typeof value === 'string' && Object.keys(others).length === 0 ? value : object;
}

/** A repeat of a single element becomes an array, so that nothing is lost. */
function add(reader: Reader, { name, offset, slot }: Frame, target: Elements, value: unknown): void {
  const before = target[name];
  if (before === undefined) reader.note?.(target, name, offset);
  if (before === undefined && !slot?.element.array) {
    target[name] = value;
    return;
  }
  const array: unknown[] = Array.isArray(before) ? before : before === undefined ? [] : [before];
  reader.note?.(array, array.length, offset);
  array.push(value);
  target[name] = array;
}

/** Value in `name`, id and extensions in `_name` (https://hl7.org/fhir/R4/json.html#primitive). */
function addPrimitive(reader: Reader, frame: Frame, target: Elements): void {
  const { name, offset, slot, value: text } = frame;
  const value = text === undefined ? undefined : primitiveValue(slot!.type, text);
  const extra = Object.keys(frame.object).length > 0 ? frame.object : undefined;
  if (value === undefined && extra === undefined) report(reader, frame, 'xml-element-empty', { name });
  const hidden = `_${name}`;
  const first = target[name] === undefined && target[hidden] === undefined;
  if (first) reader.note?.(target, name, offset);
  if (first && !slot!.element.array) {
    if (value !== undefined) target[name] = value;
    if (typeof value === 'number') setDecimalText(target, name, text!);
    if (extra) target[hidden] = extra;
    return;
  }
  for (const key of [name, hidden])
    if (target[key] !== undefined && !Array.isArray(target[key])) target[key] = [target[key]];
  const index = countOf(target, name, true);
  // null marks the index of an empty item.
  const values = setItem(target, name, index, extra === undefined ? (value ?? null) : value);
  const extras = setItem(target, hidden, index, extra);
  if (typeof value === 'number') setDecimalText(values!, index, text!);
  reader.note?.((values ?? extras)!, index, offset);
}

/**
 * Sets an item of `name` or `_name`, whose arrays have equal indexes: null for an absent item, no array without items.
 */
function setItem(target: Elements, key: string, index: number, value: unknown): unknown[] | undefined {
  if (value === undefined && target[key] === undefined) return undefined;
  const array = (target[key] as unknown[] | undefined) ?? Array<unknown>(index).fill(null);
  array[index] = value ?? null;
  target[key] = array;
  return array;
}

/** Each has a line to find and a text to build: a hostile document has a hundred thousand of them. */
const maximumIssues = 50_000;

function report<R extends RuleCode>(reader: Reader, frame: Frame, rule: R, details: Details<R>): void {
  if (reader.issues.length >= maximumIssues) return;
  reader.issues.push(issue(rule, details, { ...reader.locate(frame.offset), expression: pathOf(frame) }));
}
