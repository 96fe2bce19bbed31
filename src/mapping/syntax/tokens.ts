import type { Place } from './tree.ts';

export type TokenKind =
  | 'name'
  | 'backticks'
  | 'string'
  | 'quoted'
  | 'markdown'
  | 'number'
  | 'moment'
  | 'mark'
  | 'metadata'
  /** A comment without its end: the rest of the text. */
  | 'unclosed'
  | 'unknown'
  | 'end';

/** A token of a map. `value` is the text without quotes and escapes; `from` and `to` are offsets in the file. */
export type Token = Place & {
  readonly kind: TokenKind;
  readonly text: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
  /** Comments since the previous token, each without its slashes. */
  readonly comments: readonly string[];
  /** Comments after it on its own line. */
  readonly after: string[];
  /** Whether an empty line precedes it, or its comments. */
  readonly gap: boolean;
  /** Whether it is the first token of its line. */
  readonly fresh: boolean;
  /** A comment before it in which a line starts with another comment. */
  readonly doubtful?: Place;
};

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['markdown', /"""[\s\S]*?"""/y],
  ['unknown', /"""/y],
  ['string', /'(?:[^'\\]|\\[\s\S])*'/y],
  ['quoted', /"(?:[^"\\]|\\[\s\S])*"/y],
  ['backticks', /`(?:[^`\\]|\\[\s\S])*`/y],
  ['moment', /@(?:T\d[\d:.]*|\d{4}[\d-]*(?:T[\d:.]*(?:Z|[+-]\d\d:\d\d)?)?)/y],
  ['number', /\d+(?:\.\d+)?L?/y],
  ['mark', /->|<<|>>|<=|>=|!=|!~|\.\.|==|\$[a-z]+|[-+*/&|<>=~!(){}[\].,;:%?#]/y],
];
const blank = /[\s\uFEFF]+/y;
const lineComment = /\/\/[^\r\n]*/y;
const blockComment = /\/\*[\s\S]*?\*\//y;
const metadata = /\/\/\/[ \t]+(?=[A-Za-z][\w.]*[ \t]*=)/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** The text of a quoted token, with FHIRPath's escapes (https://hl7.org/fhirpath/N1/#string). */
export const unquote = (text: string): string =>
  text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, one: string) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[one] ?? one),
    );

/** The tokens of a map in order, the last one of kind `end`. Never fails: an unexpected character is a token of kind `unknown`. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let comments: string[] = [];
  let doubtful: Place | undefined;
  let [at, line, lineStart, fresh, gap] = [0, 1, 0, true, false];
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const advance = (taken: string): void => {
    for (let next = taken.indexOf('\n'); next >= 0; next = taken.indexOf('\n', next + 1)) {
      line++;
      lineStart = at + next + 1;
    }
    at += taken.length;
  };
  const push = (kind: TokenKind, taken: string, value: string): void => {
    found.push({
      kind,
      text: taken,
      value,
      from: at,
      to: at + taken.length,
      line,
      column: at - lineStart + 1,
      comments,
      after: [],
      gap,
      fresh,
      ...(doubtful ? { doubtful } : {}),
    });
    doubtful = undefined;
    [comments, fresh, gap] = [[], false, false];
    advance(taken);
  };
  while (at < text.length) {
    const space = match(blank);
    if (space) {
      fresh ||= space.includes('\n');
      gap ||= comments.length === 0 && space.indexOf('\n') !== space.lastIndexOf('\n');
      advance(space);
      continue;
    }
    const heading = fresh ? match(metadata) : undefined;
    if (heading) {
      push('metadata', heading, '');
      continue;
    }
    const comment = match(lineComment) ?? match(blockComment);
    if (comment) {
      if (/^\/\*[\s\S]*\n\s*\/\*/.test(comment)) doubtful ??= { line, column: at - lineStart + 1 };
      const words = comment.replace(/^\/[/*]|\*\/$/g, '').trim();
      const before = found.at(-1);
      if (before && !fresh) before.after.push(words);
      else comments.push(words);
      advance(comment);
      continue;
    }
    if (text.startsWith('/*', at)) {
      push('unclosed', text.slice(at), '');
      continue;
    }
    const [kind, taken] = word(match) ?? ['unknown', String.fromCodePoint(text.codePointAt(at)!)];
    push(kind, taken, meaning(kind, taken));
  }
  push('end', '', '');
  return found;
}

function word(match: (pattern: RegExp) => string | undefined): [TokenKind, string] | undefined {
  for (const [kind, pattern] of patterns) {
    const taken = match(pattern);
    if (taken) return [kind, taken];
  }
  return undefined;
}

function meaning(kind: TokenKind, text: string): string {
  if (kind === 'markdown') return text.slice(3, -3).replace(/^\r?\n|\r?\n$/g, '');
  return kind === 'string' || kind === 'quoted' || kind === 'backticks' ? unquote(text) : text;
}
