/** A reader of the XHTML subset of narratives; linear, without entities of its own and without looking anything up. */

export type Xhtml = {
  readonly problems: readonly string[];
  readonly ids: readonly string[];
  readonly links: readonly string[];
};

/** https://hl7.org/fhir/R4/narrative.html#rules: HTML 4.0 chapters 7-11 (but section 4) and 15, links, images. */
const elements = new Set(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'.split(
    ' ',
  ),
);
const attributes = new Set(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords datetime dir frame headers height href hreflang hspace id label lang longdesc name noshade nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:space xmlns'.split(
    ' ',
  ),
);
const predefined = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
const token =
  /<!--[\s\S]*?-->|<(\/?)([A-Za-z][A-Za-z0-9:]*)((?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<|[^<]+/y;
const attribute = /([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const reference = /&(?:([A-Za-z][A-Za-z0-9]*)|#(?:\d+|x[0-9A-Fa-f]+));|&/g;

/** Problems name elements, attributes and entities of HTML only; at most the first ten. */
export function readXhtml(text: string): Xhtml {
  const problems: string[] = [];
  const [ids, links, open]: [string[], string[], string[]] = [[], [], []];
  let content = false;
  let rooted = false;
  const tell = (problem: string): void => {
    if (problems.length < 10 && !problems.includes(problem)) problems.push(problem);
  };
  const source = text.trim();
  for (token.lastIndex = 0; token.lastIndex < source.length; ) {
    const found = token.exec(source);
    if (!found) {
      tell('markup that is not closed');
      break;
    }
    const [whole, closing, tag = '', written = '', empty] = found;
    if (whole === '<') {
      tell('a < that opens no element');
      break;
    }
    if (whole.startsWith('<!--')) continue;
    if (tag === '') {
      entities(whole, tell);
      if (whole.trim() !== '') content = true;
      if (open.length === 0 && whole.trim() !== '') tell('text outside the div');
      continue;
    }
    if (closing) {
      if (open.pop() !== tag) {
        tell(`</${shown(tag)}> closes another element`);
        break;
      }
      continue;
    }
    if (open.length === 0) {
      if (rooted || tag !== 'div') tell('the root is one <div>');
      rooted = true;
    } else if (!elements.has(tag)) tell(`element ${shown(tag)} is not allowed`);
    if (tag === 'img') content = true;
    const namespace = readAttributes(written, tell, ids, links);
    if (open.length === 0 && namespace !== 'http://www.w3.org/1999/xhtml')
      tell('the div needs xmlns="http://www.w3.org/1999/xhtml"');
    if (!empty) open.push(tag);
  }
  if (problems.length === 0 && open.length > 0) tell(`<${shown(open.at(-1) ?? '')}> is not closed`);
  if (problems.length === 0 && !content) tell('it holds no text');
  return { problems, ids, links };
}

function readAttributes(
  written: string,
  tell: (problem: string) => void,
  ids: string[],
  links: string[],
): string | undefined {
  let namespace: string | undefined;
  for (const [, name = '', double, single] of written.matchAll(attribute)) {
    const value = double ?? single ?? '';
    entities(value, tell);
    if (name === 'xmlns') namespace = value;
    else if (!attributes.has(name)) tell(`attribute ${shown(name)} is not allowed`);
    if (name === 'id') ids.push(value);
    if (name === 'href' || name === 'src') {
      links.push(value);
      if (/^\s*javascript:/i.test(value)) tell('a script as link is not allowed');
    }
  }
  return namespace;
}

function entities(text: string, tell: (problem: string) => void): void {
  if (!text.includes('&')) return;
  for (const [whole, name] of text.matchAll(reference)) {
    if (whole === '&') tell('a & that starts no entity');
    else if (name !== undefined && !predefined.has(name))
      tell(`entity &${shown(name)}; is not one of XML; write the character itself`);
  }
}

/** Names come from the message; only what looks like a name is repeated. */
const shown = (name: string): string => (/^[A-Za-z][A-Za-z0-9:-]{0,30}$/.test(name) ? name : '?');
