import type { Commit, Dispatch } from '../../../src/store/port.ts';
import type { NewDispatch } from '../../../src/store/sql/commit/rows.ts';
import type { EntryRow } from '../../../src/store/sql/journal/append.ts';
import { entriesOf } from '../../../src/store/sql/journal/entry.ts';
import { factsOf } from '../../../src/store/sql/journal/facts.ts';
import { pack } from '../../../src/store/sql/journal/payload.ts';
import { dispatchKey } from '../../../src/store/sql/keys.ts';
import { operationsOf } from '../../../src/store/sql/operations/schema.ts';
import { claim } from '../../../src/store/sql/outbox/claims.ts';
import { insertDispatches } from '../../../src/store/sql/outbox/insert.ts';
import { chainOf, removedOf, schemaOf } from '../../../src/store/sql/schema.ts';
import type { Row, Sql } from '../../../src/store/sql/sql.ts';
import { type Writing, writeTogether } from '../../../src/store/sql/writing.ts';
import { connect } from '../../../src/store/sqlite/driver.ts';

/** What a commit puts in the outbox. */
export type Sent = Pick<Commit, 'now' | 'audit'> & {
  readonly dispatches: readonly Dispatch[];
  /** The message that it accepts, which is the cause of its dispatches. */
  readonly message?: { readonly id: string; readonly traceId: string };
};

/** The tables of a store in memory, without the rest of it. `statements`: what ran, in order. */
export async function outboxDatabase() {
  const connection = connect(':memory:', 1_000);
  const { dialect } = connection.read;
  connection.exec(
    [...schemaOf(dialect), ...removedOf(dialect), ...chainOf(dialect), ...operationsOf(dialect)].join(';\n'),
  );
  const statements: string[] = [];
  const counted = (sql: Sql): Sql => ({
    dialect: sql.dialect,
    all: (text, ...values) => {
      statements.push(text);
      return sql.all(text, ...values);
    },
    run: (text, ...values) => {
      statements.push(text);
      return sql.run(text, ...values);
    },
    send: (text, ...values) => {
      statements.push(text);
      sql.send(text, ...values);
    },
  });
  const write = <T>(work: (w: Writing) => Promise<T>): Promise<T> =>
    connection.writing((sql) => writeTogether(counted(sql), work));

  return {
    read: counted(connection.read),
    statements,
    write,
    /** Commits in one transaction; calls `atInsert` between their entries and their dispatches. */
    put: (commits: readonly Sent[], atInsert = () => {}): Promise<void> =>
      write(async (w) => {
        const entries: EntryRow[] = [];
        const items: NewDispatch[] = [];
        for (const { now, audit = [], dispatches, message } of commits) {
          const seq = w.nextEntry();
          const { texts, names } = factsOf(audit);
          const facts = { texts, names: message ? [...names, message.traceId] : names };
          const bodies = pack(dispatches.map(({ body }) => body));
          entries.push({ seq, at: now.getTime(), ...bodies, ...(message ? { id: message.id } : {}), facts });
          for (const [part, dispatch] of dispatches.entries())
            items.push({ dispatch, now, part, key: dispatchKey(seq, part), entry: seq, own: message !== undefined });
        }
        w.insert(entries);
        atInsert();
        await insertDispatches(w, items);
      }),
    claim: (wish: Parameters<typeof claim>[2]) => write((w) => claim(w, entriesOf(w.sql), wish)),
    /** Tables with all of their rows. */
    rows: async (...tables: readonly string[]): Promise<Readonly<Record<string, readonly Row[]>>> => {
      const found: Record<string, readonly Row[]> = {};
      for (const table of tables)
        found[table] = (await connection.read.all(`select * from ${table}`)).toSorted((a, b) =>
          JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
        );
      return found;
    },
    close: () => connection.close(),
  };
}
