import { ParseError } from './parse-error.ts';
import { xhtmlNamespace } from './xml-layout.ts';
import { attributeText, contentText } from './xml-text.ts';
import { eachAttribute, readXmlTokens, type XmlTag } from './xml-tokens.ts';

/** Void elements of HTML: only these may be written as `<br/>`; browsers misread any other. */
const voidElements: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/**
 * Writes a narrative in the form of FHIR's JSON (https://hl7.org/fhir/R4/narrative.html): the div with XHTML as its
 * default namespace, attributes unchanged, characters unescaped where possible. Text, comments and white space are
 * retained.
 */
export type XhtmlWriter = {
  readonly open: (tag: XmlTag) => void;
  readonly text: (text: string) => void;
  readonly comment: (text: string) => void;
  /** True when the div itself was closed. */
  readonly close: () => boolean;
  /** Number of open elements. */
  readonly depth: () => number;
  readonly written: () => string;
};

export function xhtmlWriter(): XhtmlWriter {
  const names: string[] = [];
  const namespaces: string[] = [''];
  let written = '';
  let inTag = false;
  const endTag = (): void => {
    if (inTag) written += '>';
    inTag = false;
  };
  return {
    open: (tag) => {
      endTag();
      const namespace = tag.uri;
      const declared = namespace === namespaces.at(-1) ? '' : ` xmlns="${attributeText(namespace)}"`;
      written += `<${tag.local}${declared}${attributesText(tag)}`;
      names.push(tag.local);
      namespaces.push(namespace);
      inTag = true;
    },
    text: (text) => {
      endTag();
      written += contentText(text);
    },
    comment: (text) => {
      endTag();
      written += `<!--${text}-->`;
    },
    close: () => {
      const name = names.pop() ?? '';
      namespaces.pop();
      written += inTag ? (voidElements.has(name) ? '/>' : `></${name}>`) : `</${name}>`;
      inTag = false;
      return names.length === 0;
    },
    depth: () => names.length,
    written: () => written,
  };
}

/** Only `xml:` needs no declaration; XHTML in FHIR has no other prefixed attribute. */
function attributesText(tag: XmlTag): string {
  let text = '';
  eachAttribute(tag, ({ name, prefix, value }) => {
    if (prefix === '' || prefix === 'xml') text += ` ${name}="${attributeText(value)}"`;
  });
  return text;
}

/**
 * The div of a narrative as the gateway writes it. Undefined when it is not well-formed XHTML with a div as root, or
 * contains HTML entities or a DOCTYPE, which FHIR's XML forbids.
 */
export function canonicalXhtml(div: string): string | undefined {
  const writer = xhtmlWriter();
  let root: XmlTag | undefined;
  try {
    readXmlTokens(div, {
      open: (tag) => {
        root ??= tag;
        writer.open(tag);
      },
      close: writer.close,
      text: writer.text,
      comment: (text) => {
        // A comment before or after the div is not part of it.
        if (writer.depth() > 0) writer.comment(text);
      },
    });
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
  return root?.local === 'div' && root.uri === xhtmlNamespace ? writer.written() : undefined;
}
