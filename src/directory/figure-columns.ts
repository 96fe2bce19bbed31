import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** The columns of a file with waiting times, in their order (docs/guide/waiting-times.md). */
export const figureColumns = [
  'service',
  'diagnosis-group',
  'intake-weeks',
  'treatment-weeks',
  'method',
  'measured-on',
  'source',
  'capacity',
  'capacity-note',
] as const;

export type FigureColumn = (typeof figureColumns)[number];

/** A line of the file, counted from 1 with the heading, and its cells. */
export type FigureLine = { readonly line: number; readonly cell: (column: FigureColumn) => string };

/** The lines of the file, or every line that does not have the columns. Empty lines are passed over. */
export function figureLines(text: string): Result<readonly FigureLine[]> {
  const [heading, ...body] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((content, index) => ({ line: index + 1, cells: cellsOf(content), isEmpty: content.trim() === '' }));
  const names = heading?.cells?.map((it) => it.toLowerCase()) ?? [];
  if (names.join(';') !== figureColumns.join(';'))
    return failure(issue('import-columns', { columns: figureColumns.join(';') }, { line: 1 }));
  const lines = body.filter(({ isEmpty }) => !isEmpty);
  const wrong = lines.filter(({ cells }) => cells?.length !== figureColumns.length);
  if (wrong.length > 0)
    return failure(
      ...wrong.map(({ line, cells }) =>
        issue('import-cells', { count: cells?.length ?? 0, wanted: figureColumns.length }, { line }),
      ),
    );
  return success(
    lines.map(({ line, cells = [] }) => ({ line, cell: (column) => cells[figureColumns.indexOf(column)] ?? '' })),
  );
}

/** Cells between semicolons; one in double quotes may hold them, and a double quote as two. Undefined: a quote stays open. */
function cellsOf(line: string): readonly string[] | undefined {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (quoted && char === '"' && line[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (char === '"' && (quoted || cell.trim() === '')) {
      quoted = !quoted;
    } else if (char === ';' && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += char;
  }
  return quoted ? undefined : [...cells, cell.trim()];
}
