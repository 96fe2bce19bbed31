import type { ColumnType, Row, Sql, Value } from './sql.ts';
import { storable } from './storable.ts';

type Rows = readonly (readonly (string | number | null)[])[];

/**
 * One statement for all rows, which are its from-clause and bound to `?1`; none without rows. `values` are bound to `?2`
 * and on. Returns the number of rows changed.
 */
export const bulk = async (
  sql: Sql,
  statement: (rows: string) => string,
  columns: Readonly<Record<string, ColumnType>>,
  rows: Rows,
  ...values: Value[]
): Promise<number> => (rows.length ? sql.run(statement(sql.dialect.rows('?1', columns)), jsonOf(rows), ...values) : 0);

/** The same when nobody needs the number. */
export const bulkSend = (
  sql: Sql,
  statement: (rows: string) => string,
  columns: Readonly<Record<string, ColumnType>>,
  rows: Rows,
  ...values: Value[]
): void => {
  if (rows.length) sql.send(statement(sql.dialect.rows('?1', columns)), jsonOf(rows), ...values);
};

/** The same for a statement that returns rows. */
export const bulkRead = async (
  sql: Sql,
  statement: (rows: string) => string,
  columns: Readonly<Record<string, ColumnType>>,
  rows: Rows,
  ...values: Value[]
): Promise<readonly Row[]> =>
  rows.length ? sql.all(statement(sql.dialect.rows('?1', columns)), jsonOf(rows), ...values) : [];

/** JSON has an escape for what PostgreSQL does not store, and for few other characters: most rows are not looked at. */
function jsonOf(rows: Rows): string {
  const json = JSON.stringify(rows);
  return /\\u(?:0000|d[89a-f])/.test(json)
    ? JSON.stringify(rows.map((row) => row.map((it) => (typeof it === 'string' ? storable(it) : it))))
    : json;
}
