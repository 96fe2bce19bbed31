import { statSync } from 'node:fs';
import type { Network } from '../directory/index.ts';

/**
 * Folders from which partners take their messages (`file.folder` in partners.yaml). Throws when one does not exist: every
 * delivery to that partner would wait.
 */
export function requireDropFolders({ partners }: Pick<Network, 'partners'>): void {
  const missing = [...partners.values()].flatMap(({ id, destination }) =>
    destination?.kind === 'file' && !isFolder(destination.folder) ? [`${destination.folder} (partner ${id})`] : [],
  );
  if (missing.length)
    throw new Error(
      `partners.yaml names folders that do not exist: ${missing.join(', ')}. Create them, writable for the gateway, and start again.`,
    );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
