import { csvLines } from '../../csv.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';

/** The columns of a CSV file of waiting times, in order (docs/guide/waiting-times.md). */
export const waitingTimeColumns = [
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

export type WaitingTimeColumn = (typeof waitingTimeColumns)[number];

/** A line of the file, counted from 1 including the heading, with its cells. */
export type WaitingTimeLine = { readonly line: number; readonly cell: (column: WaitingTimeColumn) => string };

/** The lines of the file, or an issue for every line with the wrong columns. Empty lines are skipped. */
export function readWaitingTimeLines(text: string): Result<readonly WaitingTimeLine[]> {
  const [heading, ...lines] = csvLines(text, ';');
  const names = heading?.line === 1 ? heading.cells.map((it) => it.toLowerCase()) : [];
  if (names.join(';') !== waitingTimeColumns.join(';'))
    return failure(issue('import-columns-invalid', { columns: waitingTimeColumns.join(';') }, { line: 1 }));
  const wrong = lines.filter(({ cells, hasOpenQuote }) => hasOpenQuote || cells.length !== waitingTimeColumns.length);
  if (wrong.length > 0)
    return failure(
      ...wrong.map(({ line, cells, hasOpenQuote }) =>
        issue(
          'import-cell-count',
          { count: hasOpenQuote ? 0 : cells.length, wanted: waitingTimeColumns.length },
          { line },
        ),
      ),
    );
  return success(
    lines.map(({ line, cells }) => ({ line, cell: (column) => cells[waitingTimeColumns.indexOf(column)] ?? '' })),
  );
}
