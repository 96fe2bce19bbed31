import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { askedAtOnce } from '../sql/asked-at-once.ts';
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
  firstByte: (column) => `hex(substr(${column}, 1, 1))`,
  contains: (whole, part) => `instr(${whole}, ${part}) > 0`,
  fromHex: (text) => `unhex(${text})`,
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

/**
 * A new file is readable by its owner only: it contains health data. An existing one is opened by SQLite alone: closing it
 * here would release the locks of other connections of this process (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
export function connect(file: string, busyTimeout: number): SqliteConnection {
  mustBeFile(file);
  if (file !== ':memory:') {
    // SQLite would report both as a file that cannot be opened
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
    else closeSync(openSync(file, 'a', 0o600));
  }
  const connection = new DatabaseSync(file, { timeout: busyTimeout });
  try {
    refuseForeign(connection);
    connection.exec(settings);
  } catch (why) {
    connection.close();
    throw why;
  }
  return databaseOf(connection);
}

/** A connection that cannot write, to an existing file. Throws when there is none. */
export function connectToRead(file: string, busyTimeout: number): SqliteConnection {
  mustBeFile(file);
  if (!existsSync(file))
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' });
  return databaseOf(new DatabaseSync(file, { timeout: busyTimeout, readOnly: true }));
}

function mustBeFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw Object.assign(new Error(`EISDIR: ${file} is a directory`), { code: 'EISDIR' });
}

/** Before anything is written: the database of another program must not get our settings and tables. */
function refuseForeign(connection: DatabaseSync): void {
  const found = connection.prepare("select count(*) as n, sum(name = 'meta') as meta from sqlite_master").get();
  if (Number(found?.n) > 0 && !found?.meta)
    throw Object.assign(new Error('it is not a store of the gateway'), { code: 'ERR_STORE_FOREIGN' });
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
      all: askedAtOnce(async (...given) => {
        await settled();
        return sql.all(...given);
      }),
      run: () => Promise.reject(new Error('Written outside a transaction.')),
      send: () => {
        throw new Error('Written outside a transaction.');
      },
    },
    exec: (script) => connection.exec(script),
    writing: (work, before) => {
      const next = last.then(async () => {
        connection.exec('begin immediate');
        isWriting = true;
        try {
          const result = await work(sql, (await before?.(sql))!);
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
      if (connection.isOpen) connection.close();
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
    send: (text, ...values) => void prepared(text).run(...values),
  };
}
