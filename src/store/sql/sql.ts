/**
 * The SQL that the stores have in common: one text for SQLite and PostgreSQL, run by a driver of each. Values are bound to
 * `?1`, `?2` ... A statement handles a whole group of commits: its rows come as one JSON text, see `Dialect.rows`.
 */
export type Value = string | number | null | Uint8Array;

export type Row = Readonly<Record<string, unknown>>;

export type Sql = {
  readonly dialect: Dialect;
  all(sql: string, ...values: Value[]): Promise<readonly Row[]>;
  /** The number of rows changed. */
  run(sql: string, ...values: Value[]): Promise<number>;
  /** Runs a statement whose result nobody needs: on PostgreSQL it is not waited for. A fault is one of the transaction. */
  send(sql: string, ...values: Value[]): void;
  /** The row `head` as this transaction locked it; absent where it is still to be read. */
  readonly locked?: Row | undefined;
};

export type ColumnType = 'text' | 'integer';

/** What the two databases write differently. */
export type Dialect = {
  readonly name: 'sqlite' | 'postgres';
  /** Type of a column of bytes. */
  readonly bytes: string;
  /** Type of an integer of 64 bits. */
  readonly integer: string;
  /** Follows the columns of a table that is stored in the order of its primary key. */
  readonly byPrimaryKey: string;
  /** Follows a select of rows that this transaction is going to change. */
  readonly forUpdate: string;
  /** A from-clause: the rows of a JSON array of arrays, bound to `?n`, with these columns. */
  readonly rows: (parameter: string, columns: Readonly<Record<string, ColumnType>>) => string;
  /** Whether a text contains another: a condition. */
  readonly contains: (text: string, part: string) => string;
};

/** A database. Transactions of one connection are serial, and those of several writers too: see `writing`. */
export type Database = {
  /** Reads outside a transaction. */
  readonly read: Sql;
  /**
   * Runs `work` in a transaction that excludes all other writers of the store, and resolves when it is on disk. A throw
   * rolls back. After a conflict or a lost connection `work` runs again: nothing may remain of the run before.
   *
   * `before` reads what `work` begins with. It may be called before the lock is there, but the database runs its statements
   * only then: on PostgreSQL they go out with that which locks.
   */
  writing<T, Before = undefined>(
    work: (sql: Sql, before: Before) => Promise<T>,
    before?: (sql: Sql) => Promise<Before>,
  ): Promise<T>;
  /** Whether a fault has nothing to do with what was written: the database is away or full. */
  isOutage?(why: unknown): boolean;
  close(): Promise<void>;
};

type Results<Works extends readonly (() => Promise<unknown>)[]> = {
  -readonly [Place in keyof Works]: Awaited<ReturnType<Works[Place]>>;
};

/**
 * Runs parts of a transaction of which none depends on another: on PostgreSQL, their statements go out without waiting for
 * each other's answers. Statements that a part sends before it waits precede those of the next part. When one fails the
 * others have ended too: nothing of them gets into the next transaction.
 */
export async function together<const Works extends readonly (() => Promise<unknown>)[]>(
  { dialect }: Sql,
  works: Works,
): Promise<Results<Works>> {
  const results: unknown[] = [];
  if (dialect.name === 'sqlite') for (const work of works) results.push(await work());
  else
    for (const it of await Promise.allSettled(works.map((work) => work()))) {
      if (it.status === 'rejected') throw it.reason;
      results.push(it.value);
    }
  return results as Results<Works>;
}

export async function first(rows: Promise<readonly Row[]>): Promise<Row | undefined> {
  return (await rows)[0];
}

export const text = (value: unknown): string => String(value);
export const number = (value: unknown): number => Number(value);
export const date = (value: unknown): Date => new Date(Number(value));
export const bytes = (value: unknown): Uint8Array => value as Uint8Array;

/** `{ name: value }`, or nothing for null: converts a column to an optional property. */
export const optional = <K extends string, T>(
  name: K,
  value: unknown,
  read: (value: unknown) => T,
): { readonly [key in K]?: T } =>
  value === null || value === undefined ? {} : ({ [name]: read(value) } as { [key in K]: T });
