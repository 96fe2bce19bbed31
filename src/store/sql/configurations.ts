import type {
  Committed,
  ConfigurationChange,
  ConfigurationFile,
  ConfigurationUse,
  Store,
  StoredConfiguration,
} from '../port.ts';
import { bulk } from './bulk.ts';
import { date, first, number, type Sql, text } from './sql.ts';

export async function addConfiguration(
  sql: Sql,
  { digest, files }: Parameters<Store['addConfiguration']>[0],
  now: Date,
): Promise<void> {
  const added = await sql.run(
    `insert into configuration (key, digest, at)
     values ((select coalesce(max(key), 0) + 1 from configuration), ?1, ?2) on conflict do nothing`,
    digest,
    now.getTime(),
  );
  if (added === 0) return;
  await bulk(
    sql,
    (rows) => `insert into content (digest, text) select digest, text from ${rows} w where true on conflict do nothing`,
    { digest: 'text', text: 'text' },
    [...new Map(files.map((file) => [file.digest, [file.digest, file.text]])).values()],
  );
  await bulk(
    sql,
    (rows) => `insert into configuration_file (configuration, path, content) select ?2, path, content from ${rows} w`,
    { path: 'text', content: 'text' },
    files.map((file) => [file.path, file.digest]),
    digest,
  );
}

export async function configuration(sql: Sql, digest: string): Promise<readonly ConfigurationFile[] | undefined> {
  if (!(await isStored(sql, digest))) return undefined;
  const rows = await sql.all(
    `select f.path, f.content, c.text from configuration_file f join content c on c.digest = f.content
     where f.configuration = ?1`,
    digest,
  );
  // a database sorts texts by its own collation
  return rows
    .map((row) => ({ path: text(row.path), digest: text(row.content), text: text(row.text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function isStored(sql: Sql, digest: string): Promise<boolean> {
  return (await sql.all('select 1 from configuration where digest = ?1', digest)).length > 0;
}

export async function configurations(sql: Sql): Promise<readonly StoredConfiguration[]> {
  const rows = await sql.all(
    `select digest, at, (select count(*) from configuration_file f where f.configuration = c.digest) as files
     from configuration c order by key`,
  );
  return rows.map((row) => ({ digest: text(row.digest), addedAt: date(row.at), files: number(row.files) }));
}

export async function configurationUses(
  sql: Sql,
  { kind, count }: Parameters<Store['configurationUses']>[0],
): Promise<readonly ConfigurationUse[]> {
  const rows =
    kind === undefined
      ? await sql.all('select * from configuration_use order by seq desc limit ?1', count)
      : await sql.all('select * from configuration_use where kind = ?2 order by seq desc limit ?1', count, kind);
  return rows.map((row) => ({
    seq: number(row.seq),
    digest: text(row.digest),
    kind: text(row.kind) as ConfigurationUse['kind'],
    at: date(row.at),
    by: text(row.by_whom),
  }));
}

/** Fails for a set that is not stored, and when another activation took place concurrently. */
export async function configurationConflict(
  sql: Sql,
  { digest, expect }: ConfigurationChange,
): Promise<Committed | undefined> {
  const last = number((await first(sql.all('select max(seq) as last from configuration_use')))?.last ?? 0);
  if (last === expect && (await isStored(sql, digest))) return undefined;
  return { kind: 'stale', type: 'Configuration', id: digest, current: last };
}

/** Runs in a transaction that excludes other writers: `seq` has no gaps. */
export async function writeConfigurationUse(
  sql: Sql,
  { digest, kind, by }: ConfigurationChange,
  now: Date,
): Promise<void> {
  await sql.run(
    `insert into configuration_use (seq, digest, kind, at, by_whom)
     values ((select coalesce(max(seq), 0) + 1 from configuration_use), ?1, ?2, ?3, ?4)`,
    digest,
    kind,
    now.getTime(),
    by,
  );
}
