import { attributes, common, elements } from './xhtml-names.ts';

/** A reader of the XHTML subset of narratives; linear, without entities of its own and without looking anything up. */

type Xhtml = {
  readonly problems: readonly string[];
  readonly ids: readonly string[];
  readonly links: readonly string[];
};

const predefined = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
const reference = /&(?:([A-Za-z][A-Za-z0-9]*)|#(?:\d+|x[0-9A-Fa-f]+));|&/g;
const visible = /\S/;
const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

/** A narrative is read on every message, so this is one pass with no copies but those of names. */
type Reading = {
  readonly text: string;
  at: number;
  /** Names of the elements that are open. */
  readonly open: string[];
  content: boolean;
  rooted: boolean;
  namespace: string | undefined;
  /** Where the next & stands, or past the end. */
  ampersand: number;
  readonly problems: string[];
  readonly ids: string[];
  readonly links: string[];
};

/** Problems name elements, attributes and entities of HTML only; at most the first ten. */
export function readXhtml(source: string): Xhtml {
  const text = source.trim();
  const reading: Reading = {
    text,
    at: 0,
    open: [],
    content: false,
    rooted: false,
    namespace: undefined,
    ampersand: -1,
    problems: [],
    ids: [],
    links: [],
  };
  while (reading.at < text.length) {
    if (text.charCodeAt(reading.at) !== less) {
      const next = text.indexOf('<', reading.at);
      readText(reading, next < 0 ? text.length : next);
      if (next < 0) break;
      reading.at = next;
    }
    if (!readMarkup(reading)) break;
  }
  const { problems, ids, links, open, content } = reading;
  if (problems.length === 0 && open.length > 0) tell(reading, `<${shown(open.at(-1) ?? '')}> is not closed`);
  if (problems.length === 0 && !content) tell(reading, 'it holds no text');
  return { problems, ids, links };
}

function tell({ problems }: Reading, problem: string): void {
  if (problems.length < 10 && !problems.includes(problem)) problems.push(problem);
}

function readText(reading: Reading, end: number): void {
  const { text, at, open } = reading;
  if (end === at) return;
  if (reading.ampersand < at) reading.ampersand = nextOrEnd(text, at);
  if (reading.ampersand < end) entities(reading, text.slice(at, end));
  if (reading.content && open.length > 0) return;
  const first = text.charCodeAt(at);
  if ((first <= 32 || first > 126) && !visible.test(text.slice(at, end))) return;
  reading.content = true;
  if (open.length === 0) tell(reading, 'text outside the div');
}

function nextOrEnd(text: string, at: number): number {
  const found = text.indexOf('&', at);
  return found < 0 ? text.length : found;
}

/** One tag or comment; false when nothing sensible can follow. */
function readMarkup(reading: Reading): boolean {
  const { text, at, open } = reading;
  const after = text.charCodeAt(at + 1);
  if (after === slash) return readEnd(reading);
  if (after === exclamation && text.startsWith('<!--', at)) {
    const end = text.indexOf('-->', at + 4);
    if (end < 0) return fail(reading, 'markup that is not closed');
    reading.at = end + 3;
    return true;
  }
  const known = commonTag(reading, at + 1);
  const tag = known ?? nameAt(reading, at + 1);
  if (tag === '') return fail(reading, 'a < that opens no element');
  if (open.length === 0) {
    if (reading.rooted || tag !== 'div') tell(reading, 'the root is one <div>');
    reading.rooted = true;
  } else if (known === undefined && !elements.has(tag)) tell(reading, `element ${shown(tag)} is not allowed`);
  if (tag === 'img') reading.content = true;
  reading.namespace = undefined;
  const empty = readAttributes(reading);
  if (empty === undefined) return false;
  if (open.length === 0 && reading.namespace !== xhtmlNamespace)
    tell(reading, `the div needs xmlns="${xhtmlNamespace}"`);
  if (!empty) open.push(tag);
  return true;
}

const [slash, exclamation, less, greater, equalsSign, quote, apostrophe] = [47, 33, 60, 62, 61, 34, 39];
const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

function fail(reading: Reading, problem: string): false {
  tell(reading, problem);
  return false;
}

/** Letters, digits and what else a name of XHTML has. */
const isNamePart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 58) ||
  code === 45 ||
  code === 46 ||
  code === 95;

for (const it of [
  'div',
  'p',
  'b',
  'br',
  'i',
  'a',
  'ul',
  'li',
  'td',
  'tr',
  'th',
  'table',
  'tbody',
  'thead',
  'span',
  'h3',
  'caption',
])
  common[it.charCodeAt(0)]!.push(it);

function commonTag(reading: Reading, at: number): string | undefined {
  const { text } = reading;
  const names = common[text.charCodeAt(at)];
  if (!names) return undefined;
  for (const it of names) {
    if (!text.startsWith(it, at) || isNamePart(text.charCodeAt(at + it.length))) continue;
    reading.at = at + it.length;
    return it;
  }
  return undefined;
}

/** The name at a place, and the reading moved after it; empty when there is none. */
function nameAt(reading: Reading, at: number): string {
  const { text } = reading;
  let end = at;
  while (isNamePart(text.charCodeAt(end))) end++;
  const first = text.charCodeAt(at);
  if (end === at || first <= 58) return '';
  reading.at = end;
  return text.slice(at, end);
}

function readEnd(reading: Reading): boolean {
  const { text, at, open } = reading;
  const tag = open.pop();
  const after = at + 2 + (tag?.length ?? 0);
  if (tag === undefined || !text.startsWith(tag, at + 2) || isNamePart(text.charCodeAt(after)))
    return fail(reading, `</${shown(nameAt(reading, at + 2))}> closes another element`);
  reading.at = after;
  while (isSpace(text.charCodeAt(reading.at))) reading.at++;
  if (text.charCodeAt(reading.at) !== greater) return fail(reading, 'markup that is not closed');
  reading.at++;
  return true;
}

/** Up to the end of the tag: whether the element is empty, undefined when the tag is broken. */
function readAttributes(reading: Reading): boolean | undefined {
  const { text } = reading;
  for (;;) {
    if (text.charCodeAt(reading.at) === greater) {
      reading.at++;
      return false;
    }
    const before = reading.at;
    while (isSpace(text.charCodeAt(reading.at))) reading.at++;
    const code = text.charCodeAt(reading.at);
    if (code === greater || (code === slash && text.charCodeAt(reading.at + 1) === greater)) {
      reading.at += code === slash ? 2 : 1;
      return code === slash;
    }
    const key = before === reading.at ? '' : nameAt(reading, reading.at);
    if (key === '' || !readAttribute(reading, key)) {
      tell(reading, 'markup that is not closed');
      return undefined;
    }
  }
}

function readAttribute(reading: Reading, key: string): boolean {
  const { text } = reading;
  while (isSpace(text.charCodeAt(reading.at))) reading.at++;
  if (text.charCodeAt(reading.at) !== equalsSign) return false;
  reading.at++;
  while (isSpace(text.charCodeAt(reading.at))) reading.at++;
  const mark = text.charCodeAt(reading.at);
  if (mark !== quote && mark !== apostrophe) return false;
  const end = text.indexOf(mark === quote ? '"' : "'", reading.at + 1);
  if (end < 0) return false;
  const value = text.slice(reading.at + 1, end);
  reading.at = end + 1;
  if (value.includes('<')) return false;
  entities(reading, value);
  if (key === 'xmlns') reading.namespace = value;
  else if (!attributes.has(key)) tell(reading, `attribute ${shown(key)} is not allowed`);
  if (key === 'id' || key === 'name') reading.ids.push(value);
  else if (key === 'href' || key === 'src') {
    reading.links.push(value);
    if (/^\s*javascript:/i.test(value)) tell(reading, 'a script as link is not allowed');
  }
  return true;
}

function entities(reading: Reading, text: string): void {
  if (!text.includes('&')) return;
  for (const [whole, entity] of text.matchAll(reference)) {
    if (whole === '&') tell(reading, 'a & that starts no entity');
    else if (entity !== undefined && !predefined.has(entity))
      tell(reading, `entity &${shown(entity)}; is not one of XML; write the character itself`);
  }
}

/** Names come from the message; only what looks like a name is repeated. */
const shown = (it: string): string => (/^[A-Za-z][A-Za-z0-9:-]{0,30}$/.test(it) ? it : '?');
