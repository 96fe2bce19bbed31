/** Why a store fails, as far as its operator has to act differently. */
export type StoreProblem = keyof typeof remedies;

/** One line in English for the log and `/readyz`: what is wrong, and what to do. */
export const remedies = {
  full: 'The disk of the store is full. Free space; no restart is needed.',
  'read-only': 'The store cannot be written: its file or file system is read-only. Correct that; no restart is needed.',
  'failing-disk': 'The disk of the store reports errors. Look at the log of the operating system; run mgn store check.',
  locked: 'Another process has locked the store. End that process; no restart is needed.',
  damaged: 'A part of the store is damaged. Run mgn store check, and restore a backup.',
  'no-access': 'The file of the store cannot be opened. Look whether it is still there, and at its permissions.',
  away: 'The database does not answer, or refuses for now. Look at its log, and at the network; no restart is needed.',
  slow: 'The store has not answered for seconds. Look at the disk, and for a process that has locked the store.',
  busy: 'Too many messages wait to be stored. Senders repeat theirs later; look whether the disk is slow.',
  ended: 'The thread of the store has ended. The gateway ends too: start it again.',
  unknown: 'The store failed. The fault in the log says where.',
} as const;

/** Lowest byte of SQLite's result code (https://www.sqlite.org/rescode.html). */
const byResultCode: Readonly<Record<number, StoreProblem>> = {
  5: 'locked',
  6: 'locked',
  8: 'read-only',
  10: 'failing-disk',
  11: 'damaged',
  13: 'full',
  14: 'no-access',
  26: 'damaged',
};

/** Our own codes, of PostgreSQL (https://www.postgresql.org/docs/18/errcodes-appendix.html) and of the file system. */
const byCode: Readonly<Record<string, StoreProblem>> = {
  ERR_STORE_DAMAGED: 'damaged',
  ERR_STORE_SLOW: 'slow',
  ERR_STORE_BUSY: 'busy',
  ERR_STORE_ENDED: 'ended',
  53100: 'full',
  25006: 'read-only',
  XX001: 'damaged',
  XX002: 'damaged',
  EACCES: 'no-access',
  EPERM: 'no-access',
  EROFS: 'read-only',
  ENOSPC: 'full',
};

export function problemOf(fault: unknown): StoreProblem {
  const { code, errcode } = (fault ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  if (typeof errcode === 'number') return byResultCode[errcode & 0xff] ?? 'unknown';
  if (typeof code !== 'string') return 'unknown';
  return byCode[code] ?? (ofDatabaseAway.test(code) ? 'away' : 'unknown');
}

/** Of PostgreSQL: no connection, a restart, a conflict, a lock, out of resources, too slow; and of the socket. */
const ofDatabaseAway =
  /^(?:(?:08|28|3D|40|53|55|57|58|72)[0-9A-Z]{3}|XX000|25P03|closed|E(?:CONN|HOST|NET)[A-Z]+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** Of a file that is no database, as opposed to one with a damaged page. */
export const isNoDatabase = (fault: unknown): boolean =>
  ((fault as { readonly errcode?: unknown } | undefined)?.errcode ?? 0) === 26;

/** An error of the store with a code that `problemOf` knows. */
export const storeError = (
  code: `ERR_STORE_${'DAMAGED' | 'SLOW' | 'BUSY' | 'ENDED' | 'ERASED' | 'KEY_MISSING' | 'KEY_WRONG' | 'KEY_NEEDED'}`,
  message: string,
): Error => Object.assign(new Error(message), { code });

/** Whether a fault has nothing to do with what was written: each other write would fail too. */
export const isOutage = (fault: unknown): boolean =>
  ['full', 'read-only', 'failing-disk', 'locked', 'no-access', 'away'].includes(problemOf(fault));
