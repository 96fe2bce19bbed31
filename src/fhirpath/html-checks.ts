import { SaxesParser } from 'saxes';

/**
 * Permitted content of a narrative (https://hl7.org/fhir/R4/narrative.html#security, invariants txt-1 and txt-2): the formatting
 * elements of HTML 4 chapters 7-11 and 15, links by name or href, images, and style attributes.
 */
const elements = new Set(
  (
    'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 ' +
    'hr i img kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'
  ).split(' '),
);

const everywhere = new Set(
  'title style class id lang xml:lang xml:space dir accesskey tabindex span width align valign char charoff abbr axis headers scope rowspan colspan'.split(
    ' ',
  ),
);

const special: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'name', 'charset', 'type', 'hreflang', 'rel', 'rev', 'shape', 'coords', 'target'],
  area: ['shape', 'coords', 'href', 'nohref', 'alt'],
  blockquote: ['cite'],
  col: [],
  div: ['xmlns'],
  img: ['src', 'alt', 'border', 'height', 'longdesc', 'usemap', 'ismap', 'name'],
  li: ['value', 'type'],
  map: ['name'],
  ol: ['start', 'type'],
  q: ['cite'],
  table: ['summary', 'border', 'frame', 'rules', 'cellspacing', 'cellpadding'],
  td: ['nowrap'],
  th: ['nowrap'],
  ul: ['type'],
};

const xhtml = 'http://www.w3.org/1999/xhtml';
/** Limit on nesting: it bounds the parser's stack. */
const maxDepth = 200;

/**
 * htmlChecks() of R4: a well-formed `div` of the allowed elements and attributes, with some text or an image in it.
 * Links that run scripts are refused. Linear.
 */
export function htmlChecks(text: string): boolean {
  const parser = new SaxesParser({ xmlns: false, fragment: false, position: false });
  let valid = true;
  let content = false;
  let depth = 0;
  const refuse = (): void => {
    valid = false;
  };
  parser.on('error', refuse);
  parser.on('doctype', refuse);
  parser.on('processinginstruction', refuse);
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > maxDepth || !elements.has(name) || (depth === 1 && (name !== 'div' || attributes.xmlns !== xhtml)))
      refuse();
    if (name === 'img') content = true;
    for (const [attribute, value] of Object.entries(attributes)) {
      if (
        !allowed(name, attribute) ||
        (isLink(attribute) && !isSafeLink(value)) ||
        (attribute === 'xmlns' && value !== xhtml)
      )
        refuse();
    }
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  parser.on('text', (it) => {
    if (/\S/.test(it)) content = true;
  });
  parser.on('cdata', (it) => {
    if (/\S/.test(it)) content = true;
  });
  for (const [name, character] of Object.entries(entities)) parser.ENTITIES[name] = character;
  try {
    parser.write(text).close();
  } catch {
    return false;
  }
  return valid && content;
}

const allowed = (element: string, attribute: string): boolean =>
  everywhere.has(attribute) || (Object.hasOwn(special, element) && (special[element]?.includes(attribute) ?? false));

const isLink = (attribute: string): boolean =>
  attribute === 'href' || attribute === 'src' || attribute === 'cite' || attribute === 'longdesc';
/** Control characters and spaces are skipped by browsers before a scheme. */
const isSafeLink = (value: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers skip them
  !/^(?:javascript|vbscript|data:text)/i.test(value.replace(/[\u0000-\u0020]/g, ''));

/** Entities of narratives besides the five of XML. */
const entities: Readonly<Record<string, string>> = {
  nbsp: '\u00a0',
  copy: '\u00a9',
  reg: '\u00ae',
  hellip: '\u2026',
  ndash: '\u2013',
  mdash: '\u2014',
  eacute: '\u00e9',
  euml: '\u00eb',
  euro: '\u20ac',
};
