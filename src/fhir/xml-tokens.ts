import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { RuleCode } from './issue.ts';
import { locationAt, type ParseError, parseError } from './parse-error.ts';

export type XmlTag = SaxesTagNS;

export type XmlHandler = {
  /** `offset` is the start of the tag in the text. */
  readonly open: (tag: XmlTag, offset: number) => void;
  readonly close: () => void;
  readonly text: (text: string) => void;
  readonly comment: (text: string) => void;
};

/** Rules that a text can violate at the level of XML tokens. */
type TokenRule = Extract<
  RuleCode,
  | 'xml-syntax'
  | 'xml-incomplete'
  | 'xml-tag-mismatch'
  | 'xml-character-invalid'
  | 'xml-entity-unknown'
  | 'xml-doctype-forbidden'
  | 'xml-processing-instruction-forbidden'
  | 'xml-declaration-unsupported'
>;

/** Error messages of saxes by our rule. Any other message is `xml-syntax`. */
const saxesErrors: readonly (readonly [RegExp, TokenRule])[] = [
  [/^(undefined entity|disallowed character in entity name|empty entity name)/, 'xml-entity-unknown'],
  [/^(unclosed tag|unexpected end|document must contain a root)/, 'xml-incomplete'],
  [/^(unmatched closing tag|unexpected close tag)/, 'xml-tag-mismatch'],
  [/^disallowed character\.$/, 'xml-character-invalid'],
];

/**
 * Reads well-formed XML 1.0 with namespaces (https://www.w3.org/TR/xml-names/) token by token. Refuses anything that
 * could refer outside the text: DOCTYPE, processing instructions, and entities other than the five predefined. Throws a
 * ParseError.
 */
export function readXmlTokens(text: string, handler: XmlHandler): void {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const refuse = (rule: TokenRule, offset = parser.position): ParseError =>
    parseError(rule, {}, locationAt(text, Math.min(offset, text.length)));
  let start = 0;
  parser.on('error', ({ message }) => {
    const reason = message.replace(/^(?:\d+:\d+: )?/, '');
    throw refuse(saxesErrors.find(([pattern]) => pattern.test(reason))?.[1] ?? 'xml-syntax');
  });
  parser.on('opentagstart', () => {
    start = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', (tag) => handler.open(tag, start));
  parser.on('closetag', () => handler.close());
  parser.on('text', handler.text);
  // With more than six handlers saxes runs at a third of its speed (its object becomes a dictionary), so rare handlers
  // are
  // registered only for a text that can call them.
  if (text.includes('<!--')) parser.on('comment', handler.comment);
  if (text.includes('<![CDATA[')) parser.on('cdata', handler.text);
  if (text.includes('<!DOCTYPE'))
    parser.on('doctype', () => {
      throw refuse('xml-doctype-forbidden', text.indexOf('<!DOCTYPE'));
    });
  const declared = /^<\?xml\s/.test(text);
  if (text.includes('<?', declared ? 1 : 0))
    parser.on('processinginstruction', () => {
      throw refuse('xml-processing-instruction-forbidden', text.lastIndexOf('<?', parser.position));
    });
  if (declared)
    parser.on('xmldecl', ({ version, encoding }) => {
      const isSupported = version === '1.0' && (encoding === undefined || /^(utf-?8|us-ascii)$/i.test(encoding));
      if (!isSupported) throw refuse('xml-declaration-unsupported', 0);
    });
  parser.write(text).close();
}

export type XmlAttribute = XmlTag['attributes'][string];

/** Visits the attributes of a tag, except namespace declarations. */
export function eachAttribute({ attributes }: XmlTag, visit: (attribute: XmlAttribute) => void): void {
  for (const name in attributes) {
    const attribute = attributes[name]!;
    if (name !== 'xmlns' && attribute.prefix !== 'xmlns') visit(attribute);
  }
}
