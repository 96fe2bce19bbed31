/** The cells of one line of a delimited text (RFC 4180), without surrounding spaces. */
export type CsvLine = {
  /** Counted from 1, with the heading. */
  readonly line: number;
  readonly text: string;
  readonly cells: readonly string[];
  /** Whether a quoted cell of the line has no closing quote. */
  readonly hasOpenQuote: boolean;
};

/**
 * The lines of a delimited text that are not empty; a byte order mark is skipped. A quoted cell may contain the delimiter
 * and doubled quotes, but no line break: so an open quote ends with its line, and the other lines can still be reported.
 */
export const csvLines = (text: string, delimiter: ',' | ';'): readonly CsvLine[] =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((content, index) =>
      content.trim() === '' ? [] : [{ line: index + 1, text: content, ...cellsOf(content, delimiter) }],
    );

function cellsOf(line: string, delimiter: string): Pick<CsvLine, 'cells' | 'hasOpenQuote'> {
  const cells: string[] = [];
  let [cell, quoted] = ['', false];
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quoted && character === '"' && line.charAt(at + 1) === '"') {
      cell += character;
      at++;
    } else if (character === '"' && (quoted || cell.trim() === '')) quoted = !quoted;
    else if (character === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return { cells: [...cells, cell.trim()], hasOpenQuote: quoted };
}
