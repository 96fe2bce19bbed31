import type { ResourceKey } from '../../port.ts';
import { bulkRead } from '../bulk.ts';
import { referenceKey } from '../keys.ts';
import { type Sql, text } from '../sql.ts';
import { keyText } from '../storable.ts';

/** Resources whose current version refers to any of these, by the index of references. */
export async function referringTo(sql: Sql, references: readonly string[]): Promise<readonly ResourceKey[]> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select distinct r.type, r.id from ${wanted} w
       join token t on t.value = w.value join resource r on r.key = t.resource`,
    { value: 'text' },
    references.map((it) => [keyText(referenceKey(it))]),
  );
  return rows.map((row) => ({ type: text(row.type), id: text(row.id) }));
}
