import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { connect, type SqliteConnection } from '../sqlite/driver.ts';
import { migrate } from '../sqlite/schema.ts';
import { processUsing } from './in-use.ts';

const companions = ['', '-wal', '-shm', '-journal'] as const;

/** Issue `store-exists`: the file, or what is left of an earlier one, which SQLite would read with the new one. */
export const mustNotExist = (file: string): Result<undefined> => {
  const existing = companions.map((end) => file + end).find((path) => existsSync(path));
  return existing === undefined ? success(undefined) : failure(issue('store-exists', { store: existing }));
};

/** Issue `store-disk-too-small` when the folder of the file has less room, `store-not-written` when there is no folder. */
export function mustHaveRoom(file: string, bytes: number): Result<undefined> {
  const folder = dirname(resolve(file));
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize >= bytes) return success(undefined);
    const [free, needed] = [megabytes(bavail * bsize), megabytes(bytes)];
    return failure(issue('store-disk-too-small', { folder, free, needed }));
  } catch (why) {
    const problem = problemOfWriting(why);
    if (problem === undefined) throw why;
    return failure(issue('store-not-written', { store: file, problem }));
  }
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1_000_000);

/** The name of a file that is not complete yet. */
export const incomplete = (file: string): string => `${file}.incomplete`;

/** Removes what a stopped run left. Issue `store-in-use` when it still runs. */
export function removeIncomplete(file: string): Result<undefined> {
  const process = processUsing(incomplete(file));
  if (process !== undefined) return failure(issue('store-in-use', { store: incomplete(file), process }));
  for (const end of companions) rmSync(incomplete(file) + end, { force: true });
  return success(undefined);
}

/** Puts the complete file in its place, on disk. Without `replace` an existing file stays, and this throws. */
export function putInPlace(file: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  flush(incomplete(file));
  if (replace) renameSync(incomplete(file), file);
  else rename(incomplete(file), file);
  flush(dirname(resolve(file)));
}

/** A link does not replace a file that came into being meanwhile; a file system without links has none. */
function rename(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (why) {
    if ((why as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(to)) throw why;
    renameSync(from, to);
    return;
  }
  rmSync(from);
}

function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes a store at `file`, which does not exist: `work` fills it. Until it is complete it has another name and no schema
 * number, so that no gateway opens it. Nothing is left when `work` fails or throws.
 * Issues: `store-exists`, `store-in-use`, `store-not-written`.
 */
export async function makeStore<T>(
  file: string,
  work: (connection: SqliteConnection) => Promise<Result<T>>,
): Promise<Result<T>> {
  const free = mustNotExist(file);
  if (!free.ok) return free;
  let connection: SqliteConnection | undefined;
  try {
    const removed = removeIncomplete(file);
    if (!removed.ok) return removed;
    connection = connect(incomplete(file), 0);
    await migrate(connection);
    const schema = await hideSchema(connection);
    // written once: what is not complete is thrown away, and needs neither a journal nor an fsync of each transaction
    connection.exec('pragma wal_checkpoint(truncate); pragma journal_mode = off; pragma synchronous = off');
    const result = await work(connection);
    if (!result.ok) return result;
    await setSchema(connection, schema);
    connection.exec('pragma journal_mode = wal');
    await connection.close();
    connection = undefined;
    putInPlace(file);
    return result;
  } catch (why) {
    const problem = problemOfWriting(why);
    if (problem === undefined) throw why;
    return failure(issue('store-not-written', { store: file, problem }));
  } finally {
    await connection?.close();
    for (const end of companions) rmSync(incomplete(file) + end, { force: true });
  }
}

async function hideSchema(connection: SqliteConnection): Promise<string> {
  const [row] = await connection.read.all("select value from meta where name = 'schema'");
  await setSchema(connection, '0');
  return String(row?.value);
}

const setSchema = (connection: SqliteConnection, schema: string) =>
  connection.writing((sql) => sql.run("update meta set value = ?1 where name = 'schema'", schema));

/** SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN; those of files. */
const sqliteCodes: ReadonlySet<number> = new Set([13, 8, 10, 14]);
const fileCodes: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'EEXIST',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'ENOTDIR',
]);

/** Undefined for a fault that has nothing to do with the file to be written. */
export function problemOfWriting(why: unknown): string | undefined {
  const { code, errcode, message } = why as { code?: string; errcode?: number; message?: string };
  if (errcode !== undefined) return sqliteCodes.has(errcode & 0xff) ? message : undefined;
  return code !== undefined && fileCodes.has(code) ? code : undefined;
}
