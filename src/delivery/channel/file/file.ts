import { link, lstat, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryRule } from '../../reason.ts';
import type { AttemptResult, Channel } from '../channel.ts';

/**
 * File drop: each message is a file `<id of the dispatch>.ndjson`, one resource a line. It appears whole or not at all: written
 * under another name, flushed to disk, and then given its name, which fails when there is one. A message that is sent again
 * is found by its name; ids are time-ordered, and so are the names.
 */
export const openFile = (): Channel => ({
  send: async ({ id, body }, { destination }) => {
    if (destination?.kind !== 'file') return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
    // with a separator at its end a link would be followed
    const folder = destination.folder.replace(/(?<=[^\\/])[\\/]+$/, '');
    const path = join(folder, `${id}.ndjson`);
    const draft = join(folder, `.${id}.part`);
    let isDrafted = false;
    try {
      // a link may lead anywhere, and elsewhere tomorrow
      if (!(await lstat(folder)).isDirectory()) return failedBy('drop-folder-missing', 'ENOTDIR');
      const there = await whatIsAt(path, body);
      if (there !== 'nothing') return there === 'same' ? delivered : taken;
      // left by an attempt that was killed: nobody reads it under this name
      await rm(draft, { force: true });
      const file = await open(draft, 'wx', 0o600);
      isDrafted = true;
      try {
        await file.writeFile(body);
        await file.sync();
      } finally {
        await file.close();
      }
      await link(draft, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      const isSame = (await whatIsAt(path, body)) !== 'another';
      await rm(draft, { force: true });
      await syncFolder(folder);
      return isSame ? delivered : taken;
    } catch (error) {
      // a disk that is full gets its space back
      if (isDrafted) await rm(draft, { force: true }).catch(() => undefined);
      const { code } = error as { readonly code?: unknown };
      const detail = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : 'unknown';
      return failedBy(byCode[detail] ?? 'drop-folder-failed', detail);
    }
  },
  close: async () => {},
});

const delivered: AttemptResult = { kind: 'delivered' };

const failedBy = (rule: DeliveryRule, detail: string): AttemptResult => ({ kind: 'retry', reason: { rule, detail } });

/** Something else has the name of the message. */
const taken = failedBy('drop-folder-name-taken', 'EEXIST');

/** Codes of Node and the operating system; the others are those of a disk or a network share. */
const byCode: Readonly<Partial<Record<string, DeliveryRule>>> = {
  ENOENT: 'drop-folder-missing',
  ENOTDIR: 'drop-folder-missing',
  ELOOP: 'drop-folder-missing',
  EACCES: 'drop-folder-not-writable',
  EPERM: 'drop-folder-not-writable',
  EROFS: 'drop-folder-not-writable',
  ENOSPC: 'drop-folder-full',
  EDQUOT: 'drop-folder-full',
  EFBIG: 'drop-folder-full',
  EEXIST: 'drop-folder-name-taken',
  EISDIR: 'drop-folder-name-taken',
  ERR_FS_EISDIR: 'drop-folder-name-taken',
};

/** Only a file of this content is the message: a link, a folder or an empty file that somebody put there is not. */
async function whatIsAt(path: string, body: string): Promise<'nothing' | 'same' | 'another'> {
  try {
    const found = await lstat(path);
    const isLike = found.isFile() && found.size === Buffer.byteLength(body);
    return isLike && (await readFile(path)).equals(Buffer.from(body)) ? 'same' : 'another';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing';
    throw error;
  }
}

/** The name itself survives a crash only when the folder is flushed too. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
