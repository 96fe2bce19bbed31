import { refusedStore } from '../opening-issue.ts';
import { lasting, schemaOf } from '../sql/schema.ts';
import type { Row } from '../sql/sql.ts';
import { postgres } from './dialect.ts';
import type { PostgresDatabase } from './driver.ts';
import { PostgresFault } from './faults.ts';

/** Schemas before the journal existed in SQLite only. */
const firstSchema = 10;

/**
 * Steps from `firstSchema` on; a released one never changes. Gateways of the release before run on while a step is taken:
 * it only adds.
 */
const steps: readonly (readonly string[])[] = [
  [
    ...schemaOf(postgres)
      .filter((statement) => !statement.startsWith('create table meta '))
      // as in SQLite, and independent of the locale of the server: what is sorted by a text, its index included
      .map((statement) => statement.replace(/^( +\w+ text)\b/gm, '$1 collate "C"')),
    `create function only_added_to() returns trigger language plpgsql as $$
       begin raise exception '%: the journal is only added to', tg_table_name; end $$`,
    ...lasting.map(
      (table) => `create trigger ${table}_stays before update or delete or truncate on ${table}
        for each statement execute function only_added_to()`,
    ),
  ],
];

const newest = firstSchema + steps.length - 1;

type Run = (sql: string) => Promise<readonly Row[]>;

/**
 * Creates the schema, or migrates it step by step, each in its own transaction; several gateways may start at once. A role
 * without the right to create tables suffices when there is nothing to do. Throws when a newer gateway wrote the store.
 */
export async function migrate(database: Pick<PostgresDatabase, 'script'>): Promise<void> {
  await database.script(async (run) => {
    let found = await schemaNumber(run);
    while (found < newest) found = await step(run);
    refuseNewer(found);
  });
}

function refuseNewer(found: number): void {
  if (found > newest)
    throw refusedStore(
      'NEWER',
      `This store has schema ${found}; this version of the gateway knows schema ${newest} at most. ` +
        'Start the version that wrote it, or restore a backup from before the upgrade.',
    );
}

/** Throws when the schema is not that of this version, which cannot be migrated while it is only read. */
export async function checkSchema(database: Pick<PostgresDatabase, 'script'>): Promise<void> {
  const found = await database.script(schemaNumber);
  if (found === newest) return;
  refuseNewer(found);
  if (found === 0) throw refusedStore('FOREIGN', 'it is not a store of the gateway');
  throw new Error(
    `it has schema ${found}, and this version reads schema ${newest}: use the version of the gateway that runs on it`,
  );
}

/** Takes the next step, unless another gateway took it meanwhile. Returns the schema then. */
async function step(run: Run): Promise<number> {
  await createMeta(run);
  await run('begin');
  try {
    // those that start at once wait here for the first
    await run('lock table meta in access exclusive mode');
    const found = await schemaNumber(run);
    const next = found === 0 ? firstSchema : found + 1;
    if (found < newest) {
      await run(steps[next - firstSchema]!.join(';\n'));
      await run(`insert into meta (name, value) values ('schema', '${next}')
        on conflict (name) do update set value = excluded.value`);
    }
    await run('commit');
    return found < newest ? next : found;
  } catch (why) {
    await run('rollback').catch(() => {});
    throw why;
  }
}

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
