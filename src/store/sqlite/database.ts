import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A connection with its prepared statements. Calls block: node:sqlite is synchronous. */
export type Database = {
  exec(sql: string): void;
  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number; readonly key: number };
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): readonly Row[];
  close(): void;
};

/** Upper bound on the number of prepared statements. */
const maximumStatements = 500;

/**
 * Pages of 8 KiB: messages are several KiB, and each page of the log is a system call. `synchronous=full`: a commit is
 * on disk before it returns, also after a power failure. The log is written back at 4,000 pages (32 MB): a page that
 * changed many times meanwhile is written once. A new file is readable by its owner only: it contains health data.
 */
export function openDatabase(file: string, busyTimeout: number): Database {
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const connection = new DatabaseSync(file, { timeout: busyTimeout });
  connection.exec(
    'pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; ' +
      'pragma temp_store = memory; pragma wal_autocheckpoint = 4000',
  );
  return databaseOf(connection);
}

/** A connection that cannot write, to an existing file. Throws when there is none. */
export function openDatabaseToRead(file: string, busyTimeout: number): Database {
  closeSync(openSync(file, 'r'));
  return databaseOf(new DatabaseSync(file, { timeout: busyTimeout, readOnly: true }));
}

function databaseOf(connection: DatabaseSync): Database {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= maximumStatements) statements.clear();
    const made = connection.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    exec: (sql) => connection.exec(sql),
    run: (sql, ...values) => {
      const { changes, lastInsertRowid } = prepared(sql).run(...values);
      return { changes: Number(changes), key: Number(lastInsertRowid) };
    },
    get: (sql, ...values) => prepared(sql).get(...values),
    all: (sql, ...values) => prepared(sql).all(...values),
    close: () => {
      statements.clear();
      connection.close();
    },
  };
}

export const text = (value: SQLOutputValue | undefined): string => String(value);
export const number = (value: SQLOutputValue | undefined): number => Number(value);
export const date = (value: SQLOutputValue | undefined): Date => new Date(Number(value));
/** `{ name: value }`, or nothing for null: converts a column to an optional property. */
export const optional = <K extends string, T>(
  name: K,
  value: SQLOutputValue | undefined,
  read: (value: SQLOutputValue) => T,
): { readonly [key in K]?: T } =>
  value === null || value === undefined ? {} : ({ [name]: read(value) } as { [key in K]: T });
