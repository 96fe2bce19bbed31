import { first, type Sql, text } from './sql.ts';

/** What a store knows of itself: its secret, the definition of its index. */
export async function metaOf(sql: Sql, name: string): Promise<string | undefined> {
  const row = await first(sql.all('select value from meta where name = ?1', name));
  return row && text(row.value);
}

export async function setMeta(sql: Sql, name: string, value: string): Promise<void> {
  await sql.run(
    'insert into meta (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value',
    name,
    value,
  );
}
