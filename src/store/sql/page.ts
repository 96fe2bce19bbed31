import { readCursor, writeCursor } from '../cursor.ts';
import type { Page } from '../port.ts';
import type { Row, Sql, Value } from './sql.ts';

/** A further condition on the rows; `parameter` is what its value is bound to. */
export type Condition = { readonly condition: (parameter: string) => string; readonly value?: Value };

/** The rows after the cursor with the given values, one more than requested, to detect a next page. */
export async function selectPage(
  sql: Sql,
  select: string,
  page: { readonly cursor?: string; readonly count: number; readonly latestFirst?: boolean },
  key: string,
  equal: Readonly<Record<string, Value | undefined>>,
  further: readonly (Condition | undefined)[] = [],
): Promise<readonly Row[]> {
  const [start, beyond, order] = page.latestFirst ? [Number.MAX_SAFE_INTEGER, '<', 'desc'] : [0, '>', 'asc'];
  const after = page.cursor === undefined ? [start] : readCursor(page.cursor, 1);
  if (!after) return [];
  const values: Value[] = [];
  const bind = (value: Value): string => `?${values.push(value) + 2}`;
  const conditions = [
    `${key} ${beyond} ?1`,
    ...Object.entries(equal).flatMap(([column, value]) => (value === undefined ? [] : `${column} = ${bind(value)}`)),
    ...further.flatMap((it) => (it ? it.condition(it.value === undefined ? '' : bind(it.value)) : [])),
  ];
  return sql.all(
    `${select} where ${conditions.join(' and ')} order by ${key} ${order} limit ?2`,
    after[0]!,
    page.count + 1,
    ...values,
  );
}

export function pageOf<T>(
  rows: readonly Row[],
  count: number,
  place: (row: Row) => number,
  read: (row: Row) => T,
): Page<T> {
  const items = rows.slice(0, count);
  const last = items.at(-1);
  return { items: items.map(read), ...(rows.length > count && last ? { next: writeCursor([place(last)]) } : {}) };
}
