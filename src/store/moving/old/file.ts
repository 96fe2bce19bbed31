import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { issue } from '../../../fhir/issue.ts';
import { failure, type Result, success } from '../../../fhir/result.ts';
import type { Row, Value } from '../../sql/sql.ts';

/** The last schema of the layout before the journal. */
const lastSchema = 9;

/** A store of the previous release, read in one transaction. */
export type OldStore = {
  readonly file: string;
  readonly rows: (sql: string, ...values: Value[]) => IterableIterator<Row>;
  readonly get: (sql: string, ...values: Value[]) => Row | undefined;
  /** Whether anybody wrote to it since it was opened. Ends the transaction. */
  readonly hasChanged: () => boolean;
  readonly close: () => void;
};

/** Issues: `store-read-failed`, `store-too-old`, `store-current`. */
export function openOld(file: string): Result<OldStore> {
  if (!existsSync(file)) return unreadable(file, 'there is no such file');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
    const schema = schemaOf(database);
    if (schema === lastSchema) return success(storeOn(file, database));
    database.close();
    if (schema > lastSchema) return failure(issue('store-current', { store: file, schema }));
    return schema ? failure(issue('store-too-old', { store: file, schema })) : unreadable(file, notOurs);
  } catch (why) {
    if (database?.isOpen) database.close();
    return unreadable(file, why instanceof Error ? why.message : String(why));
  }
}

const notOurs = 'it is not a store of the gateway';

const unreadable = (store: string, problem: string) => failure(issue('store-read-failed', { store, problem }));

function schemaOf(database: DatabaseSync): number {
  const isStore = database.prepare("select 1 from sqlite_master where name = 'meta'").get();
  return isStore ? Number(database.prepare("select value from meta where name = 'schema'").get()?.value ?? 0) : 0;
}

function storeOn(file: string, database: DatabaseSync): OldStore {
  const version = () => Number(database.prepare('pragma data_version').get()?.data_version);
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const before = version();
  database.exec('begin');
  return {
    file,
    // a statement of its own: an iteration ends when its statement is run again
    rows: (sql, ...values) => database.prepare(sql).iterate(...values) as IterableIterator<Row>,
    get: (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    hasChanged: () => {
      if (database.isTransaction) database.exec('commit');
      return version() !== before;
    },
    close: () => database.close(),
  };
}
