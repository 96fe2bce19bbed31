import { connectionFault } from '../opening-issue.ts';

/**
 * What became of a statement or a transaction:
 *
 *   lost       the connection is gone, or was refused
 *   again      the server rolled back or refused, and the same may succeed: a conflict, a lock, a restart
 *   full       the database can be read and not written: disk full, or read-only
 *   uncertain  the connection was lost during the commit: it may or may not be stored
 *   other      refused, and it stays so: the statement itself, a missing right, a timeout
 */
export type FaultKind = 'lost' | 'again' | 'full' | 'uncertain' | 'other';

/**
 * A fault of PostgreSQL without its text: messages and details of the server may quote values. `code`: SQLSTATE
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html), or that of the socket.
 */
export class PostgresFault extends Error {
  readonly kind: FaultKind;
  readonly code: string;
  constructor(kind: FaultKind, code: string, message: string) {
    super(message);
    this.name = 'PostgresFault';
    this.kind = kind;
    this.code = code;
  }
}

const again: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '53300', // too_many_connections
]);
const lost: ReadonlySet<string> = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '0A000', // a prepared statement, after another gateway migrated the schema
  '26000', // a pooler gave the session to another
  '42P05', // the same: the other prepared this statement
]);
const full: ReadonlySet<string> = new Set([
  '53100', // disk_full
  '25006', // read_only_sql_transaction
]);

const remedies: Readonly<Record<string, string>> = {
  '42501': ': the role lacks a right (docs/operate/postgresql.md)',
  '53100': ': its disk is full',
  '25006': ': it is read-only, a standby perhaps',
  '57014': ': a statement took longer than the timeout',
  '55P03': ': another transaction held the lock of the store longer than the timeout',
  '53300': ': it has too many connections',
};

/** Classes of SQLSTATE, and codes, that a statement brings on itself, by its values or its text. */
const ofStatement = /^(?:0A|2[0-57]|3[489BJ]|42|44|54|P0|range)/;

/**
 * Whether each other statement would fail too: the server is away, full, out of order, or does not answer in time. Otherwise
 * one of several commits that were written together may be to blame.
 */
export const isOutage = ({ kind, code }: PostgresFault): boolean =>
  kind !== 'other' || code === '42501' || !ofStatement.test(code);

/** Converts what `pg` throws. */
export function faultOf(why: unknown): PostgresFault {
  if (why instanceof PostgresFault) return why;
  const { code, severity, table, constraint } = (why ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof severity !== 'string' || typeof code !== 'string') {
    if (why instanceof RangeError) return new PostgresFault('other', 'range', why.message);
    const name = typeof code === 'string' ? code : 'closed';
    return new PostgresFault('lost', name, `The connection to PostgreSQL failed (${name}).`);
  }
  const place = [table, constraint].filter((it) => typeof it === 'string').join(', ');
  const message = `PostgreSQL refused with ${code}${remedies[code] ?? ''}${place ? ` (${place})` : ''}.`;
  return new PostgresFault(kindOf(code), code, message);
}

function kindOf(code: string): FaultKind {
  if (again.has(code)) return 'again';
  if (lost.has(code) || code.startsWith('08')) return 'lost';
  return full.has(code) ? 'full' : 'other';
}

/** What `pg` throws while a connection opens: the texts of the server then name user and database, never values. */
export function openingFault(why: unknown, secrets: readonly string[]): PostgresFault {
  const fault = faultOf(why);
  const given = why instanceof AggregateError ? (why.errors[0] as Error) : why;
  const message = given instanceof Error ? given.message : '';
  const said = secrets.reduce((text, secret) => (secret ? text.replaceAll(secret, '…') : text), message);
  const isPasswordMissing = said.includes('client password must be a string');
  const problem = isPasswordMissing ? 'the server requires a password, and none is set' : said || fault.code;
  const opening = new PostgresFault(fault.kind, fault.code, `No connection to PostgreSQL: ${problem}`);
  opening.name = connectionFault;
  return opening;
}
