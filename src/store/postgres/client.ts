import pg from 'pg';
import { openingFault, PostgresFault } from './faults.ts';
import { types } from './values.ts';

/** Milliseconds. */
export type Timeouts = {
  /** A statement that takes longer is cancelled by the server. 0: none. */
  readonly statement: number;
  /** Wait for the lock of another transaction, such as that of another gateway which writes. */
  readonly lock: number;
  /** Opening a connection. */
  readonly connect: number;
};

export type ClientOptions = {
  readonly timeouts: Timeouts;
  /** The class of connections, for tests. */
  readonly Client: typeof pg.Client;
};

/** How connections to this address are opened. Throws when the address cannot be read; never with the address. */
export function clientsTo(url: string, { timeouts, Client }: ClientOptions) {
  const secrets = secretsOf(url);
  const settings = settingsOf(timeouts);
  const options: pg.ClientConfig = {
    connectionString: url,
    application_name: 'mgn-gateway',
    client_encoding: 'UTF8',
    types: types as pg.CustomTypesConfig,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: timeouts.connect,
    // when the network lost the answer the server's timeout does not reach us
    ...(timeouts.statement === 0 ? {} : { query_timeout: timeouts.statement + 5_000 }),
  };
  checkAddress(options);
  const set = (client: pg.ClientBase) => client.query(settings);
  return {
    open: async (): Promise<pg.Client> => {
      // statements are sent without waiting for the answers to those before
      const client = new Client({ ...options, pipeline: true });
      client.on('error', () => {}); // reported by the statement that needs it
      try {
        await client.connect();
        await set(client);
        return client;
      } catch (why) {
        client.end().catch(() => {});
        throw openingFault(why, secrets);
      }
    },
    /** Connections for reads. */
    pool: (size: number): pg.Pool => {
      const pool = new pg.Pool({
        ...options,
        Client,
        max: size,
        idleTimeoutMillis: 30_000,
        onConnect: async (client) => {
          await set(client);
        },
      });
      pool.on('error', () => {});
      return pool;
    },
  };
}

function checkAddress(options: pg.ClientConfig): void {
  try {
    new pg.Client(options);
  } catch (why) {
    // the error of `new URL` has the address as a property; the name of a certificate that is missing is worth reporting
    const { code, path } = (why ?? {}) as { code?: unknown; path?: unknown };
    if (code === 'ENOENT' && typeof path === 'string') throw new PostgresFault('other', code, `No such file: ${path}`);
    throw new PostgresFault('other', 'address', 'Not an address of PostgreSQL: postgres://USER@HOST:PORT/DATABASE');
  }
}

function secretsOf(url: string): readonly string[] {
  const found = [process.env.PGPASSWORD];
  try {
    const { password, searchParams } = new URL(url);
    found.push(password, decodeURIComponent(password), searchParams.get('password') ?? undefined);
  } catch {
    // its password is not known
  }
  return found.filter((it) => it !== undefined && it !== '') as string[];
}

/**
 * - A server that is set to `synchronous_commit = off` confirms what a crash may lose: then `on` for this session. Its
 *   other values stay: they say which standbys a commit waits for.
 * - A gateway that stops in a transaction, or whose machine is gone, releases the lock of the store after seconds.
 */
const settingsOf = ({ statement, lock }: Timeouts): string => `
  set statement_timeout = ${statement};
  set lock_timeout = ${lock};
  set idle_in_transaction_session_timeout = 15000;
  set tcp_keepalives_idle = 10;
  set tcp_keepalives_interval = 5;
  set tcp_keepalives_count = 3;
  set standard_conforming_strings = on;
  set bytea_output = 'hex';
  set jit = off;
  select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;
