import { refusedStore } from '../opening-issue.ts';
import { operationsOf } from '../sql/operations/schema.ts';
import { chainOf, lasting, personsOf, removedOf, schemaOf } from '../sql/schema.ts';
import { type SqliteConnection, sqlite } from './driver.ts';

/** Schemas 1 to 9 are those of the layout before the journal: `mgn store migrate` moves such a store. */
const firstSchema = 10;

/** Steps from `firstSchema` on; a released one never changes. */
const steps: readonly string[] = [
  [
    ...schemaOf(sqlite).filter((statement) => !statement.startsWith('create table meta ')),
    ...lasting.flatMap((table) => [
      `create trigger ${table}_stays before update on ${table} begin
         select raise(abort, '${table}: the journal is only added to');
       end`,
      `create trigger ${table}_remains before delete on ${table} begin
         select raise(abort, '${table}: the journal is only added to');
       end`,
    ]),
  ].join(';\n'),
  [
    ...removedOf(sqlite),
    'drop trigger entry_stays',
    'drop trigger entry_remains',
    `create trigger entry_stays before update on entry
       when new.seq <> old.seq or new.at <> old.at or new.facts is not old.facts or new.payload is not null
         or not exists (select 1 from removed where entry = old.seq) begin
         select raise(abort, 'entry: the journal is only added to');
       end`,
    `create trigger entry_remains before delete on entry
       when old.payload is not null or not exists (select 1 from removed where entry = old.seq) begin
         select raise(abort, 'entry: the journal is only added to');
       end`,
  ].join(';\n'),
  [
    ...chainOf(sqlite),
    'drop trigger entry_remains',
    `create trigger entry_remains before delete on entry
       when old.payload is not null or not exists (
         select 1 from removed where entry = old.seq and (old.link is null or link is not null)) begin
         select raise(abort, 'entry: the journal is only added to');
       end`,
  ].join(';\n'),
  [
    ...personsOf(sqlite),
    ...operationsOf(sqlite),
    'drop trigger entry_stays',
    // a payload in clear that no chain covers may be encrypted (first byte 0 or 1, then 2)
    `create trigger entry_stays before update on entry
       when new.seq <> old.seq or new.at <> old.at or new.facts is not old.facts
         or (new.link is not old.link and old.link is not null)
         or (new.link is old.link and (new.payload is not null
           or not exists (select 1 from removed where entry = old.seq))
           and not (old.link is null and hex(substr(old.payload, 1, 1)) in ('00', '01')
             and hex(substr(new.payload, 1, 1)) = '02' and new.head = old.head
             and new.message is old.message and new.partner is old.partner))
         or (new.link is not old.link and (new.payload is not old.payload or new.head <> old.head
           or new.message is not old.message or new.partner is not old.partner)) begin
         select raise(abort, 'entry: the journal is only added to');
       end`,
  ].join(';\n'),
];

const newest = firstSchema + steps.length - 1;

/**
 * Migrates the schema step by step, each in its own transaction. Throws when the file was written by a newer gateway,
 * since an older one would damage it, or by one from before the journal.
 */
export async function migrate(connection: SqliteConnection): Promise<void> {
  connection.exec('create table if not exists meta (name text primary key, value text not null) without rowid');
  const found = await schemaNumber(connection);
  refuseOtherSchema(found);
  for (let step = Math.max(found + 1, firstSchema); step <= newest; step++) {
    await connection.writing(async (sql) => {
      // Another process may have migrated between our check and our transaction.
      if ((await schemaNumber({ read: sql })) >= step) return;
      connection.exec(steps[step - firstSchema]!);
      await sql.run(
        "insert into meta (name, value) values ('schema', ?1) on conflict (name) do update set value = excluded.value",
        String(step),
      );
    });
  }
}

/** Throws when a newer gateway wrote the store, or one from before the journal. */
export function refuseOtherSchema(found: number): void {
  if (found > newest)
    throw refusedStore(
      'NEWER',
      `This store has schema ${found}; this version of the gateway knows schema ${newest} at most. ` +
        'Start the version that wrote it, or restore a backup from before the upgrade.',
    );
  if (found > 0 && found < firstSchema)
    throw refusedStore(
      'PREVIOUS',
      `This store has schema ${found}, from before the journal. Move it with: mgn store migrate OLD NEW`,
    );
}

/** Throws when the schema is not that of this version, which cannot be migrated while it is only read. */
export async function checkSchema(connection: SqliteConnection): Promise<void> {
  const isStore = (await connection.read.all("select 1 as found from sqlite_master where name = 'meta'")).length > 0;
  const found = isStore ? await schemaNumber(connection) : 0;
  if (found === newest) return;
  if (found === 0) throw refusedStore('FOREIGN', 'it is not a store of the gateway');
  refuseOtherSchema(found);
  throw new Error(
    `it has schema ${found}, and this version reads schema ${newest}: use the version of the gateway that runs on it`,
  );
}

async function schemaNumber({ read }: Pick<SqliteConnection, 'read'>): Promise<number> {
  return Number((await read.all("select value from meta where name = 'schema'"))[0]?.value ?? 0);
}
