import { csvLines } from '../../csv.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';

/** The columns of a file with waiting times, in their order (docs/waiting-times.md). */
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

/** A line of the file, counted from 1 with the heading, and its cells. */
export type WaitingTimeLine = { readonly line: number; readonly cell: (column: WaitingTimeColumn) => string };

/** The lines of the file, or every line that does not have the columns. Empty lines are passed over. */
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
