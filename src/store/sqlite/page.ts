import type { SQLInputValue } from 'node:sqlite';
import { readCursor, writeCursor } from '../cursor.ts';
import type { Page } from '../port.ts';
import type { Database, Row } from './database.ts';

/** The rows after the cursor with the given values, one more than requested, to detect a next page. */
export function selectPage(
  database: Database,
  select: string,
  page: { readonly cursor?: string; readonly count: number; readonly latestFirst?: boolean },
  key: string,
  equal: Readonly<Record<string, SQLInputValue | undefined>>,
): readonly Row[] {
  const [start, beyond, order] = page.latestFirst ? [Number.MAX_SAFE_INTEGER, '<', 'desc'] : [0, '>', 'asc'];
  const after = page.cursor === undefined ? [start] : readCursor(page.cursor, 1);
  if (!after) return [];
  const given = Object.entries(equal).filter(([, value]) => value !== undefined) as [string, SQLInputValue][];
  const conditions = [`${key} ${beyond} ?`, ...given.map(([column]) => `${column} = ?`)].join(' and ');
  return database.all(
    `${select} where ${conditions} order by ${key} ${order} limit ?`,
    after[0]!,
    ...given.map(([, value]) => value),
    page.count + 1,
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
