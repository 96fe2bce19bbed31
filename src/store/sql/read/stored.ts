import type { StoredResource } from '../../port.ts';
import type { Entries } from '../journal/entry.ts';
import { date, number, type Row, text } from '../sql.ts';

/** The versions in rows with id, version, updated, entry and part. Throws when the journal lacks one. */
export async function storedIn(
  entries: Entries,
  type: string,
  rows: readonly Row[],
): Promise<readonly StoredResource[]> {
  if (rows.length === 0) return [];
  const found = await entries.of(rows.map((row) => number(row.entry)));
  return rows.map((row) => {
    const part = found.get(number(row.entry))?.parts[number(row.part)];
    if (!part) throw new Error(`Entry ${number(row.entry)} of the journal lacks part ${number(row.part)}.`);
    return {
      type,
      id: text(row.id),
      version: number(row.version),
      lastUpdated: date(row.updated),
      text: part.toString(),
    };
  });
}
