import { setTimeout as pauseFor } from 'node:timers/promises';
import { refusedStore } from '../opening-issue.ts';
import { operationsOf } from '../sql/operations/schema.ts';
import { chainOf, lasting, personsOf, removedOf, schemaOf } from '../sql/schema.ts';
import type { Row } from '../sql/sql.ts';
import { postgres } from './dialect.ts';
import type { PostgresDatabase } from './driver.ts';
import { PostgresFault } from './faults.ts';

/** Schemas before the journal existed in SQLite only. */
const firstSchema = 10;

/**
 * Statements of one transaction, or an index that is created beside running gateways: `create index concurrently` takes no
 * lock that a writer waits for, and must stand outside a transaction. An index whose creation was broken off is created anew.
 */
export type Step = readonly string[] | { readonly index: string; readonly on: string };

/** As in SQLite, and independent of the locale of the server: what is sorted by a text, its index included. */
const sortedAsInSqlite = (statement: string): string =>
  statement.replace(/^( +\w+ text|alter table \w+ add column \w+ text)\b/gm, '$1 collate "C"');

/**
 * Steps from `firstSchema` on; a released one never changes. Gateways of the release before run on while a step is taken:
 * it only adds.
 */
export const steps: readonly Step[] = [
  [
    ...schemaOf(postgres)
      .filter((statement) => !statement.startsWith('create table meta '))
      .map(sortedAsInSqlite),
    `create function only_added_to() returns trigger language plpgsql as $$
       begin raise exception '%: the journal is only added to', tg_table_name; end $$`,
    ...lasting.map(
      (table) => `create trigger ${table}_stays before update or delete or truncate on ${table}
        for each statement execute function only_added_to()`,
    ),
  ],
  [
    ...removedOf(postgres).map(sortedAsInSqlite),
    `create function only_texts_removed() returns trigger language plpgsql set search_path from current as $$
       begin
         if exists (select 1 from removed r where r.entry = old.seq) then
           if tg_op = 'DELETE' and old.payload is null then return old; end if;
           if tg_op = 'UPDATE' and new.seq = old.seq and new.at = old.at and new.payload is null
             and new.facts is not distinct from old.facts then return new; end if;
         end if;
         raise exception 'entry: the journal is only added to';
       end $$`,
    `create trigger entry_loses_texts before update or delete on entry
       for each row execute function only_texts_removed()`,
    `create trigger entry_is_not_emptied before truncate on entry
       for each statement execute function only_added_to()`,
    'drop trigger entry_stays on entry',
  ],
  chainOf(postgres).map(sortedAsInSqlite),
  [
    ...personsOf(postgres).map(sortedAsInSqlite),
    ...operationsOf(postgres).map(sortedAsInSqlite),
    `create or replace function only_texts_removed() returns trigger language plpgsql set search_path from current as $$
       begin
         if tg_op = 'DELETE' then
           if old.payload is null and exists (
             select 1 from removed r where r.entry = old.seq and (old.link is null or r.link is not null))
           then return old; end if;
         elsif new.seq = old.seq and new.at = old.at and new.facts is not distinct from old.facts then
           if new.link is not distinct from old.link and new.payload is null
             and exists (select 1 from removed r where r.entry = old.seq) then return new; end if;
           if new.head = old.head and new.message is not distinct from old.message
             and new.partner is not distinct from old.partner and old.link is null then
             if new.link is not null and new.payload is not distinct from old.payload then return new; end if;
             if new.link is null and get_byte(old.payload, 0) in (0, 1) and get_byte(new.payload, 0) = 2
               then return new; end if;
           end if;
         end if;
         raise exception 'entry: the journal is only added to';
       end $$`,
  ],
];

/** The number of steps from which on the journal has a chain. */
export const stepsWithChain = 3;

const newestOf = (all: readonly Step[]): number => firstSchema + all.length - 1;

type Run = (sql: string) => Promise<readonly Row[]>;

/** Milliseconds: those that wait behind a step which waits for its lock wait no longer. */
const longestLock = 2_000;
const mostAttempts = 30;

/**
 * Creates the schema, or migrates it step by step, each in its own transaction, while gateways of the release before run on;
 * several gateways may start at once. A role without the right to create tables suffices when there is nothing to do. Throws
 * when a newer gateway wrote the store. `all`: other steps, for tests.
 */
export async function migrate(database: Pick<PostgresDatabase, 'script'>, all: readonly Step[] = steps): Promise<void> {
  const newest = newestOf(all);
  await database.script(async (run) => {
    let found = await schemaNumber(run);
    for (let attempt = 1; found < newest; attempt++) {
      try {
        found = await takeStep(run, all, found);
        attempt = 0;
      } catch (why) {
        // a long read held the lock: the others have their turn before the next attempt
        if (!(why instanceof PostgresFault && why.kind === 'again') || attempt >= mostAttempts) throw why;
        await pauseFor(500);
        found = await schemaNumber(run);
      }
    }
    refuseNewer(found, newest);
  });
}

function refuseNewer(found: number, newest: number): void {
  if (found > newest)
    throw refusedStore(
      'NEWER',
      `This store has schema ${found}; this version of the gateway knows schema ${newest} at most. ` +
        'Start the version that wrote it, or restore a backup from before the upgrade.',
    );
}

/** Throws when the schema is not that of this version, which cannot be migrated while it is only read. */
export async function checkSchema(database: Pick<PostgresDatabase, 'script'>): Promise<void> {
  const newest = newestOf(steps);
  const found = await database.script(schemaNumber);
  if (found === newest) return;
  refuseNewer(found, newest);
  if (found === 0) throw refusedStore('FOREIGN', 'it is not a store of the gateway');
  throw new Error(
    `it has schema ${found}, and this version reads schema ${newest}: use the version of the gateway that runs on it`,
  );
}

/** Takes the step after schema `found`, unless another gateway takes it meanwhile. Returns the schema then. */
async function takeStep(run: Run, all: readonly Step[], found: number): Promise<number> {
  await createMeta(run);
  const next = found === 0 ? firstSchema : found + 1;
  const step = all[next - firstSchema]!;
  if ('index' in step) await createIndex(run, step);
  await run('begin');
  try {
    // those that start at once wait here for the first
    await run('lock table meta in access exclusive mode');
    const now = await schemaNumber(run);
    if (now === found) {
      await run(`set local lock_timeout = ${longestLock}`);
      if (!('index' in step)) await run(step.join(';\n'));
      await run(`insert into meta (name, value) values ('schema', '${next}')
        on conflict (name) do update set value = excluded.value`);
    }
    await run('commit');
    return now === found ? next : now;
  } catch (why) {
    await run('rollback').catch(() => {});
    throw why;
  }
}

/** Returns when the index can be used, whoever created it. */
async function createIndex(run: Run, { index, on }: Extract<Step, { index: string }>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const [found] = await run(
      `select i.indisvalid as valid, p.pid as pid from pg_index i
       left join pg_stat_progress_create_index p on p.index_relid = i.indexrelid
       where i.indexrelid = to_regclass(quote_ident(current_schema()) || '.${index}')`,
    );
    if (found && Number(found.valid) === 1) return;
    const isBeingCreated = found !== undefined && found.pid !== null;
    const statement = found
      ? `drop index concurrently if exists ${index}`
      : `create index concurrently ${index} on ${on}`;
    if (!isBeingCreated)
      await run(statement).catch((why) => {
        if (!(why instanceof PostgresFault && ofAnother.has(why.code) && attempt < mostAttempts)) throw why;
      });
    if (isBeingCreated || found) await pauseFor(200 * (0.5 + Math.random()));
  }
}

/** Another gateway drops or creates the same index: it is there, gone, or changed at this moment. */
const ofAnother: ReadonlySet<string> = new Set(['23505', '42P07', '42704', '40P01', 'XX000']);

/** `if not exists` does not help two that create the table at once: the second then fails on the catalogue of the server. */
async function createMeta(run: Run): Promise<void> {
  const create = () => run('create table if not exists meta (name text collate "C" primary key, value text not null)');
  await create().catch((why) => {
    const isThere = why instanceof PostgresFault && ['23505', '42P07', '42710'].includes(why.code);
    if (!isThere) throw why;
  });
}

async function schemaNumber(run: Run): Promise<number> {
  const isStore = (await run("select to_regclass(quote_ident(current_schema()) || '.meta') is not null as found"))[0]
    ?.found;
  if (!isStore) return 0;
  return Number((await run("select value from meta where name = 'schema'"))[0]?.value ?? 0);
}
