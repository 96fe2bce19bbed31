import { type Issue, issue } from '../../fhir/issue.ts';
import { upperFirst } from '../../fhir/model.ts';
import { defaultLimits, type Limits, lineIndex, ParseError, shownName } from '../../fhir/parse-error.ts';
import { type XhtmlWriter, xhtmlWriter } from '../../fhir/xhtml.ts';
import { eachAttribute, readXmlTokens, type XmlTag } from '../../fhir/xml-tokens.ts';
import { primitiveValue } from '../../fhir/xml-value.ts';
import type { Representation } from '../types/logical-model.ts';
import type { Types } from '../types/types.ts';

export type ReadModelXml = (text: string, limits?: Partial<Limits>) => object;

/**
 * Reader of XML by a logical model with a namespace, the inverse of write.ts: attributes, text and xsi:type by the
 * representations of its elements. A primitive is read from its `value` attribute or else from its text, as in most XML
 * outside FHIR. Content that is not in the model is retained under its own name, so that the trace reports it as unread.
 * Undefined for any other type. The reader throws ParseError with every error, each with line and column.
 */
export function modelXmlReader(type: string | undefined, types: Types): ReadModelXml | undefined {
  const logical = type === undefined ? undefined : types.logical(type);
  if (type === undefined || !logical?.namespace) return undefined;
  const root = { name: logical.name, namespace: logical.namespace, type };
  return (text, limits) => read(text.replace(/^\uFEFF/, ''), root, types, limits?.depth ?? defaultLimits.depth);
}

type Values = Record<string, unknown>;
type Frame = {
  readonly name: string;
  /** Undefined for an element that is not in the model. */
  readonly type: string | undefined;
  readonly repeats: boolean;
  readonly object: Values;
  readonly offset: number;
  readonly level: number;
  readonly parent: Frame | undefined;
  value: string | undefined;
  text: string;
};

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

function read(
  text: string,
  root: { readonly name: string; readonly namespace: string; readonly type: string },
  types: Types,
  depth: number,
): object {
  const locate = lineIndex(text);
  const issues: Issue[] = [];
  let [current, done]: [Frame | undefined, object] = [undefined, {}];
  let narrative: XhtmlWriter | undefined;

  const representation = (type: string | undefined, name: string): readonly Representation[] =>
    (type === undefined ? undefined : types.logical(type)?.representations.get(type)?.get(name)) ?? [];

  const frameOf = (tag: XmlTag, offset: number): Frame => {
    const { local: name, uri } = tag;
    const parent = current;
    const level = (parent?.level ?? 0) + 1;
    const place = locate(offset);
    if (level > depth) throw new ParseError([issue('nested-too-deep', { limit: depth }, place)]);
    if (uri !== root.namespace || (!parent && name !== root.name)) {
      const wrong = issue('xml-namespace-invalid', { name: shownName(name), expected: root.namespace }, place);
      if (!parent) throw new ParseError([wrong]);
      issues.push(wrong);
    } else if (parent && isPrimitive(parent))
      issues.push(issue('xml-element-unknown', { parent: shownName(parent.name), name: shownName(name) }, place));
    const property = parent?.type === undefined ? undefined : types.model(parent.type)?.properties.get(name);
    const type = parent
      ? property && typeOf(tag, property.type, representation(parent.type, property.element.name))
      : root.type;
    const repeats = property?.element.array ?? false;
    return { name, type, repeats, object: Object.create(null), offset, level, parent, value: undefined, text: '' };
  };

  /** The type of xsi:type, where the model delegates the type to the message. */
  const typeOf = (tag: XmlTag, declared: string, how: readonly Representation[]): string => {
    let found: string | undefined;
    if (how.includes('typeAttr'))
      eachAttribute(tag, ({ local, uri, value }) => {
        if (local === 'type' && uri === schemaInstance) found = types.nameOf(value.replace(/^.*:/, ''));
      });
    return found !== undefined && types.isA(found, declared) ? found : declared;
  };

  const isPrimitive = ({ type }: Frame): boolean => type !== undefined && types.isPrimitive(type);

  const readAttributes = (frame: Frame, tag: XmlTag): void => {
    const primitive = isPrimitive(frame);
    eachAttribute(tag, ({ local, uri, value }) => {
      if (uri === schemaInstance || local === '__proto__') return;
      if (primitive && local === 'value' && !uri) frame.value = value;
      else if (primitive) {
        // A primitive has no place for it, and what is read nowhere must not vanish.
        const names = { parent: shownName(frame.name), name: shownName(local) };
        issues.push(issue('xml-attribute-unknown', names, locate(frame.offset)));
      } else {
        const property = frame.type === undefined ? undefined : types.model(frame.type)?.properties.get(local);
        const read = property ? primitiveValue(property.type, value) : value;
        const before = frame.object[local];
        frame.object[local] = before === undefined ? read : [before, read].flat();
      }
    });
  };

  const contentOf = (frame: Frame): unknown => {
    const { type, object } = frame;
    const text = frame.text.trim();
    if (type !== undefined && types.isPrimitive(type)) {
      if (frame.value !== undefined && text !== '')
        issues.push(issue('xml-text-forbidden', { name: shownName(frame.name) }, locate(frame.offset)));
      const written = frame.value ?? text;
      return written === '' ? undefined : primitiveValue(type, written);
    }
    if (type === undefined) {
      if (Object.keys(object).length === 0) return text;
      const beside = object.text === undefined ? text : [object.text, text].flat();
      return text ? { ...object, text: beside } : object;
    }
    const content = [...(types.model(type)?.elements.values() ?? [])].find(({ name }) =>
      representation(type, name).some((how) => how === 'xmlText' || how === 'cdaText'),
    );
    const [contentType = 'string'] = content?.types ?? [];
    if (content && text)
      object[content.choice ? content.name + upperFirst(contentType) : content.name] = primitiveValue(
        contentType,
        text,
      );
    else if (text) issues.push(issue('xml-text-forbidden', { name: shownName(frame.name) }, locate(frame.offset)));
    return object;
  };

  const add = (frame: Frame, value: unknown): void => {
    const { name, parent, repeats, type } = frame;
    if (!parent || value === undefined || name === '__proto__') return;
    const before = parent.object[name];
    if (before !== undefined && type !== undefined && !repeats)
      issues.push(issue('xml-element-repeated', { name: shownName(name) }, locate(frame.offset)));
    if (Array.isArray(before)) before.push(value);
    else if (before !== undefined) parent.object[name] = [before, value];
    else parent.object[name] = repeats ? [value] : value;
  };

  readXmlTokens(text, {
    open: (tag, offset) => {
      if (narrative) return narrative.open(tag);
      const frame = frameOf(tag, offset);
      current = frame;
      if (representation(frame.parent?.type, frame.name).includes('xhtml')) {
        narrative = xhtmlWriter();
        narrative.open(tag);
      } else readAttributes(frame, tag);
    },
    close: () => {
      if (narrative && !narrative.close()) return;
      const frame = current!;
      const value = narrative ? narrative.written() : contentOf(frame);
      narrative = undefined;
      add(frame, value);
      if (!frame.parent) done = frame.object;
      current = frame.parent;
    },
    text: (it) => {
      if (narrative) narrative.text(it);
      else if (current) current.text += it;
    },
    comment: (it) => narrative?.comment(it),
  });
  const [first, ...others] = issues;
  if (first) throw new ParseError([first, ...others]);
  return done;
}
