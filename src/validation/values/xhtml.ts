import { allowedAttributes, allowedElements, isNamePart, nameAt } from './xhtml-names.ts';

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

/**
 * Every message has narratives, so this is one pass that copies only names. Each function takes the position and returns
 * the one after what it read, or -1 when the rest cannot be read: V8 holds it in a register then.
 */
type XhtmlReader = {
  readonly text: string;
  /** The characters of the text, and a < after them: whatever is read ends there. */
  readonly codes: Uint16Array;
  readonly hasEntities: boolean;
  /** Names of the open elements. */
  readonly open: string[];
  content: boolean;
  rooted: boolean;
  namespace: string | undefined;
  readonly problems: string[];
  readonly ids: string[];
  readonly links: string[];
};

/**
 * V8 reads a typed array three times as fast as the characters of a string, copying included. One copy at a time: reading
 * calls nothing that reads another narrative.
 */
const space = new Uint16Array(1 << 15);
const bytesOfSpace = Buffer.from(space.buffer);

function codesOf(text: string): Uint16Array {
  const fits = text.length < space.length;
  const codes = fits ? space : new Uint16Array(text.length + 1);
  (fits ? bytesOfSpace : Buffer.from(codes.buffer)).write(text, 'utf16le');
  codes[text.length] = less;
  return codes;
}

/** Problems quote names of elements, attributes and entities only; at most ten are listed. */
export function readXhtml(source: string): Xhtml {
  const text = source.trim();
  const reader: XhtmlReader = {
    text,
    codes: codesOf(text),
    hasEntities: text.includes('&'),
    open: [],
    content: false,
    rooted: false,
    namespace: undefined,
    problems: [],
    ids: [],
    links: [],
  };
  readAll(reader);
  const { problems, ids, links, open, content } = reader;
  if (problems.length === 0 && open.length > 0) addProblem(reader, `<${quoted(open.at(-1) ?? '')}> is not closed`);
  return { problems, isEmpty: problems.length === 0 && !content, ids, links };
}

/** Text and the usual tags are read here, in one function: calls would take as long as the reading. */
function readAll(reader: XhtmlReader): void {
  const { text, codes, hasEntities, open } = reader;
  const { length } = text;
  for (let at = 0; at >= 0 && at < length; ) {
    if (codes[at] !== less) {
      const start = at;
      while (codes[at] !== less) at++;
      if (hasEntities) entities(reader, text.slice(start, at));
      if (!reader.content || open.length === 0) readContent(reader, start, at);
      if (at === length) return;
    }
    if (codes[at + 1] === slash) {
      const tag = open.pop() ?? '';
      let end = at + 2;
      for (let i = 0; i < tag.length && codes[end] === tag.charCodeAt(i); i++) end++;
      const isClosed = codes[end] === greater && end === at + 2 + tag.length && tag !== '';
      at = isClosed ? end + 1 : readOtherEnd(reader, at + 2, tag);
    } else {
      const number = open.length === 0 ? 0 : nameAt(allowedElements, codes, at + 1);
      at = number === 0 ? readOther(reader, at) : readStart(reader, at, allowedElements.names[number]!);
    }
  }
}

function readStart(reader: XhtmlReader, at: number, tag: string): number {
  const { codes, open } = reader;
  if (!reader.content && tag === 'img') reader.content = true;
  const after = at + 1 + tag.length;
  const end = codes[after] === greater ? after + 1 : readAttributes(reader, after);
  if (end > 0 && codes[end - 2] !== slash) open.push(tag);
  return end;
}

function addProblem({ problems }: XhtmlReader, problem: string): void {
  if (problems.length < 10 && !problems.includes(problem)) problems.push(problem);
}

const stopped = -1;

function stop(reader: XhtmlReader, problem: string): number {
  addProblem(reader, problem);
  return stopped;
}

function readContent(reader: XhtmlReader, start: number, end: number): void {
  if (!isVisible(reader, start, end)) return;
  reader.content = true;
  if (reader.open.length === 0) addProblem(reader, 'text outside the div');
}

/** Indentation is passed over character by character; what is not ASCII is left to the regular expression. */
function isVisible({ text, codes }: XhtmlReader, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = codes[at]!;
    if (isSpace(code)) continue;
    return (code > 32 && code < 127) || visible.test(text.slice(at, end));
  }
  return false;
}

/** What is in a narrative once or never: its root, comments, elements that are not allowed. */
function readOther(reader: XhtmlReader, at: number): number {
  const { text, codes, open } = reader;
  if (text.startsWith('<!--', at)) {
    const end = text.indexOf('-->', at + 4);
    return end < 0 ? stop(reader, 'markup that is not closed') : end + 3;
  }
  const tag = readName(reader, at + 1);
  if (tag === '') return stop(reader, 'a < that does not open an element');
  const isRoot = open.length === 0;
  if (!isRoot) addProblem(reader, `element ${quoted(tag)} is not allowed`);
  else if (reader.rooted || tag !== 'div') addProblem(reader, 'the root is one <div>');
  reader.rooted = true;
  reader.namespace = undefined;
  const end = readAttributes(reader, at + 1 + tag.length);
  if (end < 0) return end;
  if (isRoot && reader.namespace !== xhtmlNamespace) addProblem(reader, `the div needs xmlns="${xhtmlNamespace}"`);
  if (codes[end - 2] !== slash) open.push(tag);
  return end;
}

const [slash, less, greater, equalsSign, quote, apostrophe] = [47, 60, 62, 61, 34, 39];
const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

function afterSpaces(codes: Uint16Array, start: number): number {
  let at = start;
  while (isSpace(codes[at]!)) at++;
  return at;
}

/** The name at a position, whatever it is; empty when there is none. */
function readName({ text, codes }: XhtmlReader, at: number): string {
  let end = at;
  while (isNamePart(codes[end]!)) end++;
  return end === at || codes[at]! <= 58 ? '' : text.slice(at, end);
}

/** An end tag with white space, or of another element. */
function readOtherEnd(reader: XhtmlReader, at: number, tag: string): number {
  const name = readName(reader, at);
  if (tag === '' || name !== tag) return stop(reader, `</${quoted(name)}> closes another element`);
  const end = afterSpaces(reader.codes, at + tag.length);
  return reader.codes[end] === greater ? end + 1 : stop(reader, 'markup that is not closed');
}

/** Reads to the end of the tag; only that of an empty element has a slash before its >. */
function readAttributes(reader: XhtmlReader, start: number): number {
  const { codes } = reader;
  for (let before = start; ; ) {
    const at = afterSpaces(codes, before);
    const code = codes[at]!;
    if (code === greater) return at + 1;
    if (code === slash && codes[at + 1] === greater) return at + 2;
    const number = nameAt(allowedAttributes, codes, at);
    const key = number === 0 ? readName(reader, at) : allowedAttributes.names[number]!;
    const end = before === at || key === '' ? stopped : readAttribute(reader, at + key.length, number, key);
    if (end < 0) return stop(reader, 'markup that is not closed');
    before = end;
  }
}

function readAttribute(reader: XhtmlReader, after: number, number: number, key: string): number {
  const { text, codes, hasEntities } = reader;
  const sign = codes[after] === equalsSign ? after : afterSpaces(codes, after);
  if (codes[sign] !== equalsSign) return stopped;
  const start = codes[sign + 1] === quote ? sign + 2 : afterSpaces(codes, sign + 1) + 1;
  const mark = codes[start - 1]!;
  if (mark !== quote && mark !== apostrophe) return stopped;
  let end = start;
  for (let code = codes[end]!; code !== mark; code = codes[++end]!) if (code === less) return stopped;
  if (hasEntities) entities(reader, text.slice(start, end));
  if (number === 0) addProblem(reader, `attribute ${quoted(key)} is not allowed`);
  else if (number === xmlns && text.startsWith(xhtmlNamespace, start) && end === start + xhtmlNamespace.length)
    reader.namespace = xhtmlNamespace;
  else if (meaningful[number]) readMeaning(reader, key, text.slice(start, end));
  return end + 1;
}

/** By number: the attributes whose values matter. Those of the others are not even copied. */
const meaningful: readonly boolean[] = allowedAttributes.names.map((it) =>
  ['xmlns', 'id', 'name', 'href', 'src'].includes(it),
);

const xmlns = allowedAttributes.names.indexOf('xmlns');

function readMeaning(reader: XhtmlReader, key: string, value: string): void {
  if (key === 'xmlns') reader.namespace = value;
  else if (key === 'id' || key === 'name') reader.ids.push(value);
  else {
    reader.links.push(value);
    if (/^\s*javascript:/i.test(value)) addProblem(reader, 'a script as link is not allowed');
  }
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
