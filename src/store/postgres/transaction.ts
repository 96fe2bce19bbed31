import { setTimeout as pauseFor, setImmediate as turn } from 'node:timers/promises';
import type pg from 'pg';
import type { Database, Row, Sql, Value } from '../sql/sql.ts';
import { postgres } from './dialect.ts';
import { faultOf, PostgresFault } from './faults.ts';

type Context = {
  readonly open: () => Promise<pg.Client>;
  readonly statementOf: (text: string, values: readonly Value[]) => pg.QueryConfig;
  readonly retryFor: number;
};

type Transaction<T, Before> = {
  readonly work: (sql: Sql, before: Before) => Promise<T>;
  readonly before: ((sql: Sql) => Promise<Before>) | undefined;
};

/** The row `head` is locked first: the writers of all gateways on this store take turns. */
const begin = 'begin isolation level read committed; select seq, agreements from head where id = 1 for update';

const mostAttempts = 20;

/** The transactions of one connection that writes, in turn. */
export function transactionsOn({ open, statementOf, retryFor }: Context) {
  let connection: pg.Client | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const drop = (client: pg.Client) => {
    if (connection === client) connection = undefined;
    client.end().catch(() => {});
  };
  const connected = async (): Promise<pg.Client> => {
    if (connection) return connection;
    const client = await open();
    client.on('end', () => drop(client));
    connection = client;
    return client;
  };

  const once = async <T, Before>({ work, before }: Transaction<T, Before>): Promise<T> => {
    const client = await connected();
    const ask = askOf(client);
    const sql = sqlOf(ask, statementOf);
    try {
      const [begun, read] = await Promise.allSettled([ask(begin), before?.(sql)]);
      if (begun.status === 'rejected') throw begun.reason;
      if (read.status === 'rejected') throw ask.cause(read.reason);
      const result = await work({ ...sql, locked: lastRow(begun.value) }, read.value as Before).catch((why) => {
        throw ask.cause(why);
      });
      // What the client refuses by itself, it has refused by now: the server must not commit without it.
      await turn();
      if (ask.refused()) throw ask.cause(undefined);
      await commitAfter(client, ask);
      return result;
    } catch (why) {
      const isUsable = !(why instanceof PostgresFault) || why.kind === 'again' || why.kind === 'other';
      // a read-only server may be the primary of before: the next connection leads to that of now
      if (!isUsable || !(await isRolledBack(client))) drop(client);
      throw why;
    }
  };

  const run = async <T, Before>(transaction: Transaction<T, Before>, until: number): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(transaction);
      } catch (why) {
        const kind = why instanceof PostgresFault ? why.kind : 'other';
        const mayRetry = kind === 'again' || kind === 'lost';
        if (!mayRetry || attempt >= mostAttempts || performance.now() > until) throw why;
        await pauseFor(Math.min(1_000, 20 * 2 ** attempt) * (0.5 + Math.random() / 2));
      }
    }
  };

  const writing: Database['writing'] = (work, before) => {
    if (isClosed) return Promise.reject(new Error('The store is closed.'));
    // counted from the call: those that queue behind an outage do not each wait it out
    const until = performance.now() + retryFor;
    const next = last.then(() => run({ work, before }, until));
    last = next.catch(() => {});
    return next;
  };
  return {
    writing,
    close: async (): Promise<void> => {
      isClosed = true;
      await last;
      const client = connection;
      connection = undefined;
      await client?.end().catch(() => {});
    },
  };
}

/** Rejects, whatever `pg` throws and when. */
async function query(client: pg.Client, config: string | pg.QueryConfig): Promise<pg.QueryResult<Row>> {
  try {
    return await client.query<Row>(config);
  } catch (why) {
    throw faultOf(why);
  }
}

/** A connection that may still be in a transaction is not used again: the next commit would store half of this one. */
const isRolledBack = (client: pg.Client): Promise<boolean> =>
  query(client, 'rollback').then(
    () => true,
    () => false,
  );

/**
 * An error of the server means that nothing was stored. A lost connection does not, nor does a warning: that the server
 * gave up waiting for its standby.
 */
async function commit(client: pg.Client): Promise<void> {
  let isReplicated = true;
  const warn = ({ severity }: { readonly severity: string | undefined }) => {
    if (severity === 'WARNING') isReplicated = false;
  };
  client.on('notice', warn);
  try {
    const { command } = await query(client, 'commit');
    if (command !== 'COMMIT') throw new PostgresFault('other', '25P02', 'A statement of the transaction failed.');
    if (!isReplicated) throw uncertain('the standby did not confirm');
  } catch (why) {
    throw why instanceof PostgresFault && why.kind === 'lost' ? uncertain(why.code) : why;
  } finally {
    client.off('notice', warn);
  }
}

/**
 * Commits without waiting for the statements that were sent: the server runs them in their order, and commits none of them
 * when one failed. It said so, or it is not known what became of them.
 */
async function commitAfter(client: pg.Client, ask: Ask): Promise<void> {
  const [committed] = await Promise.allSettled([commit(client), ...ask.sent]);
  const fault = ask.refused();
  if (fault) throw committed.status === 'rejected' && isOfServer(fault) ? ask.cause(fault) : uncertain(fault.code);
  if (committed.status === 'rejected') throw committed.reason;
}

/** By SQLSTATE, and not by the code of the socket or the client. */
const isOfServer = ({ code }: PostgresFault): boolean => /^(?:\d|XX|P0|HV|F0)/.test(code);

/** Of the last statement of a text. */
function lastRow(result: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[]): Row | undefined {
  return ('rows' in result ? result : result.at(-1))?.rows[0];
}

const uncertain = (because: string): PostgresFault =>
  new PostgresFault('uncertain', '40003', `PostgreSQL may or may not have stored the last transaction (${because}).`);

type Ask = ((config: string | pg.QueryConfig) => Promise<pg.QueryResult<Row>>) & {
  /** Why a transaction failed: what the server refuses after its first fault says nothing. */
  readonly cause: (why: unknown) => unknown;
  /** Statements that nobody waits for. */
  readonly sent: Promise<unknown>[];
  /** The first fault of those. */
  readonly refused: () => PostgresFault | undefined;
  readonly send: (config: pg.QueryConfig) => void;
};

/** The server runs what was sent in its order, and nothing after a statement that failed. */
function askOf(client: pg.Client): Ask {
  let first: PostgresFault | undefined;
  const ask = (config: string | pg.QueryConfig) =>
    query(client, config).catch((why: PostgresFault) => {
      first ??= why;
      throw why;
    });
  let refused: PostgresFault | undefined;
  const sent: Promise<unknown>[] = [];
  const send = (config: pg.QueryConfig) => {
    const answered = ask(config).catch((why: PostgresFault) => {
      refused ??= why;
    });
    sent.push(answered);
  };
  return Object.assign(ask, { cause: (why: unknown) => first ?? why, sent, refused: () => refused, send });
}

const sqlOf = (ask: Ask, statementOf: Context['statementOf']): Sql => ({
  dialect: postgres,
  all: async (text, ...values) => (await ask(statementOf(text, values))).rows,
  run: async (text, ...values) => (await ask(statementOf(text, values))).rowCount ?? 0,
  send: (text, ...values) => ask.send(statementOf(text, values)),
});
