/** Lines of a text, from 1, both included. */
export type Range = { readonly from: number; readonly to: number };

/** A longer text is shown up to here: a page must stay quick. */
export const mostLines = 1_500;

export const linesOf = (text: string): readonly string[] => text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');

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
    const [, key] = /^"((?:[^"\\]|\\.)*)": /.exec(text) ?? [];
    const path = !outer ? root : outer.isList ? `${outer.path}[${outer.next++}]` : `${outer.path}.${key ?? ''}`;
    const opens = /[[{]$/.exec(text)?.[0];
    if (opens) above.push({ path, isList: opens === '[', next: 0 });
    return path;
  });
}

export type Token = { readonly text: string; readonly kind: 'plain' | 'mark' | 'value' };

const patterns = {
  JSON: /"(?:[^"\\]|\\.)*"(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}[\],:]/g,
  XML: /"[^"]*"|<\/?|\/?>|=/g,
  'HL7 v2': /[|^~&\\]+/g,
} as const;

/** The marks of the format apart from the values, so that they can be shown fainter. */
export function tokensOf(line: string, format: keyof typeof patterns): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const add = (text: string, kind: Token['kind']) => {
    if (text !== '') tokens.push({ text, kind });
  };
  for (const { 0: found, index } of line.matchAll(patterns[format])) {
    add(line.slice(end, index), 'plain');
    end = index + found.length;
    const isQuoted = found.length > 1 && found.startsWith('"');
    const isKey = isQuoted && format === 'JSON' && /^\s*:/.test(line.slice(end));
    if (!isQuoted) add(found, 'mark');
    else {
      add('"', 'mark');
      add(found.slice(1, -1), isKey ? 'plain' : 'value');
      add('"', 'mark');
    }
  }
  add(line.slice(end), 'plain');
  return tokens;
}
