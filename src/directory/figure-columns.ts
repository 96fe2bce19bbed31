import { csvLines } from '../csv.ts';
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
  const [heading, ...lines] = csvLines(text, ';');
  const names = heading?.line === 1 ? heading.cells.map((it) => it.toLowerCase()) : [];
  if (names.join(';') !== figureColumns.join(';'))
    return failure(issue('import-columns-invalid', { columns: figureColumns.join(';') }, { line: 1 }));
  const wrong = lines.filter(({ cells, hasOpenQuote }) => hasOpenQuote || cells.length !== figureColumns.length);
  if (wrong.length > 0)
    return failure(
      ...wrong.map(({ line, cells, hasOpenQuote }) =>
        issue('import-cell-count', { count: hasOpenQuote ? 0 : cells.length, wanted: figureColumns.length }, { line }),
      ),
    );
  return success(
    lines.map(({ line, cells }) => ({ line, cell: (column) => cells[figureColumns.indexOf(column)] ?? '' })),
  );
}
