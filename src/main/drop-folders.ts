import { lstatSync } from 'node:fs';
import type { Network } from '../directory/index.ts';

/**
 * Folders from which partners take their messages (`file.folder` in partners.yaml). Throws when one does not exist, or is a
 * link, which may lead elsewhere tomorrow: every delivery to that partner would wait.
 */
export function requireDropFolders({ partners }: Pick<Network, 'partners'>): void {
  const missing = [...partners.values()].flatMap(({ id, destination }) =>
    destination?.kind === 'file' && !isFolder(destination.folder) ? [`${destination.folder} (partner ${id})`] : [],
  );
  if (missing.length)
    throw new Error(
      `partners.yaml names folders that do not exist, or are links: ${missing.join(', ')}. Create them, writable for the gateway, or name the folders themselves, and start again.`,
    );
}

function isFolder(path: string): boolean {
  return lstatSync(path.replace(/(?<=[^\\/])[\\/]+$/, ''), { throwIfNoEntry: false })?.isDirectory() === true;
}
