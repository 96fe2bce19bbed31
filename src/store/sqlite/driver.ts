import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Database, Dialect, Row, Sql, Value } from '../sql/sql.ts';
import { isOutage } from '../store-problem.ts';

export const sqlite: Dialect = {
  name: 'sqlite',
  bytes: 'blob',
  integer: 'integer',
  byPrimaryKey: 'without rowid',
  forUpdate: '',
  rows: (parameter, columns) => {
    const selected = Object.keys(columns).map((column, index) => `value ->> ${index} as ${column}`);
    return `(select ${selected.join(', ')} from json_each(${parameter}))`;
  },
  contains: (whole, part) => `instr(${whole}, ${part}) > 0`,
};

/** Upper bound on the number of prepared statements. */
const maximumStatements = 500;

/**
 * `synchronous=full`: a commit is on disk before it returns, also after a power failure. The log is written back at 32 MB:
 * a page that changed many times meanwhile is written once.
 */
const settings = `pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = full;
  pragma cache_size = -65536; pragma temp_store = memory; pragma wal_autocheckpoint = 8000`;

export type SqliteConnection = Database & {
  /** A connection is synchronous: `exec` runs a script without values. */
  exec(script: string): void;
};

/** A new file is readable by its owner only: it contains health data. */
export function connect(file: string, busyTimeout: number): SqliteConnection {
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const connection = new DatabaseSync(file, { timeout: busyTimeout });
  connection.exec(settings);
  return databaseOf(connection);
}

/** A connection that cannot write, to an existing file. Throws when there is none. */
export function connectToRead(file: string, busyTimeout: number): SqliteConnection {
  closeSync(openSync(file, 'r'));
  return databaseOf(new DatabaseSync(file, { timeout: busyTimeout, readOnly: true }));
}

function databaseOf(connection: DatabaseSync): SqliteConnection {
  const sql = sqlOf(connection);
  let last: Promise<unknown> = Promise.resolve();
  let isWriting = false;
  // a read between the statements of a transaction on the same connection would see what is not committed
  const settled = async () => {
    while (isWriting) await last;
  };
  return {
    read: {
      ...sql,
      all: async (...given) => {
        await settled();
        return sql.all(...given);
      },
      run: () => Promise.reject(new Error('Written outside a transaction.')),
    },
    exec: (script) => connection.exec(script),
    writing: (work) => {
      const next = last.then(async () => {
        connection.exec('begin immediate');
        isWriting = true;
        try {
          const result = await work(sql);
          connection.exec('commit');
          return result;
        } catch (why) {
          // when SQLite rolled back by itself no transaction is active, as required
          if (connection.isTransaction) connection.exec('rollback');
          throw why;
        } finally {
          isWriting = false;
        }
      });
      last = next.catch(() => {});
      return next;
    },
    isOutage,
    close: async () => {
      await last;
      connection.close();
    },
  };
}

function sqlOf(connection: DatabaseSync): Sql {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const prepared = (text: string) => {
    const known = statements.get(text);
    if (known) return known;
    if (statements.size >= maximumStatements) statements.clear();
    const made = connection.prepare(text);
    statements.set(text, made);
    return made;
  };
  return {
    dialect: sqlite,
    all: async (text, ...values: Value[]) => prepared(text).all(...values) as readonly Row[],
    run: async (text, ...values: Value[]) => Number(prepared(text).run(...values).changes),
  };
}
