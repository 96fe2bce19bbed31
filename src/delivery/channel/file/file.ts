import { link, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptResult, Channel } from '../channel.ts';

/**
 * File drop: each message is a file `<id of the dispatch>.ndjson`, one resource a line. It appears whole or not at all: written
 * under another name, flushed to disk, and then given its name, which fails when there is one. A message that is sent again
 * is found by its name; ids are time-ordered, and so are the names.
 */
export const openFile = (): Channel => ({
  send: async ({ id, body }, { destination }) => {
    if (destination?.kind !== 'file') return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
    const { folder } = destination;
    const path = join(folder, `${id}.ndjson`);
    const draft = join(folder, `.${id}.part`);
    try {
      if (await isThere(path)) return delivered;
      // left by an attempt that was killed: nobody reads it under this name
      await rm(draft, { force: true });
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(body);
        await file.sync();
      } finally {
        await file.close();
      }
      await link(draft, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      await rm(draft, { force: true });
      await syncFolder(folder);
      return delivered;
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      const detail = typeof code === 'string' && /^[A-Z]{2,20}$/.test(code) ? code : 'unknown';
      return { kind: 'retry', reason: { rule: 'receiver-unreachable', detail } };
    }
  },
  close: async () => {},
});

const delivered: AttemptResult = { kind: 'delivered' };

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

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
