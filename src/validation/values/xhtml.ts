import { allowedAttributes, allowedElements, commonTags } from './xhtml-names.ts';

/** A reader of the XHTML subset of narratives: linear time, only predefined entities, no external lookups. */

type Xhtml = {
  readonly problems: readonly string[];
  /** XHTML as it should be, without text or an image. */
  readonly isEmpty: boolean;
  readonly ids: readonly string[];
  readonly links: readonly string[];
};

const predefined = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
const reference = /&(?:([A-Za-z][A-Za-z0-9]*)|#(?:\d+|x[0-9A-Fa-f]+));|&/g;
const visible = /\S/;
const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

/** Every message has narratives, so this is one pass that copies only names. */
type XhtmlReader = {
  readonly text: string;
  at: number;
  /** Names of the open elements. */
  readonly open: string[];
  content: boolean;
  rooted: boolean;
  namespace: string | undefined;
  /** Position of the next &, or past the end. */
  ampersand: number;
  readonly problems: string[];
  readonly ids: string[];
  readonly links: string[];
};

/** Problems quote names of elements, attributes and entities only; at most ten are listed. */
export function readXhtml(source: string): Xhtml {
  const text = source.trim();
  const reader: XhtmlReader = {
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
  while (reader.at < text.length) {
    if (text.charCodeAt(reader.at) !== less) {
      const next = text.indexOf('<', reader.at);
      readText(reader, next < 0 ? text.length : next);
      if (next < 0) break;
      reader.at = next;
    }
    if (!readMarkup(reader)) break;
  }
  const { problems, ids, links, open, content } = reader;
  if (problems.length === 0 && open.length > 0) addProblem(reader, `<${quoted(open.at(-1) ?? '')}> is not closed`);
  return { problems, isEmpty: problems.length === 0 && !content, ids, links };
}

function addProblem({ problems }: XhtmlReader, problem: string): void {
  if (problems.length < 10 && !problems.includes(problem)) problems.push(problem);
}

function readText(reader: XhtmlReader, end: number): void {
  const { text, at, open } = reader;
  if (end === at) return;
  if (reader.ampersand < at) reader.ampersand = nextOrEnd(text, at);
  if (reader.ampersand < end) entities(reader, text.slice(at, end));
  if (reader.content && open.length > 0) return;
  const first = text.charCodeAt(at);
  if ((first <= 32 || first > 126) && !visible.test(text.slice(at, end))) return;
  reader.content = true;
  if (open.length === 0) addProblem(reader, 'text outside the div');
}

function nextOrEnd(text: string, at: number): number {
  const found = text.indexOf('&', at);
  return found < 0 ? text.length : found;
}

/** Reads one tag or comment; false when the rest cannot be read. */
function readMarkup(reader: XhtmlReader): boolean {
  const { text, at, open } = reader;
  const after = text.charCodeAt(at + 1);
  if (after === slash) return readEnd(reader);
  if (after === exclamation && text.startsWith('<!--', at)) {
    const end = text.indexOf('-->', at + 4);
    if (end < 0) return stop(reader, 'markup that is not closed');
    reader.at = end + 3;
    return true;
  }
  const commonName = commonTag(reader, at + 1);
  const tag = commonName ?? readName(reader, at + 1);
  if (tag === '') return stop(reader, 'a < that does not open an element');
  if (open.length === 0) {
    if (reader.rooted || tag !== 'div') addProblem(reader, 'the root is one <div>');
    reader.rooted = true;
  } else if (commonName === undefined && !allowedElements.has(tag))
    addProblem(reader, `element ${quoted(tag)} is not allowed`);
  if (tag === 'img') reader.content = true;
  reader.namespace = undefined;
  const empty = readAttributes(reader);
  if (empty === undefined) return false;
  if (open.length === 0 && reader.namespace !== xhtmlNamespace)
    addProblem(reader, `the div needs xmlns="${xhtmlNamespace}"`);
  if (!empty) open.push(tag);
  return true;
}

const [slash, exclamation, less, greater, equalsSign, quote, apostrophe] = [47, 33, 60, 62, 61, 34, 39];
const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

function stop(reader: XhtmlReader, problem: string): false {
  addProblem(reader, problem);
  return false;
}

/** Letters, digits and the other characters of XHTML names. */
const isNamePart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 58) ||
  code === 45 ||
  code === 46 ||
  code === 95;

function commonTag(reader: XhtmlReader, at: number): string | undefined {
  const { text } = reader;
  const names = commonTags[text.charCodeAt(at)];
  if (!names) return undefined;
  for (const it of names) {
    if (!text.startsWith(it, at) || isNamePart(text.charCodeAt(at + it.length))) continue;
    reader.at = at + it.length;
    return it;
  }
  return undefined;
}

/** Reads a name and moves past it; empty when there is none. */
function readName(reader: XhtmlReader, at: number): string {
  const { text } = reader;
  let end = at;
  while (isNamePart(text.charCodeAt(end))) end++;
  const first = text.charCodeAt(at);
  if (end === at || first <= 58) return '';
  reader.at = end;
  return text.slice(at, end);
}

function readEnd(reader: XhtmlReader): boolean {
  const { text, at, open } = reader;
  const tag = open.pop();
  const after = at + 2 + (tag?.length ?? 0);
  if (tag === undefined || !text.startsWith(tag, at + 2) || isNamePart(text.charCodeAt(after)))
    return stop(reader, `</${quoted(readName(reader, at + 2))}> closes another element`);
  reader.at = after;
  while (isSpace(text.charCodeAt(reader.at))) reader.at++;
  if (text.charCodeAt(reader.at) !== greater) return stop(reader, 'markup that is not closed');
  reader.at++;
  return true;
}

/** Reads to the end of the tag: true for an empty element, undefined for a malformed tag. */
function readAttributes(reader: XhtmlReader): boolean | undefined {
  const { text } = reader;
  for (;;) {
    if (text.charCodeAt(reader.at) === greater) {
      reader.at++;
      return false;
    }
    const before = reader.at;
    while (isSpace(text.charCodeAt(reader.at))) reader.at++;
    const code = text.charCodeAt(reader.at);
    if (code === greater || (code === slash && text.charCodeAt(reader.at + 1) === greater)) {
      reader.at += code === slash ? 2 : 1;
      return code === slash;
    }
    const key = before === reader.at ? '' : readName(reader, reader.at);
    if (key === '' || !readAttribute(reader, key)) {
      addProblem(reader, 'markup that is not closed');
      return undefined;
    }
  }
}

function readAttribute(reader: XhtmlReader, key: string): boolean {
  const { text } = reader;
  while (isSpace(text.charCodeAt(reader.at))) reader.at++;
  if (text.charCodeAt(reader.at) !== equalsSign) return false;
  reader.at++;
  while (isSpace(text.charCodeAt(reader.at))) reader.at++;
  const mark = text.charCodeAt(reader.at);
  if (mark !== quote && mark !== apostrophe) return false;
  const end = text.indexOf(mark === quote ? '"' : "'", reader.at + 1);
  if (end < 0) return false;
  const value = text.slice(reader.at + 1, end);
  reader.at = end + 1;
  if (value.includes('<')) return false;
  entities(reader, value);
  if (key === 'xmlns') reader.namespace = value;
  else if (!allowedAttributes.has(key)) addProblem(reader, `attribute ${quoted(key)} is not allowed`);
  if (key === 'id' || key === 'name') reader.ids.push(value);
  else if (key === 'href' || key === 'src') {
    reader.links.push(value);
    if (/^\s*javascript:/i.test(value)) addProblem(reader, 'a script as link is not allowed');
  }
  return true;
}

function entities(reader: XhtmlReader, text: string): void {
  if (!text.includes('&')) return;
  for (const [whole, entity] of text.matchAll(reference)) {
    if (whole === '&') addProblem(reader, 'a & that does not start an entity');
    else if (entity !== undefined && !predefined.has(entity))
      addProblem(reader, `entity &${quoted(entity)}; is not one of XML; write the character itself`);
  }
}

/** Names come from the message, so only well-formed ones are quoted. */
const quoted = (it: string): string => (/^[A-Za-z][A-Za-z0-9:-]{0,30}$/.test(it) ? it : '?');
