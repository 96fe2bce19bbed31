import { randomUUID } from 'node:crypto';
import { setTimeout as pauseFor } from 'node:timers/promises';
import pg from 'pg';
import { askedAtOnce } from '../sql/asked-at-once.ts';
import type { Database, Row, Sql, Value } from '../sql/sql.ts';
import { type Bell, bellOn, silentBell } from './bell.ts';
import { clientsTo, type Timeouts } from './client.ts';
import { postgres, statements } from './dialect.ts';
import { faultOf, isOutage, openingFault, PostgresFault } from './faults.ts';
import { transactionsOn } from './transaction.ts';

export type PostgresOptions = {
  /** Wake other gateways by NOTIFY, and be woken (default); otherwise they only look from time to time. */
  readonly notify?: boolean;
  readonly timeouts?: Partial<Timeouts>;
  /** How long a write or read is tried again (ms) after a conflict or a lost connection. */
  readonly retryFor?: number;
  /** Connections for reads at most. */
  readonly readers?: number;
  /** The class of connections, for tests. */
  readonly Client?: typeof pg.Client;
};

export type PostgresDatabase = Database &
  Pick<Bell, 'notify' | 'onNotify'> & {
    /**
     * Runs `work` on a connection without timeouts of its own: for the schema. `run` takes texts of several statements
     * without values, and returns the rows of the last.
     */
    script<T>(work: (run: (sql: string) => Promise<readonly Row[]>) => Promise<T>): Promise<T>;
  };

const defaults = { timeouts: { statement: 30_000, lock: 5_000, connect: 5_000 }, retryFor: 10_000, readers: 4 };

/**
 * Connects to a database of PostgreSQL 15 or later. `url`: `postgres://USER@HOST:PORT/DATABASE`, with `sslmode`,
 * `sslrootcert` and others as in https://www.postgresql.org/docs/18/libpq-connect.html; the password best from PGPASSWORD
 * or a file of passwords. Throws a PostgresFault when the server cannot be reached or does not store durably.
 */
export async function connect(url: string, options: PostgresOptions = {}): Promise<PostgresDatabase> {
  const timeouts = { ...defaults.timeouts, ...options.timeouts };
  const retryFor = options.retryFor ?? defaults.retryFor;
  const Client = options.Client ?? pg.Client;
  const clients = clientsTo(url, { timeouts, Client });
  const scripts = clientsTo(url, {
    timeouts: { statement: 0, lock: 60_000, connect: timeouts.connect },
    Client: pg.Client,
  });
  const first = await clients.open();
  try {
    await checkServer(first);
  } finally {
    await first.end().catch(() => {});
  }
  const pool = clients.pool(options.readers ?? defaults.readers);
  const statementOf = statements();
  const transactions = transactionsOn({ open: clients.open, statementOf, retryFor });

  const read = async (text: string, values: readonly Value[]): Promise<readonly Row[]> => {
    if (pool.ending) throw new Error('The store is closed.');
    const until = performance.now() + retryFor;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await pool.query<Row>(statementOf(text, values))).rows;
      } catch (why) {
        const fault = faultOf(why);
        // a restart ends all connections of the pool: each is noticed when it is used
        const mayRetry = fault.kind === 'again' || fault.kind === 'lost';
        if (!mayRetry || performance.now() > until) throw fault;
        await pauseFor(Math.min(500, 10 * 2 ** attempt) * (0.5 + Math.random() / 2));
      }
    }
  };
  const readSql: Sql = {
    dialect: postgres,
    all: askedAtOnce((text, ...values) => read(text, values)),
    run: () => Promise.reject(new Error('Written outside a transaction.')),
    send: () => {
      throw new Error('Written outside a transaction.');
    },
  };
  const bell = options.notify === false ? silentBell : bellOn(clients.open, read, randomUUID());

  return {
    read: readSql,
    writing: transactions.writing,
    isOutage: (why) => why instanceof PostgresFault && isOutage(why),
    notify: bell.notify,
    onNotify: bell.onNotify,
    script: async (work) => {
      const client = await scripts.open();
      try {
        return await work(async (sql) => {
          const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql).catch((why) => {
            throw openingFault(why, []);
          });
          return (Array.isArray(result) ? result.at(-1)! : result).rows;
        });
      } finally {
        await client.end().catch(() => {});
      }
    },
    close: async () => {
      await transactions.close();
      await bell.close();
      await pool.end();
    },
  };
}

/** Refuses a server on which a confirmed commit can be lost, or a text be stored wrongly. */
async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(`select current_setting('server_version_num')::int as version,
    current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
    current_setting('full_page_writes') as pages, current_schema() as schema`);
  const { version, encoding, fsync, pages, schema } = rows[0];
  const problem =
    version < 150_000
      ? 'PostgreSQL 15 or later is required.'
      : encoding !== 'UTF8'
        ? `The encoding of the database is ${encoding}: create it with encoding UTF8.`
        : fsync === 'off' || pages === 'off'
          ? 'The server runs with fsync or full_page_writes off, and would lose confirmed messages: set both to on.'
          : schema === null
            ? 'The search_path of the role leads to no schema: create it, or grant the role the right to use it.'
            : undefined;
  if (problem) throw new PostgresFault('other', 'server', problem);
}
