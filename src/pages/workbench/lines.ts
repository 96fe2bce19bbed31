/** Lines of a text, from 1, both included. */
export type Range = { readonly from: number; readonly to: number };

/** A longer text is shown up to here: a page must stay quick. Characters of all lines together: a mark costs twenty of the page. */
const most = { lines: 1_500, ofLine: 2_000, characters: 150_000 } as const;

export const linesOf = (text: string): readonly string[] => text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');

/** The lines of a text that are shown, each up to a length. */
export type Shown = { readonly lines: readonly ShownLine[]; readonly isCut: boolean };

type ShownLine = { readonly text: string; readonly isCut: boolean };

/** The beginning of a text, short enough for a page; at least its first line. */
export function shownOf(lines: readonly string[]): Shown {
  const shown: ShownLine[] = [];
  let left: number = most.characters;
  for (const line of lines.slice(0, most.lines)) {
    if (left <= 0) break;
    const text = beginningOf(line, Math.min(most.ofLine, left));
    shown.push({ text, isCut: text.length < line.length });
    left -= text.length;
  }
  return { lines: shown, isCut: shown.length < lines.length || shown.some(({ isCut }) => isCut) };
}

/** Never half of a character: of two units only the first one would be no text. */
const beginningOf = (line: string, length: number): string =>
  line.length <= length ? line : line.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');

/**
 * The lines of an element that begins on a line: up to the next line that is not indented further, with its closing bracket or tag. A
 * text without indentation has an element on its first line only.
 */
export function rangeAt(lines: readonly string[], from: number): Range {
  const indent = indentOf(lines[from - 1]);
  let to = from;
  while (to < lines.length && indentOf(lines[to]) > indent) to++;
  const next = lines[to] ?? '';
  const closes = to > from && indentOf(next) === indent && /^\s*(?:[\]}]|<\/)/.test(next);
  return { from, to: closes ? to + 1 : to };
}

const indentOf = (line: string | undefined): number => /^\s*/.exec(line ?? '')?.[0].length ?? 0;

/** The path of each line of indented JSON (two spaces): `Bundle.entry[0].resource`. */
export function pathsOf(lines: readonly string[], root: string): readonly string[] {
  const above: { readonly path: string; readonly isList: boolean; next: number }[] = [];
  return lines.map((line) => {
    const text = line.trim();
    if (/^[\]}]/.test(text)) return above.pop()?.path ?? root;
    const outer = above.at(-1);
    const end = text.startsWith('"') ? stringEnd(text, 0) : undefined;
    const key = end !== undefined && text.startsWith(': ', end) ? text.slice(1, end - 1) : undefined;
    const path = !outer ? root : outer.isList ? `${outer.path}[${outer.next++}]` : `${outer.path}.${key ?? ''}`;
    const opens = /[[{]$/.exec(text)?.[0];
    if (opens) above.push({ path, isList: opens === '[', next: 0 });
    return path;
  });
}

export type Token = { readonly text: string; readonly kind: 'plain' | 'mark' | 'value' };

type Format = 'JSON' | 'XML' | 'HL7 v2';

/** The marks of each format, but for quoted strings. */
const marks: Readonly<Record<Format, RegExp>> = {
  JSON: /["{}[\],:]/g,
  XML: /"|<\/?|\/?>|=/g,
  'HL7 v2': /[|^~&\\]+/g,
};

/**
 * The marks of the format apart from the values, so that they can be shown fainter. In one pass, as the line may be anything: a
 * string that does not end is sought once, and reaches to the end of the line.
 */
export function tokensOf(line: string, format: Format): readonly Token[] {
  const tokens: Token[] = [];
  const add = (text: string, kind: Token['kind']) => {
    if (text !== '') tokens.push({ text, kind });
  };
  const pattern = new RegExp(marks[format]);
  let end = 0;
  for (let found = pattern.exec(line); found; found = pattern.exec(line)) {
    const [mark] = found;
    add(line.slice(end, found.index), 'plain');
    add(mark, 'mark');
    end = found.index + mark.length;
    if (mark !== '"') continue;
    const after = format === 'JSON' ? stringEnd(line, found.index) : line.indexOf('"', end) + 1 || undefined;
    const isKey = after !== undefined && format === 'JSON' && isKeyBefore(line, after);
    add(line.slice(end, after === undefined ? undefined : after - 1), isKey ? 'plain' : 'value');
    if (after === undefined) return tokens;
    add('"', 'mark');
    end = after;
    pattern.lastIndex = end;
  }
  add(line.slice(end), 'plain');
  return tokens;
}

/** Where a JSON string ends that begins at `start`, after its quote; undefined when it does not end. */
function stringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at++;
  }
  return undefined;
}

function isKeyBefore(line: string, end: number): boolean {
  const colon = /\s*:/y;
  colon.lastIndex = end;
  return colon.test(line);
}
