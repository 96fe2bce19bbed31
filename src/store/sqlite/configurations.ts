import type {
  Committed,
  ConfigurationChange,
  ConfigurationFile,
  ConfigurationUse,
  Store,
  StoredConfiguration,
} from '../port.ts';
import { type Database, date, number, text } from './database.ts';

export function addConfiguration(
  database: Database,
  { digest, files }: Parameters<Store['addConfiguration']>[0],
  now: Date,
): void {
  const added = database.run(
    'insert into configuration (digest, at) values (?, ?) on conflict do nothing',
    digest,
    now.getTime(),
  );
  if (added.changes === 0) return;
  for (const file of files) {
    database.run('insert into content (digest, text) values (?, ?) on conflict do nothing', file.digest, file.text);
    database.run(
      'insert into configuration_file (configuration, path, content) values (?, ?, ?)',
      digest,
      file.path,
      file.digest,
    );
  }
}

export function configuration(database: Database, digest: string): readonly ConfigurationFile[] | undefined {
  if (!database.get('select 1 from configuration where digest = ?', digest)) return undefined;
  return database
    .all(
      `select path, content, text from configuration_file f join content c on c.digest = f.content
       where configuration = ? order by path`,
      digest,
    )
    .map((row) => ({ path: text(row.path), digest: text(row.content), text: text(row.text) }));
}

export const configurations = (database: Database): readonly StoredConfiguration[] =>
  database
    .all(
      `select digest, at, (select count(*) from configuration_file f where f.configuration = c.digest) as files
       from configuration c order by key`,
    )
    .map((row) => ({ digest: text(row.digest), addedAt: date(row.at), files: number(row.files) }));

export const configurationUses = (
  database: Database,
  { kind, count }: Parameters<Store['configurationUses']>[0],
): readonly ConfigurationUse[] =>
  database
    .all(
      'select * from configuration_use where ?1 is null or kind = ?1 order by seq desc limit ?2',
      kind ?? null,
      count,
    )
    .map((row) => ({
      seq: number(row.seq),
      digest: text(row.digest),
      kind: text(row.kind) as ConfigurationUse['kind'],
      at: date(row.at),
      by: text(row.by),
    }));

/** Fails for a set that is not stored, and when another activation took place concurrently. */
export function configurationConflict(
  database: Database,
  { digest, expect }: ConfigurationChange,
): Committed | undefined {
  const last = configurationUses(database, { count: 1 })[0]?.seq ?? 0;
  const known = database.get('select 1 from configuration where digest = ?', digest) !== undefined;
  if (last === expect && known) return undefined;
  return { kind: 'stale', type: 'Configuration', id: digest, current: last };
}

export function writeConfigurationUse(database: Database, { digest, kind, by }: ConfigurationChange, now: Date): void {
  database.run(
    'insert into configuration_use (digest, kind, at, by) values (?, ?, ?, ?)',
    digest,
    kind,
    now.getTime(),
    by,
  );
}
