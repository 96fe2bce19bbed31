import { chmodSync, closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { notOpened } from '../opening-issue.ts';
import { shellWord } from '../shell-word.ts';
import { refuseOtherSchema } from '../sqlite/schema.ts';
import { incomplete, mustHaveRoom, problemOfWriting, putInPlace, removeIncomplete } from './new-file.ts';
import type { Place, SqlitePlace } from './place.ts';
import { type Report, silence } from './progress.ts';

export type Backup = { readonly file: string; readonly bytes: number; readonly messages: number };

/** Pages copied before other work of the process is done. */
const rate = 1_000;
/** Bytes besides the copied ones. */
const margin = 16_000_000;

/**
 * Backs up a store on SQLite next to a running gateway, with all commits up to now, to a file of its own: checked, on
 * disk, readable by its owner only. Issues: `store-read-failed`, `store-previous-release`, `store-newer`, `store-exists`, `store-in-use`, `store-disk-too-small`,
 * `store-not-written`, `store-corrupt`, and `store-backup-by-server` for PostgreSQL.
 */
export async function backupStore(
  place: Place,
  file: string,
  { replace = false, report = silence }: { readonly replace?: boolean; readonly report?: Report } = {},
): Promise<Result<Backup>> {
  if (place.kind === 'postgres')
    return failure(issue('store-backup-by-server', { command: dumpCommand(place.url, file) }));
  if (existsSync(file) && (!replace || isSame(file, place.file)))
    return failure(issue('store-exists', { store: file }));
  const source = openSource(place);
  if (!source.ok) return source;
  try {
    const removed = removeIncomplete(file);
    if (!removed.ok) return removed;
    const wal = statSync(`${place.file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const room = mustHaveRoom(file, statSync(place.file).size + wal + margin);
    if (!room.ok) return room;
    // readable by its owner only from the first byte on
    closeSync(openSync(incomplete(file), 'wx', 0o600));
    const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) =>
      report('copy', totalPages - remainingPages, totalPages);
    // one state of the store from first page to last: otherwise each commit of the gateway would start the copy anew
    source.value.exec('begin; select 1 from sqlite_master');
    await backup(source.value, incomplete(file), { rate, progress });
    source.value.exec('commit');
    const checked = checkCopy(incomplete(file));
    if (!checked.ok) return checked;
    chmodSync(incomplete(file), 0o600);
    putInPlace(file, { replace });
    return success({ file, bytes: statSync(file).size, messages: checked.value });
  } catch (why) {
    const problem = problemOfWriting(why);
    if (problem !== undefined) return failure(issue('store-not-written', { store: file, problem }));
    const { errcode, message } = why as { errcode?: number; message: string };
    if (errcode === undefined) throw why;
    return failure(issue('store-corrupt', { place: place.file, problem: message }));
  } finally {
    source.value.close();
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(incomplete(file) + end, { force: true });
  }
}

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((file) => statSync(file, { throwIfNoEntry: false }));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
};

function openSource({ file }: SqlitePlace): Result<DatabaseSync> {
  if (!existsSync(file)) return failure(issue('store-read-failed', { store: file, problem: 'there is no such file' }));
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    const tables = database.prepare("select name from sqlite_master where name in ('meta', 'entry')").all();
    if (tables.length === 0) throw new Error('it is not a store of the gateway');
    // a store that lost its table meta is backed up as it is
    if (tables.some(({ name }) => name === 'meta')) refuseOtherSchema(schemaOf(database));
    return success(database);
  } catch (why) {
    if (database?.isOpen) database.close();
    return notOpened(why, file, 'store-read-failed');
  }
}

const schemaOf = (database: DatabaseSync): number =>
  Number(database.prepare("select value from meta where name = 'schema'").get()?.value ?? 0);

/** Returns the number of messages. Issue: `store-corrupt`. */
function checkCopy(file: string): Result<number> {
  const database = new DatabaseSync(file);
  try {
    // a file of its own: what the store has in WAL mode is in it
    database.exec('pragma journal_mode = delete');
    const found = database.prepare('pragma integrity_check(1)').get()?.integrity_check;
    if (found !== 'ok') return failure(issue('store-corrupt', { place: file, problem: String(found) }));
    return success(Number(database.prepare('select count(*) as n from request').get()?.n));
  } finally {
    database.close();
  }
}

/** With everything but the password. */
function dumpCommand(address: string, file: string): string {
  const url = URL.parse(address);
  const parts = url
    ? [
        `--host=${url.hostname || 'localhost'}`,
        ...(url.port ? [`--port=${url.port}`] : []),
        ...(url.username ? [`--username=${decodeURIComponent(url.username)}`] : []),
        `--dbname=${decodeURIComponent(url.pathname.slice(1)) || 'postgres'}`,
      ]
    : ['--dbname=NAME'];
  return ['pg_dump', '--format=custom', ...parts.map(shellWord), `--file=${shellWord(file)}`].join(' ');
}
